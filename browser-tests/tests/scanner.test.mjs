// Codes that are held before the camera: read in the browser, and typed into the field.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { launchBrowser, openPage } from "../harness/browser.mjs";
import { CAMERA, barsDark, code128, film, squareDark } from "../harness/camera.mjs";
import { ON_PAGE, signIn } from "../harness/console.mjs";
import { startNode } from "../harness/node.mjs";
import { beginCount } from "../harness/states.mjs";

let node;
let folder;

before(async () => {
  node = await startNode();
  folder = await mkdtemp(join(tmpdir(), "egnatia-camera-"));
});

after(async () => {
  await node?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The modules of a code, written by the library of the pages itself. */
async function modules(page, writer, format, text) {
  const src = await page.locator("script[src$='/scanner.js']").getAttribute("src");
  await page.addScriptTag({ url: src.replace("scanner.js", "dist/zxing.js") });
  return page.evaluate(
    ([name, kind, what]) => {
      const { ZXing } = window;
      const hints = new Map([[ZXing.EncodeHintType.MARGIN, 0]]);
      const bits = new ZXing[name]().encode(what, ZXing.BarcodeFormat[kind], 0, 0, hints);
      const rows = [];
      for (let y = 0; y < bits.getHeight(); y += 1) {
        rows.push(Array.from({ length: bits.getWidth() }, (_, x) => bits.get(x, y)));
      }
      return rows;
    },
    [writer, format, text],
  );
}

/** A film of a code, by its kind. */
async function filmOf(kind, text) {
  const path = join(folder, `${kind}.y4m`);
  if (kind === "CODE_128") {
    await film(path, barsDark(code128(text)));
    return path;
  }
  const browser = await launchBrowser();
  const { page } = await openPage(browser, node);
  await signIn(page, node.user("storekeeper"));
  await page.goto("/stock-movements/new");
  const writer = { QR_CODE: "QRCodeWriter", DATA_MATRIX: "DataMatrixWriter" }[kind];
  await film(path, squareDark(await modules(page, writer, kind, text)));
  await browser.close();
  return path;
}

async function withCamera(path, role, work) {
  const browser = await launchBrowser(CAMERA(path));
  const { page, complaints } = await openPage(browser, node);
  await signIn(page, node.user(role));
  await work(page);
  assert.deepEqual(complaints, []);
  await browser.close();
}

const openCamera = (page) => page.click(".scanner button");

test("a QR code before the camera becomes a line of a movement", async () => {
  await withCamera(await filmOf("QR_CODE", "DEMO-0003"), "storekeeper", async (page) => {
    await page.goto("/stock-movements/new?kind=issue");
    await openCamera(page);
    await page.waitForSelector('tbody a:has-text("DEMO-0003")');
    // The camera stays open over the next page, and does not take the same code again.
    await page.waitForSelector(".scanner video:not([hidden])");
    await page.waitForTimeout(1_000);
    assert.equal(await page.locator("[role=alert]").count(), 0);
  });
});

test("a Data Matrix before the camera is counted", async () => {
  await withCamera(await filmOf("DATA_MATRIX", "DEMO-0009"), "storekeeper", async (page) => {
    await beginCount(page, "A1-2");
    await page.goto(new URL(page.url()).pathname.replace("stocktakes", "count"));
    await page.waitForSelector("[data-scans]:not([hidden])");
    await openCamera(page);
    await page.waitForSelector('[data-said]:has-text("Counted: M70 AB2, DEMO-0009")');
  });
});

test("a Code 128 before the camera is checked", async () => {
  await withCamera(await filmOf("CODE_128", "XY-4711"), "verifying-officer", async (page) => {
    await page.goto("/check");
    await openCamera(page);
    await page.waitForSelector(ON_PAGE.answer);
    assert.match(await page.textContent("main"), /XY-4711/);
  });
});

test("where there is no camera the page says what to do", async () => {
  const browser = await launchBrowser();
  const { page, context } = await openPage(browser, node);
  await context.clearPermissions();
  await signIn(page, node.user("storekeeper"));
  await page.goto("/stock-movements/new");
  await openCamera(page);
  await page.waitForSelector('.scanner p:has-text("Type the number")');
  await browser.close();
});
