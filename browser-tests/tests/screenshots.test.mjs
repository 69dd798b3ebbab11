// Pictures for the documents: made by `npm run screenshots`, which sets EGNATIA_SCREENSHOTS.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { NARROW, WIDE, launchBrowser, openPage } from "../harness/browser.mjs";
import { signIn, tellTheStory } from "../harness/console.mjs";
import { repository, startNode } from "../harness/node.mjs";

const folder = join(repository, "docs", "screenshots");
const LOOKS = [
  { name: "light", options: { colorScheme: "light", viewport: WIDE } },
  { name: "dark", options: { colorScheme: "dark", viewport: WIDE } },
  { name: "narrow", options: { colorScheme: "light", viewport: { ...NARROW, width: 390 } } },
];

const skip = process.env.EGNATIA_SCREENSHOTS ? false : "only when EGNATIA_SCREENSHOTS is set";

test("makes the pictures of the documents", { skip }, async () => {
  await mkdir(folder, { recursive: true });
  const node = await startNode();
  const browser = await launchBrowser();
  try {
    const first = await openPage(browser, node);
    await signIn(first.page, node.user("verifying-officer"));
    const story = await tellTheStory(first.page);
    await first.context.close();
    for (const look of LOOKS) {
      await pictures(browser, node, look, story);
    }
  } finally {
    await browser.close();
    await node.stop();
  }
});

async function pictures(browser, node, look, story) {
  const officer = {
    check: "/check",
    candidates: story.open,
    match: story.waiting,
    hit: story.hit,
    inbox: "/inbox",
    lists: "/lists",
  };
  const { page, context } = await openPage(browser, node, look.options);
  await page.goto("/sign-in");
  await save(page, "sign-in", look);
  await signIn(page, node.user("verifying-officer"));
  for (const [name, path] of Object.entries(officer)) {
    await page.goto(path);
    await save(page, name, look);
  }
  await context.close();

  const supervisor = await openPage(browser, node, look.options);
  await signIn(supervisor.page, node.user("supervisor"));
  await supervisor.page.goto("/audit");
  await save(supervisor.page, "audit", look);
  await supervisor.context.close();
}

async function save(page, name, look) {
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(folder, `${name}-${look.name}.png`) });
}
