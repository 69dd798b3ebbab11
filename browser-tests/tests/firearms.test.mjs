// A weapon over two nodes of the region: registered and reported stolen at one, checked by its
// number at another, confirmed as a hit there, and the owner told of it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { AxeBuilder } from "@axe-core/playwright";

import { NARROW, assertNoSidewaysScroll, launchBrowser, openPage } from "../harness/browser.mjs";
import { ON_PAGE, check, decide, openCandidate, signIn } from "../harness/console.mjs";
import { startNode } from "../harness/node.mjs";

const NUMBER = "M70B-45123";
const MAKE = "Crvena Zastava";
const MODEL = "M70AB2";
const CALIBRE = "7,62×39 mm";
/** How the officer at the border reads it: other words for maker and calibre, one place filed off and the last unread. */
const READ = { serial: "M70?4512*", make: "Застава", calibre: "7.62x39" };
const DELIVERY_MS_MAX = 30_000;

let node;
let owner;
let border;
let browser;

before(async () => {
  node = await startNode();
  [owner, border] = node.region;
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  await node?.stop();
});

async function withPage(side, role, work, options) {
  const { page, context, complaints } = await openPage(browser, side, options);
  try {
    await signIn(page, side.user(role));
    await work(page);
    assert.deepEqual(complaints, []);
  } finally {
    await context.close();
  }
}

async function assertFine(page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(" ")}`);
  assert.deepEqual(found, [], page.url());
  await assertNoSidewaysScroll(page);
}

/** Does something again until it gives an answer; partners answer in their own time. */
async function untilDelivered(what, ask) {
  const end = Date.now() + DELIVERY_MS_MAX;
  while (Date.now() < end) {
    const answer = await ask();
    if (answer) {
      return answer;
    }
    await new Promise((done) => setTimeout(done, 250));
  }
  return assert.fail(`${what} did not arrive within ${DELIVERY_MS_MAX} ms`);
}

/** A day as the forms take it, so many days before today. */
function day(before) {
  const at = new Date(Date.now() - before * 24 * 60 * 60 * 1000);
  return `${at.getUTCDate()}.${at.getUTCMonth() + 1}.${at.getUTCFullYear()}`;
}

async function register(page, weapon = {}) {
  await page.goto("/firearms/new");
  await page.fill("#unique_mark", weapon.number ?? NUMBER);
  await page.selectOption("#kind", "assault-rifle");
  await page.fill("#make", weapon.make ?? MAKE);
  await page.fill("#model", weapon.model ?? MODEL);
  await page.fill("#calibre", CALIBRE);
  await page.click("form[action='/firearms'] button[type=submit]");
  await page.waitForURL((url) => url.searchParams.get("done") === "firearm-registered");
  return new URL(page.url()).pathname;
}

async function giveTo(page, path, holder) {
  await page.goto(path);
  await page.selectOption("#event", "manufacture");
  await page.fill("#on", day(30));
  await page.selectOption("#holder_kind", "authority");
  await page.fill("#holder", holder);
  await page.click(`form[action='${path}/event'] button[type=submit]`);
  await page.waitForURL((url) => url.searchParams.get("done") === "firearm-event");
}

async function reportStolen(page, path) {
  await page.goto(`${path}/report`);
  await assertFine(page);
  await page.selectOption("#how", "theft");
  await page.fill("#discovered", `${day(1)} 6:30`);
  await page.fill("#on", day(1));
  await page.fill("#circumstances", "the rack was found empty at the count");
  await page.fill("#decision", "KU 44/26");
  await page.selectOption("#release", "anybody");
  await page.click(`form[action='${path}/report'] button[type=submit]`);
  await page.waitForURL((url) => url.searchParams.get("done") === "firearm-report");
}

test("a stolen weapon is a hit at another border, and its owner is told", async () => {
  let weapon;
  await withPage(owner, "firearms-officer", async (page) => {
    weapon = await register(page);
    await giveTo(page, weapon, "unit-7");
    await assertFine(page);
    await reportStolen(page, weapon);
    await assertFine(page);
    assert.equal(await page.locator("main a[href^='/alerts/']").count(), 1);
    // Whoever registers it once more is shown that it is there.
    await page.goto("/firearms/new");
    await page.fill("#unique_mark", "M70b45123");
    await page.selectOption("#kind", "assault-rifle");
    await page.fill("#make", "Zastava");
    await page.fill("#calibre", "7.62x39");
    await page.click("form[action='/firearms'] button[type=submit]");
    await page.waitForSelector(`main a[href='${weapon}']`);
    await assertFine(page);
  });

  await withPage(border, "verifying-officer", async (page) => {
    await untilDelivered("the alert", async () => {
      await check(page, "", READ);
      return (await page.locator(ON_PAGE.candidate).count()) > 0;
    });
    await assertFine(page);
    await openCandidate(page);
    assert.match(await page.locator("main").innerText(), new RegExp(NUMBER));
    await assertFine(page);
    await decide(page, "confirmed", "The number is that of the alert; maker and calibre agree.");
    await page.goto("/hits");
    assert.match(await page.locator("main").innerText(), new RegExp(NUMBER));
  });

  await withPage(owner, "firearms-officer", async (page) => {
    const path = await untilDelivered("the report on the hit", async () => {
      await page.goto("/hit-reports");
      const link = page.locator("main table a[href^='/hit-reports/']").first();
      return (await link.count()) > 0 ? link.getAttribute("href") : null;
    });
    await page.goto(path);
    assert.match(await page.locator("main").innerText(), new RegExp(NUMBER));
    await assertFine(page);
  });
});

test("another number is no hit there", async () => {
  await withPage(border, "verifying-officer", async (page) => {
    await check(page, "", { ...READ, serial: "M70-99871" });
    assert.equal(await page.locator(ON_PAGE.candidate).count(), 0);
  });
});

test("long names and other letters fit a narrow window, by day and by night", async () => {
  for (const colorScheme of ["light", "dark"]) {
    await withPage(
      owner,
      "firearms-officer",
      async (page) => {
        const weapon = await register(page, {
          number: `ЗТ-${colorScheme === "dark" ? "70811" : "90236"}-1234567890123456789`,
          make: "Заводи Црвена застава фабрика аутомобила и оружја Крагујевац",
          model: "М70АБ2 преклопни кундак за извоз",
        });
        await assertFine(page);
        for (const path of [`${weapon}/label`, "/firearms", "/firearms/new", "/incidents", "/traces", "/returns"]) {
          await page.goto(path);
          await assertFine(page);
        }
      },
      { viewport: NARROW, colorScheme },
    );
  }
});

test("the label of a weapon is read back by the box and by the register", async () => {
  await withPage(owner, "firearms-officer", async (page) => {
    const weapon = await register(page, { number: "CZ; 9001/ab", make: "Česká zbrojovka", model: "CZ 99" });
    await page.click(`main a[href='${weapon}/label']`);
    await page.waitForURL((url) => url.pathname === `${weapon}/label`);
    await assertFine(page);
    const code = await page.locator(".label [data-code]").getAttribute("data-code");
    assert.ok(code.length > 0);
    await page.emulateMedia({ media: "print" });
    assert.ok(await page.locator(".label svg.qr").isVisible());
    assert.ok(!(await page.locator("nav.rail").isVisible()), "only the label is printed");
    await page.emulateMedia({ media: "screen" });

    await page.goto(`/firearms?q=${encodeURIComponent(code)}`);
    assert.equal(new URL(page.url()).pathname, weapon);
    await check(page, code);
    const asked = await page.locator("main").innerText();
    assert.match(asked, /CZ; 9001\/ab/);
    assert.equal(await page.locator(ON_PAGE.candidate).count(), 1);
  });
});
