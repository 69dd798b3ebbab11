// The console as an officer uses it: one function for each thing that they do. The selectors are
// names of fields, paths and landmarks; words change with the language, these do not.
import assert from "node:assert/strict";

export const ON_PAGE = {
  login: "#login",
  password: "#password",
  signIn: "form[action='/sign-in'] button[type=submit]",
  query: "#q",
  purpose: "#purpose",
  caseReference: "#case",
  checkButton: "form.check-form .search-box button[type=submit]",
  answer: ".big-answer",
  candidate: "main a[href^='/matches/']",
  reason: "#reason",
  confirm: "button[name=outcome][value=confirmed]",
  reject: "button[name=outcome][value=rejected]",
  hit: "main a[href^='/hits/']",
  followUp: "section[aria-labelledby=follow-up]",
  rail: "nav.rail a",
  verify: "form[action='/audit/verification'] button[type=submit]",
  auditEntry: "main table a[href^='/audit/']",
  proof: "main a[download]",
};

/** People of `lists/`, as somebody at a counter would write them. */
export const PEOPLE = {
  quartermaster: "Radomir Iljas Vukotren",
  other: "Drita Krelaku",
  cyrillic: "Стојмир Белогрански",
  nobody: "Qwendolyn Zsarkovitch-Upperby",
};

export async function signIn(page, user) {
  await page.goto("/sign-in");
  await page.fill(ON_PAGE.login, user.login);
  await page.fill(ON_PAGE.password, user.password);
  await page.click(ON_PAGE.signIn);
  await page.waitForURL((url) => url.pathname !== "/sign-in");
}

/** Fills purpose and case where the page asks for them. */
export async function justify(page, caseReference = "BT-2026/1") {
  if ((await page.locator(ON_PAGE.purpose).count()) > 0) {
    await page.selectOption(ON_PAGE.purpose, "border-check");
    await page.fill(ON_PAGE.caseReference, caseReference);
  }
}

/** Checks a name; gives the path of the answer. */
export async function check(page, name) {
  await page.goto("/check");
  await justify(page);
  await page.fill(ON_PAGE.query, name);
  await page.click(ON_PAGE.checkButton);
  await page.waitForSelector(ON_PAGE.answer);
  return new URL(page.url()).pathname;
}

/** Opens the best candidate of the answer on the screen; gives the path of the match. */
export async function openCandidate(page) {
  await page.locator(ON_PAGE.candidate).first().click();
  await page.waitForURL((url) => url.pathname.startsWith("/matches/"));
  return new URL(page.url()).pathname;
}

/** Decides the match on the screen. */
export async function decide(page, outcome, reason) {
  await page.fill(ON_PAGE.reason, reason);
  const button = page.locator(outcome === "confirmed" ? ON_PAGE.confirm : ON_PAGE.reject);
  await Promise.all([page.waitForEvent("framenavigated"), button.click()]);
  await page.waitForLoadState("load");
}

/** Goes from a confirmed match to its hit; gives the path of the hit. */
export async function openHit(page) {
  if (!new URL(page.url()).pathname.startsWith("/hits/")) {
    await page.locator(ON_PAGE.hit).first().click();
    await page.waitForURL((url) => url.pathname.startsWith("/hits/"));
  }
  return new URL(page.url()).pathname;
}

/** Fills every field of a form with something that it accepts. */
export async function fillIn(form, text) {
  for (const field of await form.locator("input[type=text], textarea").all()) {
    if (await field.isVisible()) {
      await field.fill(text);
    }
  }
  for (const choice of await form.locator("select").all()) {
    const values = await choice
      .locator("option")
      .evaluateAll((options) => options.map((option) => option.value).filter(Boolean));
    assert.ok(values.length > 0, "a choice without entries");
    await choice.selectOption(values[0]);
  }
}

/** A check, a confirmed match and a hit; and a match that still waits. Paths of all of them. */
export async function tellTheStory(page) {
  const checked = await check(page, PEOPLE.quartermaster);
  const confirmed = await openCandidate(page);
  await decide(page, "confirmed", "Same birth date, same passport number.");
  const hit = await openHit(page);
  const open = await check(page, PEOPLE.other);
  const waiting = await openCandidate(page);
  return { checked, confirmed, hit, open, waiting };
}
