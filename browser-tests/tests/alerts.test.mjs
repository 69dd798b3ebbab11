// An alert from its category to its page: the form, what is wrong with it, where it goes, a second
// one that is like it, and its end.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { AxeBuilder } from "@axe-core/playwright";

import { NARROW, launchBrowser, openPage } from "../harness/browser.mjs";
import { signIn } from "../harness/console.mjs";
import { startNode } from "../harness/node.mjs";

const FORM = "/alerts/new/arrest/person";
const NEXT = "main form button.primary";
const PERSON = { family_name: "Измислени", given_names: "Зоран", births: "2.3.1985" };

let node;
let browser;

before(async () => {
  node = await startNode();
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  await node?.stop();
});

async function withPage(work, options) {
  const { page, context, complaints } = await openPage(browser, node, options);
  try {
    await signIn(page, node.user("verifying-officer"));
    await work(page);
    assert.deepEqual(complaints, []);
  } finally {
    await context.close();
  }
}

async function assertAccessible(page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(" ")}`);
  assert.deepEqual(found, [], page.url());
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(beyond <= 0, `${page.url()} is wider than the window by ${beyond}`);
}

async function fill(page, person) {
  await page.goto(FORM);
  for (const [field, value] of Object.entries(person)) {
    await page.fill(`#${field}`, value);
  }
  await page.fill("#reason", "wanted for trafficking");
  await page.fill("#decision", "KTN 14/26");
  await page.fill("#proportionality", "more than ten firearms");
  await page.selectOption("#release", "anybody");
  await page.selectOption("#source", "A");
  await page.selectOption("#accuracy", "1");
  await page.selectOption("#subject", "suspect");
}

async function enter(page, person) {
  await fill(page, person);
  await page.click(NEXT);
  await page.click("form[action='/alerts'] button.primary");
  await page.waitForURL(/\/alerts\/[0-9a-f]+/);
  return new URL(page.url()).pathname;
}

test("an alert is entered by steps, and a like one has to be looked at first", async () => {
  await withPage(async (page) => {
    await page.goto("/alerts/new");
    await assertAccessible(page);
    await fill(page, { ...PERSON, births: "31.2.1971" });
    await page.click(NEXT);
    await page.waitForSelector("#births-error");
    assert.equal(await page.inputValue("#family_name"), PERSON.family_name);
    await assertAccessible(page);

    const path = await enter(page, PERSON);
    await assertAccessible(page);
    assert.ok(!page.url().includes("%D0"), "no name in the address");

    await fill(page, PERSON);
    await page.click(NEXT);
    await assertAccessible(page);
    assert.equal(await page.locator(`main a[href='${path}']`).count(), 1);
    await page.click("form[action='/alerts'] button.primary");
    await page.waitForSelector(".errors");
    await page.check("input[name=different_from]");
    await page.fill("#distinguished_by", "a scar on the left hand");
    await page.click("form[action='/alerts'] button.primary");
    await page.waitForURL((url) => url.searchParams.get("done") === "alert-entered");
  });
});

test("something is changed before the alert is entered, and nothing is lost", async () => {
  await withPage(async (page) => {
    await fill(page, { ...PERSON, family_name: "Другиот" });
    await page.click(NEXT);
    await page.click("button[name=step][value=change]");
    assert.equal(await page.inputValue("#family_name"), "Другиот");
    assert.equal(await page.inputValue("#decision"), "KTN 14/26");
  });
});

test("an alert is withdrawn, in a narrow window", async () => {
  await withPage(
    async (page) => {
      const path = await enter(page, { ...PERSON, family_name: "Третиот", births: "1971" });
      await assertAccessible(page);
      await page.selectOption("#why", "withdrawn");
      await page.fill("#withdraw_reason", "it is over");
      await page.click(`form[action='${path}/withdraw'] button`);
      await page.waitForURL((url) => url.searchParams.get("done") === "alert-withdraw");
      assert.equal(await page.locator(`form[action='${path}/withdraw']`).count(), 0);
    },
    { viewport: NARROW },
  );
});

for (const path of ["/inbox", "/inquiries", "/hit-reports", "/arrivals", "/partners", "/region", "/own-card", "/arrangements"]) {
  test(`${path} is accessible and fits a narrow window`, async () => {
    await withPage(
      async (page) => {
        await page.goto(path);
        await assertAccessible(page);
      },
      { viewport: NARROW },
    );
  });
}
