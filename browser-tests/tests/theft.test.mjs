// From an empty rack to the hit: short at a count, counted again by another person, reported stolen,
// told to all six partners, found at a border of another node, and told back to its owner.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { AxeBuilder } from "@axe-core/playwright";

import { assertNoSidewaysScroll, launchBrowser, openPage } from "../harness/browser.mjs";
import { ON_PAGE, check, decide, openCandidate, signIn } from "../harness/console.mjs";
import { startNode } from "../harness/node.mjs";
import { beginCount, scan } from "../harness/states.mjs";

const STOLEN = "DEMO-0012";
const DELIVERY_MS_MAX = 30_000;

let node;
let owner;
let partners;
let browser;

before(async () => {
  node = await startNode();
  [owner, ...partners] = node.region;
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  await node?.stop();
});

async function withPage(side, role, work) {
  const { page, context, complaints } = await openPage(browser, side);
  try {
    await signIn(page, side.user(role));
    const result = await work(page);
    assert.deepEqual(complaints, []);
    return result;
  } finally {
    await context.close();
  }
}

async function assertFine(page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  assert.deepEqual(violations.map((found) => found.id), [], page.url());
  await assertNoSidewaysScroll(page);
}

async function untilThere(what, ask) {
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

test("an empty rack is an alert at six partners, a hit at a border, and an incident of the returns", async () => {
  assert.equal(partners.length, 6);
  const stockCase = await withPage(owner, "storekeeper", async (page) => {
    await beginCount(page, "A1-2");
    for (const code of ["DEMO-0009", "DEMO-0010", "DEMO-0011"]) {
      await scan(page, code);
    }
    assert.doesNotMatch(await page.textContent("main"), new RegExp(STOLEN), "the count is blind");
    await page.click("form[action$='/finish'] button");
    await page.waitForURL(/done=stocktake-finished/);
    assert.match(await page.textContent("main"), new RegExp(STOLEN));
    const path = await page.locator("main a[href^='/stock-cases/']").getAttribute("href");
    await page.goto(path);
    assert.equal(await page.locator("#recounted").count(), 0, "another person counts again");
    return path;
  });

  const { loss, alert } = await withPage(owner, "stock-inspector", async (page) => {
    await page.goto(stockCase);
    await page.fill("#recounted", "0");
    await page.press("#recounted", "Enter");
    await page.waitForSelector("#loss");
    await page.selectOption("#loss", "stolen");
    await page.fill("#lose_reason", "the lock of the rack was forced");
    await page.click("form[action$='/lose'] button");
    await page.waitForURL(/done=stock-lose/);
    await assertFine(page);
    return {
      loss: await page.locator("main a[href^='/stock-movements/']").getAttribute("href"),
      alert: await page.locator("main a[href^='/alerts/']").getAttribute("href"),
    };
  });

  // Two persons: the one who entered the loss does not sign it.
  await withPage(owner, "stock-inspector", async (page) => {
    await page.goto(loss);
    assert.equal(await page.locator("form[action$='/sign'] button").count(), 0);
  });
  await withPage(owner, "storekeeper", async (page) => {
    await page.goto(loss);
    await page.click("form[action$='/sign'] button");
    await page.waitForURL(/done=stock-sign/);
    assert.match(await page.textContent("main"), /Posted/);
    await page.goto(stockCase);
    assert.match(await page.textContent("main"), /Lost or stolen/);
  });

  for (const partner of partners) {
    await withPage(partner, "verifying-officer", async (page) => {
      await untilThere(`the alert at ${partner.authority}`, async () => {
        await check(page, STOLEN);
        return (await page.locator(ON_PAGE.candidate).count()) > 0;
      });
    });
  }

  const border = partners.find((partner) => partner.partner === "AL");
  await withPage(border, "verifying-officer", async (page) => {
    await check(page, "demo 0012");
    await openCandidate(page);
    await assertFine(page);
    await decide(page, "confirmed", "The number is that of the alert.");
    await page.goto("/hits");
    assert.match(await page.locator("main").innerText(), new RegExp(STOLEN));
  });

  // The owner is told: whoever keeps weapons, and whoever answers for the store.
  await withPage(owner, "firearms-officer", async (page) => {
    const path = await untilThere("the report on the hit", async () => {
      await page.goto("/hit-reports");
      const link = page.locator("main table a[href^='/hit-reports/']").first();
      return (await link.count()) > 0 ? link.getAttribute("href") : null;
    });
    await page.goto(path);
    assert.match(await page.locator("main").innerText(), new RegExp(STOLEN));
    await page.goto(alert);
    assert.match(await page.locator("main").innerText(), new RegExp(STOLEN));
  });
  await withPage(owner, "stock-inspector", async (page) => {
    await page.goto(stockCase);
    await page.waitForSelector("#part-found");
    assert.match(await page.textContent("section[aria-labelledby=part-found]"), /Albania|AL/);
    await assertFine(page);
    await page.goto("/stock-returns");
    const stolen = page.locator("tr", { hasText: STOLEN });
    assert.equal(await stolen.count(), 1);
    assert.match(await stolen.textContent(), /Stolen/);
    await assertFine(page);
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.click("main a[href$='as=csv']"),
    ]);
    const csv = await (await file.createReadStream()).toArray();
    assert.match(Buffer.concat(csv).toString(), new RegExp(`stolen.*${STOLEN}`));
  });
});
