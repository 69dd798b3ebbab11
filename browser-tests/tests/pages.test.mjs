// What has to be true of every page that anybody can reach: no barrier, no sideways scroll, a
// strict content security policy.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";

import {
  NARROW, assertNoSidewaysScroll, assertStrictPolicy, launchBrowser, openPage,
} from "../harness/browser.mjs";
import { ON_PAGE, signIn, tellTheStory } from "../harness/console.mjs";
import { visitEveryKind } from "../harness/crawl.mjs";
import { startNode } from "../harness/node.mjs";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const ROLES = ["verifying-officer", "supervisor", "administrator"];

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

/** Visits every kind of page that a role can reach, and a page that is not there. */
async function everyPage(role, options, look) {
  const { page, context, complaints } = await openPage(browser, node, options);
  try {
    await look(page, await page.goto("/sign-in"));
    await signIn(page, node.user(role));
    const rail = await page.locator(ON_PAGE.rail).evaluateAll((links) =>
      links.map((link) => new URL(link.href).pathname),
    );
    assert.ok(rail.length > 0, `the rail of the ${role} is empty`);
    const starts = role === "verifying-officer" ? Object.values(story) : [];
    const kinds = await visitEveryKind(
      page,
      [...rail, ...starts, "/password", "/no-such-page"],
      (_path, response) => look(page, response),
    );
    assert.ok(kinds.length > rail.length);
    assert.deepEqual(complaints, []);
  } finally {
    await context.close();
  }
}

for (const role of ROLES) {
  for (const colorScheme of ["light", "dark"]) {
    test(`axe finds no barrier on any page of the ${role}, ${colorScheme}`, async () => {
      await everyPage(role, { colorScheme }, async (page) => {
        const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
        const found = violations.flatMap((violation) =>
          violation.nodes.map((part) => `${violation.id}: ${part.target.join(" ")}`),
        );
        assert.deepEqual(found, [], page.url());
      });
    });
  }

  test(`no page of the ${role} scrolls sideways in a narrow window`, async () => {
    await everyPage(role, { viewport: NARROW }, assertNoSidewaysScroll);
  });

  test(`every page of the ${role} has a strict content security policy`, async () => {
    await everyPage(role, {}, (_page, response) => assertStrictPolicy(response));
  });
}
