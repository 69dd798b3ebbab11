// Every page that a role can reach: by following links, one page of each kind.

const PAGES_MAX = 60;
const NOT_A_PAGE = /^\/(assets|api)\//;

/** The kind of a page: its path without what differs from record to record. */
function kindOf(path) {
  return path
    .split("/")
    .map((part) => (/\d/.test(part) || part.length > 24 ? "*" : part))
    .join("/");
}

/**
 * Follows the links from `starts` and calls `visit(path, response)` on one page of each kind.
 * Gives the kinds that were visited.
 */
export async function visitEveryKind(page, starts, visit) {
  const waiting = [...starts];
  const visited = new Set();
  while (waiting.length > 0 && visited.size < PAGES_MAX) {
    const path = waiting.shift();
    if (visited.has(kindOf(path)) || NOT_A_PAGE.test(path)) {
      continue;
    }
    visited.add(kindOf(path));
    const response = await page.goto(path);
    await visit(path, response);
    const links = await page.locator("a[href^='/']:not([download])").evaluateAll((all) =>
      all.map((link) => new URL(link.href).pathname),
    );
    waiting.push(...links);
  }
  return [...visited];
}
