// Debian's Chromium, and what has to be true of every page whatever is tested on it.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
export const WIDE = { width: 1280, height: 900 };
/** WCAG 2.2, 1.4.10 (reflow): 320 CSS pixels. */
export const NARROW = { width: 320, height: 800 };

export async function launchBrowser(more = []) {
  const executablePath = process.env.CHROMIUM ?? PLACES.find((place) => existsSync(place));
  assert.ok(executablePath, "Chromium is missing; install it or name it in CHROMIUM");
  const asRoot = process.getuid?.() === 0;
  return chromium.launch({ executablePath, args: [...(asRoot ? ["--no-sandbox"] : []), ...more] });
}

/**
 * Opens a page in a context of its own. `complaints` gathers what the browser says against it:
 * errors of scripts, broken content security policy, requests that leave the node.
 */
export async function openPage(browser, node, options = {}) {
  const context = await browser.newContext({
    baseURL: node.origin,
    viewport: WIDE,
    reducedMotion: "reduce",
    locale: "en-GB",
    ...options,
  });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(`script: ${error.message}`));
  page.on("console", (message) => {
    const text = message.text();
    // A refused page is told by its status; tests that ask for one look at that.
    const refusedPage = /^Failed to load resource: .*status of 4\d\d/.test(text);
    if (message.type() === "error" && !refusedPage) {
      complaints.push(`console: ${text}`);
    }
  });
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith("http") && url.origin !== node.origin) {
      complaints.push(`a request leaves the node: ${url.origin}`);
    }
  });
  return { page, context, complaints };
}

/** The policy of an answer allows no inline code, no eval, and no other origin. */
export function assertStrictPolicy(response) {
  const policy = response.headers()["content-security-policy"];
  assert.ok(policy, `no content security policy on ${response.url()}`);
  assert.match(policy, /default-src '(none|self)'/);
  for (const weak of ["unsafe-inline", "unsafe-eval", "unsafe-hashes", "*", "http:", "https:"]) {
    assert.ok(!policy.includes(weak), `the policy allows ${weak}: ${policy}`);
  }
  for (const wanted of ["frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"]) {
    assert.ok(policy.includes(wanted), `the policy lacks ${wanted}: ${policy}`);
  }
}

export async function assertNoSidewaysScroll(page) {
  const [content, window] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  assert.ok(content <= window, `${page.url()} is ${content} pixels wide in a window of ${window}`);
}
