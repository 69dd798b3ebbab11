// A rifle is missing at a count, and reported stolen: by two persons, from the rack to the alert.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launchBrowser, openPage } from "../harness/browser.mjs";
import { signIn } from "../harness/console.mjs";
import { startNode } from "../harness/node.mjs";
import { beginCount, scan } from "../harness/states.mjs";

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

async function as(role) {
  const { page } = await openPage(browser, node);
  await signIn(page, node.user(role));
  return page;
}

test("an issue is scanned and signed by another person", async () => {
  const keeper = await as("storekeeper");
  await keeper.goto("/stock-movements/new?kind=issue");
  for (const code of ["DEMO-0003", "DEMO-0004"]) {
    await keeper.keyboard.type(code);
    await keeper.keyboard.press("Enter");
    await keeper.waitForSelector(`tbody a:has-text("${code}")`);
  }
  await keeper.selectOption("#to", { label: "Border unit 3 (invented)" });
  await keeper.fill("#reference", "V-1");
  await keeper.click("button[value=enter]");
  await keeper.waitForURL(/stock-movements\/[0-9a-f]+/);
  assert.match(await keeper.textContent("main"), /You entered it/);
  const inspector = await as("stock-inspector");
  await inspector.goto(keeper.url());
  await inspector.click("form[action$='/sign'] button");
  await inspector.waitForURL(/done=stock-sign/);
  assert.match(await inspector.textContent("main"), /Posted/);
});

test("a rack is short, counted again by another, and its rifle reported stolen", async () => {
  const keeper = await as("storekeeper");
  await beginCount(keeper, "A1-2");
  for (const code of ["DEMO-0009", "DEMO-0010", "DEMO-0011"]) {
    await scan(keeper, code);
  }
  assert.doesNotMatch(await keeper.textContent("main"), /DEMO-0012/);
  await keeper.click("form[action$='/finish'] button");
  await keeper.waitForURL(/done=stocktake-finished/);
  assert.match(await keeper.textContent("main"), /DEMO-0012/);
  const path = await keeper.locator("main a[href^='/stock-cases/']").getAttribute("href");

  const inspector = await as("stock-inspector");
  await inspector.goto(path);
  await inspector.fill("#recounted", "0");
  await inspector.press("#recounted", "Enter");
  await inspector.waitForSelector("#loss");
  await inspector.selectOption("#loss", "stolen");
  await inspector.fill("#lose_reason", "the lock of the rack was forced");
  await inspector.click("form[action$='/lose'] button");
  await inspector.waitForURL(/done=stock-lose/);
  const alert = inspector.locator("main a[href^='/alerts/']");
  assert.equal(await alert.count(), 1);

  const loss = await inspector.locator("main a[href^='/stock-movements/']").getAttribute("href");
  await keeper.goto(loss);
  await keeper.click("form[action$='/sign'] button");
  await keeper.waitForURL(/done=stock-sign/);
  await keeper.goto("/stock-goods?code=DEMO-0012");
  await keeper.locator("tbody a").click();
  await keeper.waitForURL(/stock-goods\/[0-9a-f]+/);
  assert.match(await keeper.textContent("main"), /Lost or stolen/);
});
