// The flow of an officer, by keyboard alone: sign in, check, decide, follow up.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launchBrowser, openPage } from "../harness/browser.mjs";
import { ON_PAGE, PEOPLE, check, decide, fillIn, openCandidate, signIn } from "../harness/console.mjs";
import { enterOn, pressAndWait, tabTo, takeNextOf, typeInto } from "../harness/keyboard.mjs";
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

async function withPage(work, options) {
  const { page, context, complaints } = await openPage(browser, node, options);
  try {
    await work(page);
    assert.deepEqual(complaints, []);
  } finally {
    await context.close();
  }
}

async function signInByKeyboard(page, user) {
  await page.goto("/");
  await typeInto(page, ON_PAGE.login, user.login);
  await typeInto(page, ON_PAGE.password, user.password);
  await pressAndWait(page, "Enter");
}

test("signs in by keyboard, with the focus where the typing starts", async () => {
  await withPage(async (page) => {
    await page.goto("/");
    assert.equal(new URL(page.url()).pathname, "/sign-in");
    assert.ok(await page.locator(ON_PAGE.login).evaluate((f) => f === document.activeElement));
    await signInByKeyboard(page, node.user("officer"));
    assert.equal(new URL(page.url()).pathname, "/check");
  });
});

test("refuses a wrong password, keeps the login, and does not say which was wrong", async () => {
  await withPage(async (page) => {
    const user = node.user("officer");
    const refusal = async (login) => {
      await signInByKeyboard(page, { login, password: "not the password" });
      assert.equal(new URL(page.url()).pathname, "/sign-in");
      assert.equal(await page.inputValue(ON_PAGE.login), login);
      return page.locator("[role=alert]").innerText();
    };
    assert.equal(await refusal(user.login), await refusal("nobody.at.all"));
  });
});

test("checks, decides and follows up by keyboard alone", async () => {
  await withPage(async (page) => {
    await signInByKeyboard(page, node.user("verifying-officer"));
    await takeNextOf(page, ON_PAGE.purpose);
    await typeInto(page, ON_PAGE.caseReference, "BT-2026/7");
    await typeInto(page, ON_PAGE.query, PEOPLE.quartermaster);
    await pressAndWait(page, "Enter");
    assert.ok(await page.locator(`${ON_PAGE.answer}.found`).isVisible());

    await enterOn(page, ON_PAGE.candidate);
    assert.match(page.url(), /\/matches\//);
    assert.ok(await page.locator(".evidence-table").isVisible());

    await typeInto(page, ON_PAGE.reason, "Same birth date, same passport number.");
    await enterOn(page, ON_PAGE.confirm);
    if (!page.url().includes("/hits/")) {
      await enterOn(page, ON_PAGE.hit);
    }

    const followUp = page.locator(ON_PAGE.followUp);
    await fillIn(followUp.locator("form"), "Passport kept, the partner was called at 14:05.");
    await enterOn(page, `${ON_PAGE.followUp} form button[type=submit]`);
    assert.equal(await page.locator(`${ON_PAGE.followUp} form`).count(), 0);
    assert.match(await page.locator("main").innerText(), /the partner was called at 14:05/);
  });
});

test("neither decision is made without a reason", async () => {
  await withPage(async (page) => {
    await signIn(page, node.user("verifying-officer"));
    await check(page, PEOPLE.cyrillic);
    const match = await openCandidate(page);
    for (const button of [ON_PAGE.confirm, ON_PAGE.reject]) {
      await page.goto(match);
      // Past the browser's own check, so that the node's is seen.
      await page.locator("form.decision").evaluate((form) => form.setAttribute("novalidate", ""));
      await page.fill(ON_PAGE.reason, " ");
      await page.click(button);
      await page.waitForSelector("[role=alert]");
      assert.ok(await page.locator(ON_PAGE.confirm).isVisible(), "the match still waits");
    }
  });
});

test("a rejected candidate is not put again, and the next check says why", async () => {
  await withPage(async (page) => {
    await signIn(page, node.user("verifying-officer"));
    await check(page, PEOPLE.other);
    assert.ok(await page.locator(`${ON_PAGE.answer}.found`).isVisible());
    await openCandidate(page);
    await decide(page, "rejected", "Born twenty years later, other parents.");

    await check(page, PEOPLE.other);
    assert.equal(await page.locator(`${ON_PAGE.answer}.found`).count(), 0);
    assert.match(await page.locator("main").innerText(), /Born twenty years later/);
  });
});

test("an officer who does not verify sees the match and cannot decide", async () => {
  await withPage(async (page) => {
    await signIn(page, node.user("officer"));
    await check(page, PEOPLE.quartermaster);
    await openCandidate(page);
    assert.ok(await page.locator(".evidence-table").isVisible());
    assert.equal(await page.locator("button[name=outcome]").count(), 0);
  });
});

test("says so when nobody looks for them, and the next check is one key away", async () => {
  await withPage(async (page) => {
    await signIn(page, node.user("officer"));
    await check(page, PEOPLE.nobody);
    assert.equal(await page.locator(`${ON_PAGE.answer}.found`).count(), 0);
    await tabTo(page, "main a[href='/check']");
    await pressAndWait(page, "Enter");
    await page.waitForSelector(ON_PAGE.query);
  });
});

test("one key changes the justification from anywhere", async () => {
  await withPage(async (page) => {
    await signIn(page, node.user("officer"));
    await page.goto("/check");
    await pressAndWait(page, "F2");
    assert.equal(new URL(page.url()).pathname, "/justification");
    await page.selectOption(ON_PAGE.purpose, "border-check");
    await typeInto(page, ON_PAGE.caseReference, "BT-2026/99");
    await pressAndWait(page, "Enter");
    assert.equal(new URL(page.url()).pathname, "/check");
    assert.match(await page.locator("header .justification").innerText(), /BT-2026\/99/);
  });
});

test("everything works without scripts", async () => {
  await withPage(
    async (page) => {
      await signIn(page, node.user("verifying-officer"));
      await check(page, PEOPLE.cyrillic);
      assert.ok(await page.locator(`${ON_PAGE.answer}.found`).isVisible());
      await openCandidate(page);
      await decide(page, "confirmed", "The passport number is the same.");
      if (!page.url().includes("/hits/")) {
        await page.locator(ON_PAGE.hit).first().click();
      }
      await page.waitForURL(/\/hits\//);
      const form = page.locator(`${ON_PAGE.followUp} form`);
      await fillIn(form, "Told the contact point.");
      await form.locator("button[type=submit]").click();
      await page.waitForSelector(`${ON_PAGE.followUp} form`, { state: "detached" });
    },
    { javaScriptEnabled: false },
  );
});
