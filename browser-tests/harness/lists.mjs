// Importing through the pages, as an administrator does.
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { repository } from "./node.mjs";

const CONSOLIDATED = join(repository, "browser-tests", "lists", "un", "consolidated.xml");

/** The invented list of the UN as it might look a month later: one change, one removal, one new. */
export async function laterConsolidatedList() {
  const text = await readFile(CONSOLIDATED, "utf8");
  const individual = text.match(/<INDIVIDUAL>.*?<\/INDIVIDUAL>/s)[0];
  const newcomer = individual
    .replace("9900001", "9900003")
    .replace("QDi.990", "QDi.991")
    .replace("STOJMIR", "GORDAN")
    .replace("BELOGRANSKI", "ZVEZDOLIK")
    .replace("Стојмир Белогрански", "Гордан Звездолик")
    .replace("Stoymir Belogranski", "Gordan Zvezdolyk")
    .replace("MX5550188", "MX7710042");
  return text
    .replace("2026-01-15", "2026-02-12")
    .replace("1979-11-23", "1978-11-23")
    .replace(/<ENTITY>.*?<\/ENTITY>/s, "")
    .replace("</INDIVIDUALS>", `${newcomer}</INDIVIDUALS>`);
}

/** Uploads a consolidated list of the UN; ends on what it would change, or on why it is refused. */
export async function previewImport(page, text) {
  await page.goto("/lists/import");
  await upload(page, text);
}

/** Confirms the preview on the screen: the node still has the file. */
export async function writeImport(page) {
  await page.click("form[action='/lists/import/confirm'] button[type=submit]");
  await page.waitForURL((url) => !url.pathname.startsWith("/lists/import"));
}

async function upload(page, text) {
  const form = page.locator("form:has(#un_xml)");
  await form.locator("#un_xml").setInputFiles({
    name: "consolidated.xml",
    mimeType: "application/xml",
    buffer: Buffer.from(text),
  });
  await Promise.all([
    page.waitForEvent("framenavigated"),
    form.locator("button[type=submit]").click(),
  ]);
  await page.waitForLoadState("load");
}

/** From the page of a list: the path of a version of it. */
export async function versionOfImport(page, version) {
  const link = page.locator(`main a[href^='/lists/'][href$='/versions/${version}']`).first();
  return new URL(await link.evaluate((a) => a.href)).pathname;
}
