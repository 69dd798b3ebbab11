// What a role may not do is not shown, and not answered either.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { launchBrowser, openPage } from "../harness/browser.mjs";
import { CASE, ON_PAGE, PEOPLE, signIn, tellTheStory } from "../harness/console.mjs";
import { visitEveryKind } from "../harness/crawl.mjs";
import { startNode } from "../harness/node.mjs";

let node;
let browser;
let story;

before(async () => {
  node = await startNode();
  browser = await launchBrowser();
  await as("verifying-officer", async (page) => {
    story = await tellTheStory(page);
  });
});

after(async () => {
  await browser?.close();
  await node?.stop();
});

async function as(role, work) {
  const { page, context, complaints } = await openPage(browser, node);
  try {
    await signIn(page, node.user(role));
    await work(page);
    assert.deepEqual(complaints, []);
  } finally {
    await context.close();
  }
}

async function areas(page) {
  return page.locator(ON_PAGE.rail).evaluateAll((links) =>
    links.map((link) => new URL(link.href).pathname),
  );
}

async function assertRefused(page, paths) {
  for (const path of paths) {
    const response = await page.goto(path);
    assert.ok([403, 404].includes(response.status()), `${path} answers ${response.status()}`);
    const text = await page.locator("main").innerText();
    assert.ok(!/vukotren|krelaku/i.test(text), `${path} names somebody`);
  }
}

test("the supervisor sees the log and nothing else", async () => {
  await as("supervisor", async (page) => {
    assert.deepEqual(await areas(page), ["/audit"]);
    await assertRefused(page, ["/check", "/inbox", "/hits", "/users", ...Object.values(story)]);
  });
});

test("the supervisor verifies the log", async () => {
  await as("supervisor", async (page) => {
    await page.goto("/audit");
    await page.click(ON_PAGE.verify);
    await page.waitForSelector(ON_PAGE.answer);
    assert.equal(await page.locator(`${ON_PAGE.answer}.broken`).count(), 0);
  });
});

test("the supervisor downloads a proof of an entry", async () => {
  await as("supervisor", async (page) => {
    await page.goto("/audit");
    await page.locator(ON_PAGE.auditEntry).first().click();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.click(ON_PAGE.proof),
    ]);
    const proof = await readFile(await download.path(), "utf8");
    assert.match(proof, /[0-9a-f]{64}/, "a proof holds hashes");
  });
});

test("what the officer did is in the log, with the reason", async () => {
  await as("supervisor", async (page) => {
    await page.goto("/audit");
    const text = await page.locator("main").innerText();
    assert.ok(text.includes(node.user("verifying-officer").login));
    assert.ok(text.includes(CASE));
  });
});

test("the administrator reaches no personal data", async () => {
  await as("administrator", async (page) => {
    const shown = await areas(page);
    for (const area of ["/check", "/inbox", "/hits"]) {
      assert.ok(!shown.includes(area), `${area} is in the rail`);
    }
    await assertRefused(page, ["/check", "/inbox", "/hits", ...Object.values(story)]);
    await visitEveryKind(page, shown, async (path) => {
      const text = await page.locator("body").innerText();
      assert.ok(!text.includes(PEOPLE.quartermaster), `${path} shows who was checked`);
      assert.ok(!text.includes(CASE), `${path} shows in which case`);
    });
  });
});

test("nobody reaches a page without signing in", async () => {
  const { page, context } = await openPage(browser, node);
  for (const path of ["/check", "/inbox", "/hits", "/audit", "/users", ...Object.values(story)]) {
    await page.goto(path);
    assert.equal(new URL(page.url()).pathname, "/sign-in", path);
  }
  await context.close();
});

test("after signing out the way back is closed", async () => {
  await as("verifying-officer", async (page) => {
    await page.click("form[action='/sign-out'] button");
    await page.waitForLoadState("load");
    await page.goto(story.hit);
    assert.equal(new URL(page.url()).pathname, "/sign-in");
  });
});
