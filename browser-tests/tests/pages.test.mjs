// What has to be true of every page that anybody can reach: no barrier, no sideways scroll, a
// strict content security policy.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";

import {
  NARROW, WIDE, assertNoSidewaysScroll, assertStrictPolicy, launchBrowser, openPage,
} from "../harness/browser.mjs";
import { ON_PAGE, signIn, tellTheStory } from "../harness/console.mjs";
import { visitEveryKind } from "../harness/crawl.mjs";
import { startNode } from "../harness/node.mjs";
import { STATES } from "../harness/states.mjs";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** What a dark page can break that a light one does not. */
const RULES_OF_COLOUR = ["color-contrast", "link-in-text-block"];

let node;
let browser;
let story;

before(async () => {
  node = await startNode();
  browser = await launchBrowser();
  const { page, context } = await openPage(browser, node);
  await signIn(page, node.user("verifying-officer"));
  story = await tellTheStory(page);
  await context.close();
});

after(async () => {
  await browser?.close();
  await node?.stop();
});

for (const role of Object.keys(STATES)) {
  test(`the pages of the ${role}`, async (t) => {
    const { seen, complaints } = await lookAtEverything(role);
    const faults = (kind) => seen.flatMap((one) => one[kind]);
    await t.test("axe finds no barrier, light", () => assert.deepEqual(faults("light"), []));
    await t.test("axe finds no barrier, dark", () => assert.deepEqual(faults("dark"), []));
    await t.test("none scrolls sideways in a narrow window", () =>
      assert.deepEqual(faults("sideways"), []));
    await t.test("each has a strict content security policy", () =>
      assert.deepEqual(faults("policy"), []));
    await t.test("the browser complains of none", () => assert.deepEqual(complaints, []));
  });
}

/** Looks at every kind of page that a role can reach, at a page that is not there, and at what
 * forms answer. */
async function lookAtEverything(role) {
  const { page, context, complaints } = await openPage(browser, node);
  const seen = [];
  try {
    seen.push(await lookAt(page, "/sign-in", await page.goto("/sign-in")));
    await signIn(page, node.user(role));
    const rail = await page.locator(ON_PAGE.rail).evaluateAll((links) =>
      links.map((link) => new URL(link.href).pathname),
    );
    assert.ok(rail.length > 0, `the rail of the ${role} is empty`);
    const starts = role === "verifying-officer" ? Object.values(story) : [];
    const kinds = await visitEveryKind(
      page,
      [...rail, ...starts, "/password", "/no-such-page"],
      async (path, response) => seen.push(await lookAt(page, path, response)),
    );
    assert.ok(kinds.length > rail.length);
    for (const [name, bringAbout] of Object.entries(STATES[role])) {
      let answer;
      const remember = (response) => {
        answer = response.request().isNavigationRequest() ? response : answer;
      };
      page.on("response", remember);
      await bringAbout(page, story);
      page.off("response", remember);
      seen.push(await lookAt(page, name, answer));
    }
  } finally {
    await context.close();
  }
  return { seen, complaints };
}

/** The faults of the page on the screen, by kind. */
async function lookAt(page, name, response) {
  const light = await barriers(name, new AxeBuilder({ page }).withTags(RULES));
  await page.emulateMedia({ colorScheme: "dark" });
  const dark = await barriers(name, new AxeBuilder({ page }).withRules(RULES_OF_COLOUR));
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(NARROW);
  const sideways = await fault(name, () => assertNoSidewaysScroll(page));
  await page.setViewportSize(WIDE);
  return { light, dark, sideways, policy: await fault(name, () => assertStrictPolicy(response)) };
}

async function barriers(name, axe) {
  const { violations } = await axe.analyze();
  return violations.flatMap((violation) =>
    violation.nodes.map((part) => `${name}: ${violation.id}: ${part.target.join(" ")}`),
  );
}

async function fault(name, check) {
  try {
    await check();
    return [];
  } catch (error) {
    return [`${name}: ${error.message}`];
  }
}
