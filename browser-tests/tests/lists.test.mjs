// An import through the pages: first what would change, then the change, then checks find it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launchBrowser, openPage } from "../harness/browser.mjs";
import { ON_PAGE, check, signIn } from "../harness/console.mjs";
import { laterConsolidatedList, previewImport, versionOfImport, writeImport } from "../harness/lists.mjs";
import { startNode } from "../harness/node.mjs";

const NEWCOMER = "Gordan Zvezdolik";

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

test("an import shows what would change, is then written, and is found at once", async () => {
  await as("officer", async (officer) => {
    await as("administrator", async (administrator) => {
      const list = await laterConsolidatedList();
      await previewImport(administrator, list);
      await check(officer, NEWCOMER);
      assert.equal(await officer.locator(`${ON_PAGE.answer}.found`).count(), 0, "only a preview");

      assert.equal(await administrator.locator("input[type=file]").count(), 0, "no file twice");
      await writeImport(administrator);
      const version = await administrator.locator("main").innerText();
      assert.ok(!/BELOGRANSKI|ZVEZDOLIK/i.test(version), "an administrator sees no names");

      await officer.goto(new URL(administrator.url()).pathname);
      await officer.goto(await versionOfImport(officer, 2));
      const text = await officer.locator("main").innerText();
      for (const part of ["1979", "1978", "ZELENGRAV", "ZVEZDOLIK"]) {
        assert.ok(text.includes(part), `the differences do not say ${part}`);
      }

      await check(officer, NEWCOMER);
      assert.ok(await officer.locator(`${ON_PAGE.answer}.found`).isVisible());
    });
  });
});

test("what is no list is refused, and says so", async () => {
  await as("administrator", async (page) => {
    await previewImport(page, "<nothing/>");
    assert.ok(await page.locator("[role=alert]").isVisible());
    await page.goto("/lists");
    assert.equal(await page.locator("main tbody tr").count(), 2);
  });
});
