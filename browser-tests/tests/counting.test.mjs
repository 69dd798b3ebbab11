// A count on a device that loses the line: the page is loaded without one, scans wait on the device,
// and each counts once when the line is back.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import { AxeBuilder } from "@axe-core/playwright";

import { NARROW, assertNoSidewaysScroll, assertStrictPolicy, launchBrowser, openPage } from "../harness/browser.mjs";
import { signIn } from "../harness/console.mjs";
import { lineTo } from "../harness/line.mjs";
import { startNode } from "../harness/node.mjs";
import { beginCount } from "../harness/states.mjs";

let node;
let line;
let browser;

beforeEach(() => line.mend());

before(async () => {
  node = await startNode();
  line = await lineTo(node);
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  line?.close();
  await node?.stop();
});

/** Somebody with a device of their own, on the page of a count that goes on. */
async function device(role, path) {
  const { page, context } = await openPage(browser, line, { viewport: NARROW });
  await signIn(page, line.user(role));
  await page.goto(path);
  await page.waitForSelector("[data-kept]:not([hidden])");
  return { page, context };
}

async function counted(code) {
  const { page, context } = await openPage(browser, node);
  await signIn(page, node.user("storekeeper"));
  await beginCount(page, code);
  const id = new URL(page.url()).pathname.split("/").at(-1);
  await context.close();
  return id;
}

/** Somebody gives a count up. */
async function givenUp(id) {
  const { page, context } = await openPage(browser, node);
  await signIn(page, node.user("stock-inspector"));
  await page.goto(`/stocktakes/${id}`);
  await page.fill("#reason", "begun in the wrong rack");
  await page.click("form[action$='/abandon'] button");
  await page.waitForURL(/done=stocktake-abandoned/);
  await context.close();
}

async function scan(page, code, quantity) {
  await page.fill("#code", code);
  if (quantity) {
    await page.fill("#quantity", quantity);
  }
  await page.press("#code", "Enter");
}

const waits = (page, count) => page.waitForSelector(`[data-line][data-waiting="${count}"]`);
const allSent = (page) => page.waitForSelector('[data-line][data-state="agree"][data-waiting="0"]');

/** Everything that the device holds: names of databases with their rows, and addresses in caches. */
function held(page) {
  return page.evaluate(async () => {
    const rows = [];
    for (const { name } of await indexedDB.databases()) {
      const base = await new Promise((done) => {
        indexedDB.open(name).onsuccess = (event) => done(event.target.result);
      });
      for (const store of base.objectStoreNames) {
        const all = base.transaction(store).objectStore(store).getAll();
        rows.push(...(await new Promise((done) => { all.onsuccess = () => done(all.result); })));
      }
      base.close();
    }
    const addresses = [];
    const texts = [];
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        addresses.push(new URL(request.url).pathname);
        if (!addresses.at(-1).startsWith("/assets/")) {
          texts.push(await (await cache.match(request)).text());
        }
      }
    }
    return { rows, addresses, texts, local: localStorage.length };
  });
}

/** Without a line this page is not there. */
async function assertNoPage(context, path) {
  const page = await context.newPage();
  await assert.rejects(page.goto(path), path);
  await page.close();
}

test("scans without a line wait on the device, and count once when it is back", async () => {
  const id = await counted("A1-2");
  const { page, context } = await device("storekeeper", `/count/${id}`);
  const { violations } = await new AxeBuilder({ page }).analyze();
  assert.deepEqual(violations.map((found) => found.id), []);
  await assertNoSidewaysScroll(page);
  await scan(page, "DEMO-0009");
  await page.waitForSelector("[data-said]:text('Counted: M70 AB2, DEMO-0009')");
  await allSent(page);

  line.cut();
  await scan(page, "DEMO-0010");
  await waits(page, 1);
  await page.reload();
  await page.waitForSelector("[data-scans]:not([hidden])");
  assert.match(await page.textContent("[data-list]"), /DEMO-0010: not sent yet/);
  await scan(page, "demo 0011");
  await scan(page, "DEMO-0011");
  await scan(page, "nobody knows this");
  await waits(page, 4);
  await page.waitForSelector('[data-line][data-state="caution"]');
  const kept = await held(page);
  assert.deepEqual(
    kept.rows.map((row) => Object.keys(row).sort().join()),
    Array(4).fill("at,code,id,number,owner,place,quantity,take"),
  );
  assert.equal(kept.local, 0);

  // The first try arrives, and its answer is lost: the same scans are sent again.
  let lost = 0;
  await page.route(`**/count/${id}/scans`, async (route) => {
    const answer = await route.fetch();
    assert.equal(answer.status(), 200);
    lost += 1;
    await (lost === 1 ? route.abort() : route.fulfill({ response: answer }));
  });
  line.mend();
  await allSent(page);
  assert.equal(lost, 2);
  assert.deepEqual((await held(page)).rows, []);
  await page.unroute(`**/count/${id}/scans`);

  await page.goto(`/stocktakes/${id}`);
  assert.match(await page.textContent("main"), /5 scans so far/);
  await page.click("form[action$='/finish'] button");
  await page.waitForURL(/done=stocktake-finished/);
  const result = await page.textContent("main");
  assert.match(result, /DEMO-0012/);
  assert.doesNotMatch(result, /DEMO-0009|DEMO-0010|DEMO-0011/);
  assert.match(result, /nobody knows this/);
  await context.close();
});

test("a scanner that types faster than the device writes loses no scan", async () => {
  const id = await counted("A1");
  const { page, context } = await device("storekeeper", `/count/${id}`);
  line.cut();
  const codes = Array.from({ length: 12 }, (_, number) => `FAST-${number}`);
  await page.evaluate(async (all) => {
    const code = document.querySelector("#code");
    const line = document.querySelector("[data-line]");
    for (const [before, text] of all.entries()) {
      // Typed while the one before is written, and sent after it.
      code.value = text;
      while (Number(line.dataset.waiting) < before) await new Promise((later) => setTimeout(later, 5));
      code.form.requestSubmit();
    }
  }, codes);
  await waits(page, codes.length);
  const { rows } = await held(page);
  assert.deepEqual(rows.map((row) => row.code).sort(), [...codes].sort());
  assert.equal(await page.inputValue("#code"), "");
  line.mend();
  await allSent(page);
  await context.close();
});

test("a device keeps the page of the count and nothing else, and signing out takes it away", async () => {
  const id = await counted("A1-1");
  const { page, context } = await device("storekeeper", `/count/${id}`);
  const answer = await page.goto(`/count/${id}`);
  assertStrictPolicy(answer);
  await page.goto("/stores");
  await page.goto("/stock-movements");
  await page.goto(`/count/${id}`);
  await page.waitForSelector("[data-kept]:not([hidden])");
  const kept = await held(page);
  assert.deepEqual(
    kept.addresses.filter((path) => !path.startsWith("/assets/")),
    [`/count/${id}`],
  );
  const user = node.user("storekeeper");
  for (const text of kept.texts) {
    assert.doesNotMatch(text, /csrf/);
    assert.ok(!text.includes(user.login) && !/DEMO-00/.test(text), "nobody and nothing is named");
  }
  line.cut();
  for (const path of ["/stores", "/stocktakes", `/stocktakes/${id}`]) {
    await assertNoPage(context, path);
  }
  await page.goto(`/count/${id}`);
  await scan(page, "DEMO-0002");
  await waits(page, 1);
  line.mend();
  await page.goto("/stocktakes");
  await page.click("form[action='/sign-out'] button");
  await page.waitForURL((url) => url.pathname === "/sign-in");
  const after = await held(page);
  assert.deepEqual([after.rows, after.addresses], [[], []]);
  line.cut();
  await assertNoPage(context, `/count/${id}`);
  line.mend();
  await context.close();
});

test("what one person scanned is never sent by another", async () => {
  const id = await counted("M2");
  const { page, context } = await device("storekeeper", `/count/${id}`);
  line.cut();
  await scan(page, "DEMO-C1", "47000");
  await waits(page, 1);
  await context.clearCookies();
  line.mend();
  await page.waitForSelector('[data-line][data-state="against"]');
  await signIn(page, line.user("stock-inspector"));
  await page.goto(`/count/${id}`);
  await page.waitForSelector("[data-drop]:not([hidden])");
  assert.match(await page.textContent("[data-line]"), /another person/);
  await page.click("[data-drop] button");
  await allSent(page);
  await page.goto(`/stocktakes/${id}`);
  assert.match(await page.textContent("main"), /0 scans so far/);
  await context.close();
});

test("a count that ends meanwhile takes nothing more, and what was scanned is saved as a file", async () => {
  const id = await counted("A1-2");
  const { page, context } = await device("storekeeper", `/count/${id}`);
  line.cut();
  await scan(page, "DEMO-0009");
  await scan(page, 'a "strange" label', "3");
  await waits(page, 2);
  await givenUp(id);
  line.mend();
  await page.waitForSelector("[data-rest]:not([hidden])");
  assert.match(await page.textContent("[data-line]"), /The count has ended.* 2/s);
  const saving = page.waitForEvent("download");
  await page.click("[data-rest] a");
  const file = await (await saving).createReadStream();
  const text = (await file.toArray()).join("");
  assert.match(text, /"DEMO-0009","1",/);
  assert.match(text, /"a ""strange"" label","3",/);
  assert.equal((await held(page)).rows.length, 2, "and it stays on the device");
  await context.close();
});

test("a browser that keeps nothing says where to count instead", async () => {
  const id = await counted("A1-2");
  const { page, context } = await openPage(browser, node, { viewport: NARROW });
  await signIn(page, node.user("storekeeper"));
  await page.addInitScript(() => {
    indexedDB.open = () => { throw new DOMException("not in this window", "SecurityError"); };
  });
  await page.goto(`/count/${id}`);
  await page.waitForSelector('[data-line][data-state="against"]');
  assert.match(await page.textContent("[data-line]"), /keeps nothing/);
  assert.ok(await page.isHidden("[data-scans]"), "nothing is taken that would be lost");
  await page.click("[data-line] a");
  await page.waitForURL(new RegExp(`/stocktakes/${id}`));
  await context.close();
  await givenUp(id);
});

test("a device that is full keeps the code in the field, and one without a worker says so", async () => {
  const id = await counted("A1-2");
  const { page, context } = await openPage(browser, line, { viewport: NARROW });
  await signIn(page, line.user("storekeeper"));
  await page.addInitScript(() => {
    navigator.serviceWorker.register = () => Promise.reject(new Error("not here"));
  });
  await page.goto(`/count/${id}`);
  await page.waitForSelector("[data-unkept]:not([hidden])");
  await page.evaluate(() => {
    window.add = IDBObjectStore.prototype.add;
    IDBObjectStore.prototype.add = () => { throw new DOMException("full", "QuotaExceededError"); };
  });
  await scan(page, "DEMO-0013");
  await page.waitForSelector("[data-said].against");
  assert.match(await page.textContent("[data-said]"), /DEMO-0013: This device could not keep it/);
  assert.equal(await page.inputValue("#code"), "DEMO-0013");
  await page.evaluate(() => { IDBObjectStore.prototype.add = window.add; });
  await page.press("#code", "Enter");
  await page.waitForFunction(() => document.querySelector("#code").value === "");
  await allSent(page);
  await context.close();
  await givenUp(id);
});

test("who counts does not see what should be there", async () => {
  const id = await counted("M1");
  const { page, context } = await openPage(browser, node);
  await signIn(page, node.user("storekeeper"));
  await page.goto("/stores");
  await page.click("main a[href^='/stores/']:has-text('M1')");
  await page.waitForURL(/\/stores\/[0-9a-f]+/);
  const store = new URL(page.url()).pathname;
  assert.match(await page.textContent("#main"), /You count here just now/);
  assert.doesNotMatch(await page.textContent("section[aria-labelledby=part-inside]"), /600/);
  await page.goto("/stock-goods?code=DEMO-T1");
  await page.locator("tbody a").click();
  await page.waitForURL(/stock-goods\/[0-9a-f]+/);
  assert.doesNotMatch(await page.textContent("main"), /600/);

  const other = await openPage(browser, node);
  await signIn(other.page, node.user("stock-inspector"));
  await other.page.goto(store);
  assert.match(await other.page.textContent("section[aria-labelledby=part-inside]"), /600/);
  await page.goto(`/stocktakes/${id}`);
  await page.fill("#reason", "only to look");
  await page.click("form[action$='/abandon'] button");
  await page.waitForURL(/done=stocktake-abandoned/);
  await page.goto(store);
  assert.match(await page.textContent("section[aria-labelledby=part-inside]"), /600/);
  await context.close();
  await other.context.close();
});
