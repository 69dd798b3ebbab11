// Pictures for the documents: made by `npm run screenshots`, which sets EGNATIA_SCREENSHOTS.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { launchBrowser, openPage } from "../harness/browser.mjs";
import {
  ON_PAGE, PEOPLE, ZONE_MISREAD, check, decide, fillCheck, openCandidate, openHit, signIn,
  typeAndRead,
} from "../harness/console.mjs";
import { laterConsolidatedList, previewImport, versionOfImport, writeImport } from "../harness/lists.mjs";
import { repository, startNode } from "../harness/node.mjs";
import { STATES } from "../harness/states.mjs";

const folder = join(repository, "docs", "screenshots");
const LOOKS = [
  { name: "light", colorScheme: "light", width: 1280, height: 800, height_max: 1000 },
  { name: "dark", colorScheme: "dark", width: 1280, height: 800, height_max: 1000 },
  { name: "narrow", colorScheme: "light", width: 390, height: 800, height_max: 2000 },
];

/** Somebody listed in Latin letters, asked for in Cyrillic ones; a letter and a country differ. */
const ASKED = {
  name: "Радомир Иљаз Вукотрен",
  more: { birth_date: "14.3.1971", nationality: "SRB", place: "Zvorelac" },
};

const skip = process.env.EGNATIA_SCREENSHOTS ? false : "only when EGNATIA_SCREENSHOTS is set";

test("makes the pictures of the documents", { skip }, async () => {
  await mkdir(folder, { recursive: true });
  const node = await startNode();
  const browser = await launchBrowser();
  try {
    for (const [role, pictures] of Object.entries(PICTURES)) {
      const { page, context } = await openPage(browser, node);
      if (role === "verifying-officer") {
        await page.goto("/sign-in");
        await save(page, "sign-in");
      }
      await signIn(page, node.user(role));
      await pictures(page);
      await context.close();
    }
  } finally {
    await browser.close();
    await node.stop();
  }
});

const PICTURES = {
  "verifying-officer": async (page) => {
    await open(page, "/inbox", "inbox-empty");
    await open(page, "/hits", "hits-empty");
    await check(page, PEOPLE.quartermaster);
    await openCandidate(page);
    await decide(page, "confirmed", "Same birth date, same passport number.");
    await openHit(page);
    await save(page, "hit");
    await open(page, "/hits", "hits");
    await check(page, PEOPLE.other);

    await open(page, "/check", "check");
    await typeAndRead(page, ASKED.name);
    await save(page, "reading-name");
    await fillCheck(page, ASKED.name, ASKED.more);
    await save(page, "check-filled");
    await page.click(ON_PAGE.checkButton);
    await page.waitForSelector(ON_PAGE.answer);
    await save(page, "result");
    await open(page, "/check", "check");
    await typeAndRead(page, ZONE_MISREAD);
    await save(page, "reading-zone");
    await page.click("button[name=as_read]");
    await page.waitForSelector(ON_PAGE.answer);
    await save(page, "result-zone");
    await page.goto("/check");
    await typeAndRead(page, "АБ-0419?5");
    await save(page, "reading-serial");
    await check(page, ASKED.name, ASKED.more);
    await openCandidate(page);
    await save(page, "match");
    const waiting = new URL(page.url()).pathname;
    await open(page, "/inbox", "inbox");
    await check(page, PEOPLE.nobody);
    await save(page, "no-match");
    await STATES["verifying-officer"]["a check of a word that does not end"](page);
    await save(page, "long-word");
    await STATES["verifying-officer"]["a decision without a reason"](page, { waiting });
    await save(page, "decision-without-reason");
    await open(page, "/justification", "justification");
    await open(page, "/no-such-page", "error");
  },
  "supervisor": async (page) => {
    await open(page, "/audit", "audit");
    await page.locator(ON_PAGE.auditEntry).first().click();
    await page.waitForSelector(ON_PAGE.proof);
    await save(page, "audit-entry");
    await STATES.supervisor["a verification of the log"](page);
    await save(page, "verification");
  },
  "administrator": async (page) => {
    await open(page, "/users", "users");
    await open(page, "/users/officer", "user");
    const list = await laterConsolidatedList();
    await page.goto("/lists/import");
    await save(page, "import");
    await previewImport(page, list);
    await save(page, "import-preview");
    await writeImport(page);
    await save(page, "list");
    await open(page, "/check", "refused");
  },
  "officer": async (page) => {
    await open(page, "/lists", "lists");
    await page.goto("/lists/un-sc");
    await open(page, await versionOfImport(page, 2), "list-differences");
    await page.locator("main a[href^='/entries/']").first().click();
    await page.waitForURL(/entries/);
    await save(page, "entry");
  },
};

async function open(page, path, name) {
  await page.goto(path);
  await save(page, name);
}

/** The page on the screen, in every look. */
async function save(page, name) {
  for (const look of LOOKS) {
    await page.emulateMedia({ colorScheme: look.colorScheme });
    await page.setViewportSize({ width: look.width, height: look.height });
    await page.evaluate(() => document.fonts.ready);
    const content = await page.evaluate(() => document.documentElement.scrollHeight);
    const height = Math.min(Math.max(content, look.height), look.height_max);
    await page.screenshot({
      path: join(folder, `${name}-${look.name}.png`),
      fullPage: true,
      clip: { x: 0, y: 0, width: look.width, height },
    });
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}
