// When what is counted, a store that is too warm, and what is destroyed by a plan of two persons.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { AxeBuilder } from "@axe-core/playwright";

import { assertNoSidewaysScroll, launchBrowser, NARROW, openPage } from "../harness/browser.mjs";
import { signIn } from "../harness/console.mjs";
import { startNode } from "../harness/node.mjs";

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

async function as(role, options) {
  const { page } = await openPage(browser, node, options);
  await signIn(page, node.user(role));
  return page;
}

test("a rule about goods brings a count forward, and its clock stands in the list", async () => {
  const inspector = await as("stock-inspector");
  await inspector.goto("/count-rules/new");
  await inspector.fill("#name", "Експлозив секоја недела");
  await inspector.fill("#reason", "worth stealing");
  await inspector.fill("#every_days", "7");
  await inspector.check("input[name=divisions][value='1.1']");
  await inspector.click("form[action='/count-rules'] button");
  await inspector.waitForURL(/done=count-rule/);
  const keeper = await as("storekeeper", { viewport: NARROW });
  await keeper.goto("/stores");
  assert.match(await keeper.textContent("main"), /Експлозив секоја недела/);
  await keeper.goto("/count-plan");
  await assertNoSidewaysScroll(keeper);
});

test("a reading out of the limits stands in the list until somebody says what was done", async () => {
  const inspector = await as("stock-inspector");
  await inspector.goto("/stores");
  const store = await inspector.locator("a[href^='/stores/']").first().getAttribute("href");
  await inspector.goto(`${store}/climate`);
  await inspector.fill("#temperature_max", "25,5");
  await inspector.click("form[action$='/limits'] button");
  await inspector.waitForURL(/done=climate-limits/);
  const keeper = await as("storekeeper");
  await keeper.goto(`${store}/climate`);
  await keeper.fill("#readings", "1.3.2026 9:00; 31,5; 55\n2.3.2026 9:00; 20");
  await keeper.click("form[action$='/read'] button");
  await keeper.waitForURL(/done=climate-read/);
  await keeper.goto("/stores");
  assert.match(await keeper.textContent("main"), /One reading out of the limits/);
  await keeper.goto(`${store}/climate`);
  await keeper.fill("#done", "the fan is repaired");
  await keeper.click("form[action$='/settle'] button");
  await keeper.waitForURL(/done=climate-settle/);
  await keeper.goto("/stores");
  assert.doesNotMatch(await keeper.textContent("main"), /One reading out of the limits/);
});

const LOGGER = [
  '"Plot Title: Store 1"',
  '"#","Date Time, GMT+01:00","Temp, °F","RH, %"',
  "1,03/04/2026 09:00,70.7,55",
  "2,03/04/2026 09:15,88.7,55",
].join("\n");

test("the file of a logger is shown as it is read, and kept after that", async () => {
  const inspector = await as("stock-inspector");
  await inspector.goto("/stores");
  const stores = inspector.locator("a[href^='/stores/']");
  const store = await stores.last().getAttribute("href");
  await inspector.goto(`${store}/climate`);
  await inspector.fill("#temperature_max", "25");
  await inspector.click("form[action$='/limits'] button");
  await inspector.waitForURL(/done=climate-limits/);
  const keeper = await as("storekeeper", { viewport: NARROW });
  await keeper.goto(`${store}/climate`);
  const file = { name: "logger.csv", mimeType: "text/csv", buffer: Buffer.from(LOGGER) };
  await keeper.setInputFiles("#rows", file);
  await keeper.click("form[action$='/readings/file'] button");
  await keeper.waitForSelector("#dates");
  assert.match(await keeper.textContent("main"), /say which/);
  await keeper.selectOption("#dates", "day-first");
  await keeper.click("form:has(#dates) button");
  await keeper.waitForSelector("form:has(input[value=enter])");
  assert.match(await keeper.textContent("main"), /One reading out of the limits/);
  const { violations } = await new AxeBuilder({ page: keeper }).analyze();
  assert.deepEqual(violations.map((found) => found.id), []);
  await assertNoSidewaysScroll(keeper);
  await keeper.click("form:has(input[value=enter]) button");
  await keeper.waitForURL(/done=climate-read/);
  assert.match(await keeper.textContent("main"), /31\.5 °C/);
});

test("what is destroyed by a plan is entered by one and signed by another", async () => {
  const inspector = await as("stock-inspector");
  await inspector.goto("/disposals/new");
  await inspector.fill("#name", "surplus 2026");
  await inspector.fill("#reason", "too old to keep");
  await inspector.fill("#method", "open detonation, range 3");
  await inspector.fill("#due_on", "31.12.2030");
  await inspector.locator("label", { hasText: "DEMO-C1" }).locator("input").check();
  await inspector.click("form[action='/disposals'] button[value=plan]");
  await inspector.waitForURL(/done=disposal/);
  const plan = new URL(inspector.url()).pathname;

  const keeper = await as("storekeeper");
  await keeper.goto(plan);
  await keeper.fill("#q1", "1000");
  await keeper.click("form[action$='/carry-out'] button");
  await keeper.waitForURL(/done=disposal-carry-out/);
  const movement = await keeper.locator("main a[href^='/stock-movements/']").getAttribute("href");
  await inspector.goto(movement);
  await inspector.click("form[action$='/sign'] button");
  await inspector.waitForURL(/done=stock-sign/);
  await inspector.goto(plan);
  assert.match(await inspector.textContent("main"), /Posted/);
  assert.match(await inspector.textContent("main"), /1000/);
});
