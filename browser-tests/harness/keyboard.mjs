// What somebody does who has no mouse.
import assert from "node:assert/strict";

const TABS_MAX = 80;

/** Presses Tab until the focus is on what the selector names; fails where Tab never gets there. */
export async function tabTo(page, selector) {
  for (let pressed = 0; pressed <= TABS_MAX; pressed += 1) {
    const there = await page.evaluate(
      (wanted) => document.activeElement?.matches(wanted) ?? false,
      selector,
    );
    if (there) {
      await assertFocusIsVisible(page);
      return;
    }
    await page.keyboard.press("Tab");
  }
  assert.fail(`Tab does not reach ${selector} on ${page.url()}`);
}

/** Goes to a field and types. */
export async function typeInto(page, selector, text) {
  await tabTo(page, selector);
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type(text);
}

/** Goes to a choice and takes the entry after the present one. */
export async function takeNextOf(page, selector) {
  await tabTo(page, selector);
  await page.keyboard.press("ArrowDown");
}

/** Goes to a link or button, presses Enter, and waits for the next page. */
export async function enterOn(page, selector) {
  await tabTo(page, selector);
  await pressAndWait(page, "Enter");
}

export async function pressAndWait(page, key) {
  await Promise.all([
    page.waitForEvent("framenavigated"),
    page.keyboard.press(key),
  ]);
  await page.waitForLoadState("load");
}

async function assertFocusIsVisible(page) {
  const visible = await page.evaluate(() => {
    const box = document.activeElement.getBoundingClientRect();
    return box.width > 0 && box.height > 0;
  });
  assert.ok(visible, `the focus is on something that cannot be seen on ${page.url()}`);
}
