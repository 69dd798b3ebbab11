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
  proof: "main a[href$='/proof']",
};

/** People of `lists/`, as somebody at a counter would write them. */
export const PEOPLE = {
  quartermaster: "Radomir Iljas Vukotren",
  other: "Drita Krelaku",
  cyrillic: "Стојмир Белогрански",
  nobody: "Qwendolyn Zsarkovitch-Upperby",
  endless: "Vukotren".repeat(24),
};

/** The zone of a passport of somebody invented; in the second, a 0 of the birth date was read as O. */
export const ZONE =
  "P<UTOVUKOTREN<<RADOMIR<<<<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10";
export const ZONE_MISREAD = ZONE.replace("7408122F", "74O8122F");

/** The case in which the officers of the tests act, and the one in which they are overseen. */
export const CASE = "BT-2026/1";
export const OVERSIGHT_CASE = "BT-2026/2";

/** For what a role acts: without a purpose that fits, nobody sees anything. */
const PURPOSE_OF = {
  "officer": "border-check",
  "verifying-officer": "border-check",
  "firearms-officer": "firearms-trafficking",
  "storekeeper": "stockpile-security",
  "stock-inspector": "stockpile-security",
  "supervisor": "supervision",
  "data-protection-officer": "supervision",
  "administrator": "administration",
};

function caseOf(role) {
  const acts = ["border-check", "firearms-trafficking"].includes(PURPOSE_OF[role]);
  return acts ? CASE : OVERSIGHT_CASE;
}

/** Signs in and says why. */
export async function signIn(page, user) {
  await page.goto("/sign-in");
  await page.fill(ON_PAGE.login, user.login);
  await page.fill(ON_PAGE.password, user.password);
  await page.click(ON_PAGE.signIn);
  await page.waitForURL((url) => url.pathname !== "/sign-in");
  await page.goto("/justification");
  await page.selectOption(ON_PAGE.purpose, PURPOSE_OF[user.role]);
  await page.fill(ON_PAGE.caseReference, caseOf(user.role));
  await page.click("form[action='/justification'] button[type=submit]");
  await page.waitForURL((url) => url.pathname !== "/justification");
}

/** Checks a name, with what else is known; gives the path of the answer. */
export async function check(page, name, more = {}) {
  await page.goto("/check");
  await fillCheck(page, name, more);
  await page.click(ON_PAGE.checkButton);
  await page.waitForSelector(ON_PAGE.answer);
  return new URL(page.url()).pathname;
}

/** Fills the form of a check; `more` is by the names of its fields. */
export async function fillCheck(page, name, more = {}) {
  await page.fill(ON_PAGE.query, name);
  if (Object.keys(more).length > 0) {
    await page.click("form.check-form summary");
  }
  for (const [field, value] of Object.entries(more)) {
    await page.fill(`#${field}`, value);
  }
}

/** Types into the box, as somebody does, and waits for what the page says about it. */
export async function typeAndRead(page, text) {
  const answered = page.waitForResponse((answer) => answer.url().endsWith("/check/reading"));
  await page.fill(ON_PAGE.query, text);
  await answered;
  await page.waitForFunction(
    () => document.querySelector("[data-summary]").textContent.trim() !== "",
  );
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
