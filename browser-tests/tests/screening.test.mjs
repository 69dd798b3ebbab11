// A file on the check page: its columns are shown, it runs, its matches stand on a page. Without
// scripts too.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { AxeBuilder } from "@axe-core/playwright";

import { assertNoSidewaysScroll, launchBrowser, openPage } from "../harness/browser.mjs";
import { ON_PAGE, PEOPLE, signIn } from "../harness/console.mjs";
import { startNode } from "../harness/node.mjs";

const FILE_FIELD = "input[type=file][name=rows]";
const RUN = "form[action='/screenings'] button[type=submit]";

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

function table(rows) {
  const lines = ["Редни број;Име и презиме;Датум рођења"];
  for (let row = 0; row < rows; row += 1) {
    lines.push(`${row};Zqw${row} Nobodyson${row};5.3.1970`);
  }
  lines.push(`${rows};${PEOPLE.quartermaster};`, `${rows + 1};${PEOPLE.cyrillic};`);
  return { name: "guests.csv", mimeType: "text/csv", buffer: Buffer.from(lines.join("\n")) };
}

async function hasNoAxeFindings(page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  assert.deepEqual(violations.map((finding) => finding.id), []);
  await assertNoSidewaysScroll(page);
}

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with scripts" : "without scripts";
  test(`a file is read, run and downloaded ${how}`, async () => {
    const { page, context, complaints } = await openPage(browser, node, { javaScriptEnabled });
    try {
      await signIn(page, node.user("verifying-officer"));
      await page.goto("/check");
      await page.setInputFiles(FILE_FIELD, table(700));
      await page.click("form[action='/screenings/file'] button[type=submit]");
      await page.waitForURL((url) => url.pathname === "/screenings/new");
      const shown = await page.locator("main").innerText();
      assert.match(shown, /Име и презиме/);
      assert.match(shown, /05\.03\.1970/);
      if (javaScriptEnabled) {
        await hasNoAxeFindings(page);
      }

      await page.click(RUN);
      await page.waitForURL((url) => /^\/screenings\/[0-9a-f]{32}$/.test(url.pathname));
      const run = new URL(page.url()).pathname;
      // The page asks for itself again until the run has ended.
      await page.waitForSelector("main a[download][href$='/hits.csv']");
      assert.ok(await page.locator(`${ON_PAGE.answer}.found`).isVisible());
      const found = await page.locator("main table").first().innerText();
      assert.match(found, /702/);
      assert.match(found, /703/);
      if (javaScriptEnabled) {
        await hasNoAxeFindings(page);
      }

      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.click("main a[download][href$='/hits.csv']"),
      ]);
      const lines = [];
      for await (const chunk of await download.createReadStream()) {
        lines.push(chunk);
      }
      const text = Buffer.concat(lines).toString("utf8");
      assert.match(text, /^row,input name,record/);
      assert.ok(text.includes(`\n702,${PEOPLE.quartermaster},`), text);

      await page.goto("/screenings");
      assert.ok(await page.locator(`main a[href='${run}']`).isVisible());
      await page.goto(run);
      await page.locator(ON_PAGE.candidate).first().click();
      await page.waitForURL((url) => url.pathname.startsWith("/matches/"));
      assert.deepEqual(complaints, []);
    } finally {
      await context.close();
    }
  });
}

test("a file that is not clear says what to do, and its columns can be stated", async () => {
  const { page, context, complaints } = await openPage(browser, node);
  try {
    await signIn(page, node.user("officer"));
    await page.goto("/screenings");
    const buffer = Buffer.from(`a;b\n1;${PEOPLE.other}\n`);
    await page.setInputFiles(FILE_FIELD, { name: "x.csv", mimeType: "text/csv", buffer });
    await page.click("form[action='/screenings/file'] button[type=submit]");
    await page.waitForURL((url) => url.pathname === "/screenings/new");
    assert.match(await page.locator("[role=alert]").innerText(), /name or a number/);
    await page.fill("#columns", "name=2");
    await page.click(RUN);
    await page.waitForURL((url) => url.pathname === "/screenings");
    assert.match(await page.locator("main").innerText(), new RegExp(PEOPLE.other));
    await page.click(RUN);
    await page.waitForSelector("main a[download][href$='/hits.csv']");
    assert.ok(await page.locator(`${ON_PAGE.answer}.found`).isVisible());
    assert.deepEqual(complaints, []);
  } finally {
    await context.close();
  }
});
