// Pages that no link leads to: what a form answers, and what is shown where text is long.
import { ON_PAGE, PEOPLE, ZONE_MISREAD, check, typeAndRead } from "./console.mjs";
import { laterConsolidatedList, previewImport } from "./lists.mjs";

/** For each role, the states that it can bring about: name and the way there. */
export const STATES = {
  "verifying-officer": {
    "a check of nothing": async (page) => {
      await page.goto("/check");
      await submitUnchecked(page, "form.check-form", ON_PAGE.checkButton);
    },
    "a check that finds nobody": (page) => check(page, PEOPLE.nobody),
    "a check of a word that does not end": (page) => check(page, PEOPLE.endless),
    "a name, as it is read": async (page) => {
      await page.goto("/check");
      await typeAndRead(page, PEOPLE.cyrillic);
    },
    "a number, as it is read": async (page) => {
      await page.goto("/check");
      await typeAndRead(page, "AB-0419?5");
    },
    "a zone of which check digits do not fit": async (page) => {
      await page.goto("/check");
      await typeAndRead(page, ZONE_MISREAD);
      await submitUnchecked(page, "form.check-form", ON_PAGE.checkButton);
    },
    "the answer to a zone as it stands": async (page) => {
      await page.goto("/check");
      await typeAndRead(page, ZONE_MISREAD);
      await page.click("button[name=as_read]");
      await page.waitForSelector(ON_PAGE.answer);
    },
    "a decision without a reason": async (page, story) => {
      await page.goto(story.waiting);
      await submitUnchecked(page, "form.decision", ON_PAGE.reject);
    },
    "a justification without a case": async (page) => {
      await page.goto("/justification");
      await page.fill(ON_PAGE.caseReference, "");
      await submitUnchecked(
        page,
        "form[action='/justification']",
        "form[action='/justification'] button[type=submit]",
      );
    },
  },
  "storekeeper": {
    "a movement with a code that nobody knows": async (page) => {
      await page.goto("/stock-movements/new");
      await page.fill("#code", "DEMO-0003");
      await page.press("#code", "Enter");
      await page.waitForSelector("tbody");
      await page.fill("#code", "no such number");
      await page.press("#code", "Enter");
      await page.waitForSelector("[role=alert]");
    },
    "a count with a weapon in a wrong place": async (page) => {
      await beginCount(page, "A1-2");
      await scan(page, "DEMO-0002");
      await page.waitForSelector(".scan-said.against");
    },
  },
  "stock-inspector": {
    "a movement that is given up without a reason": async (page) => {
      await page.goto("/stock-movements");
      await page.locator("tbody a").first().click();
      await page.waitForSelector("#void");
      await submitUnchecked(page, "form[action$='/void']", "form[action$='/void'] button");
    },
  },
  "supervisor": {
    "a verification of the log": async (page) => {
      await page.goto("/audit");
      await page.click(ON_PAGE.verify);
      await page.waitForSelector(ON_PAGE.answer);
    },
    "a search of the log without an answer": (page) => page.goto("/audit?case=BT-1999%2F404"),
  },
  "administrator": {
    "an account without anything": async (page) => {
      await page.goto("/users");
      await page.locator("details").evaluate((part) => part.setAttribute("open", ""));
      await submitUnchecked(
        page,
        "form[action='/users']",
        "form[action='/users'] button[type=submit]",
      );
    },
    "what an import would change": async (page) =>
      previewImport(page, await laterConsolidatedList()),
    "an import of something that is no list": (page) => previewImport(page, "<nothing/>"),
  },
};

/** Begins a count of a place of the demonstration's depot. */
export async function beginCount(page, code) {
  await page.goto("/stocktakes/new");
  await page.getByLabel(`/ ${code}:`).check();
  await page.click("form[action='/stocktakes'] button");
  await page.waitForSelector("form[action$='/scan']");
}

/** Scans a code, as a scanner does that types. */
export async function scan(page, code) {
  await page.fill("#code", code);
  await page.press("#code", "Enter");
  await page.waitForSelector(".scan-said");
}

/** Sends a form past the browser's own check, so that the node's answer is seen. */
export async function submitUnchecked(page, form, button) {
  await page.locator(form).evaluate((part) => part.setAttribute("novalidate", ""));
  await page.click(button);
  await page.waitForSelector("[role=alert]");
}
