// The box is read while somebody types: by the script, or by a button where there is none.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launchBrowser, openPage } from "../harness/browser.mjs";
import {
  ON_PAGE, PEOPLE, ZONE, ZONE_MISREAD, signIn, typeAndRead,
} from "../harness/console.mjs";
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

async function onCheckPage(work, options) {
  const { page, context, complaints } = await openPage(browser, node, options);
  try {
    await signIn(page, node.user("officer"));
    await page.goto("/check");
    await work(page);
    assert.deepEqual(complaints, []);
  } finally {
    await context.close();
  }
}

const summary = (page) => page.locator("[data-summary]").innerText();

test("says how it reads a name, a number and a zone, and forgets it with the text", async () => {
  await onCheckPage(async (page) => {
    assert.equal(await summary(page), "");
    await typeAndRead(page, PEOPLE.cyrillic);
    assert.match(await page.locator("[data-details]").innerText(), /BELOGRANSKI/);
    await typeAndRead(page, "369-J?57");
    assert.match(await summary(page), /369J\?57/);
    await typeAndRead(page, ZONE);
    assert.equal(await page.locator("[data-details] table tbody tr").count(), 5);
    assert.equal(await page.locator("button[name=read_as]").count(), 0);
    await page.fill(ON_PAGE.query, "");
    await page.waitForFunction(() => document.querySelector("[data-details]").childElementCount === 0);
    assert.equal(await summary(page), "");
  });
});

test("asks once for what was typed at one go, and never in an address", async () => {
  await onCheckPage(async (page) => {
    const asked = [];
    page.on("request", (request) => asked.push(request));
    await page.locator(ON_PAGE.query).pressSequentially("Vukotren", { delay: 20 });
    await page.waitForFunction(
      () => document.querySelector("[data-details]").textContent.includes("VUKOTREN"),
    );
    const readings = asked.filter((request) => request.url().includes("/check/reading"));
    assert.equal(readings.length, 1, "one request for eight letters");
    assert.equal(readings[0].method(), "POST");
    assert.ok(asked.every((request) => !/vukotren/i.test(request.url())));
    assert.ok(!/vukotren/i.test(page.url()));
  });
});

test("tells a screen reader one line, and leaves the focus where it is", async () => {
  await onCheckPage(async (page) => {
    await page.focus(ON_PAGE.query);
    await typeAndRead(page, PEOPLE.quartermaster);
    const live = page.locator(".reading [role=status]");
    assert.equal(await live.count(), 1);
    assert.equal(await live.evaluate((part) => part.childElementCount), 0, "words, no table");
    assert.ok(await page.locator(ON_PAGE.query).evaluate((box) => box === document.activeElement));
    assert.ok(!(await page.locator("[data-reading-button]").isVisible()));
  });
});

test("a proposal is checked only where it is chosen", async () => {
  await onCheckPage(async (page) => {
    await typeAndRead(page, ZONE_MISREAD);
    await page.keyboard.press("Enter");
    await page.waitForSelector("[role=alert]");
    assert.ok(await page.locator("button[name=as_read]").isVisible());
    await page.locator("button[name=read_as]").first().click();
    await page.waitForSelector(ON_PAGE.answer);
    assert.match(await page.locator(".zone").innerText(), /Every check digit fits/);
    assert.match(await page.locator(".zone-lines").innerText(), /7408122F/);
  });
});

test("a zone is checked as it stands where somebody says so, and repaired from the answer", async () => {
  await onCheckPage(async (page) => {
    await typeAndRead(page, ZONE_MISREAD);
    await page.click("button[name=as_read]");
    await page.waitForSelector(ON_PAGE.answer);
    assert.match(await page.locator(".zone-lines").innerText(), /74O8122F/);
    const before = page.url();
    await page.locator("button[name=read_as]").first().click();
    await page.waitForURL((url) => url.href !== before);
    assert.match(await page.locator(".zone-lines").innerText(), /7408122F/);
  });
});

test("without scripts a button shows it and loses nothing", async () => {
  await onCheckPage(
    async (page) => {
      await page.fill(ON_PAGE.query, PEOPLE.cyrillic);
      await page.click("[data-reading-button]");
      await page.waitForLoadState("load");
      assert.match(await page.locator("[data-details]").innerText(), /BELOGRANSKI/);
      assert.equal(await page.inputValue(ON_PAGE.query), PEOPLE.cyrillic);
      assert.ok(!page.url().includes("?"));
    },
    { javaScriptEnabled: false },
  );
});
