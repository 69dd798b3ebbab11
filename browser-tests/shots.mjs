import { mkdir, writeFile } from "node:fs/promises";
import { launchBrowser, openPage } from "./harness/browser.mjs";
import { signIn } from "./harness/console.mjs";
import { startNode } from "./harness/node.mjs";
import { beginCount, scan } from "./harness/states.mjs";

const OUT = "/tmp/shots";
await mkdir(OUT, { recursive: true });
const node = await startNode();
const browser = await launchBrowser();
const LOOKS = {
  light: { viewport: { width: 1280, height: 900 }, colorScheme: "light" },
  dark: { viewport: { width: 1280, height: 900 }, colorScheme: "dark" },
  narrow: { viewport: { width: 400, height: 800 }, colorScheme: "light" },
};
const pages = {};
async function as(role, look) {
  const key = `${role}-${look}`;
  if (!pages[key]) {
    const { page } = await openPage(browser, node, LOOKS[look]);
    await signIn(page, node.user(role));
    pages[key] = page;
  }
  return pages[key];
}
async function shot(name, role, path, looks = ["light", "narrow"], act) {
  for (const look of looks) {
    try {
      const page = await as(role, look);
      await page.goto(path);
      if (act) await act(page);
      await page.screenshot({ path: `${OUT}/${name}-${look}.png`, fullPage: true });
      const [w, c] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
      if (w > c) console.log("SIDEWAYS", name, look, w, c);
    } catch (error) {
      console.log("FAILED", name, look, String(error).slice(0, 200));
    }
  }
}
const inspector = await as("stock-inspector", "light");
const keeper = await as("storekeeper", "light");
await inspector.goto("/stores");
const links = await inspector.$$eval("main a", (all) => all.map((a) => a.getAttribute("href")));
console.log([...new Set(links)].join("\n"));
const store = links.find((l) => /^\/stores\/[0-9a-f]+$/.test(l));
await inspector.goto(store);
const inStore = await inspector.$$eval("main a", (all) => all.map((a) => a.getAttribute("href")));
console.log("--- store\n" + [...new Set(inStore)].slice(0, 40).join("\n"));
const goods = inStore.find((l) => /^\/stock-goods\/[0-9a-f]+$/.test(l));
const id = store.split("/").at(-1);

// limits, readings out of them
await inspector.goto(`${store}/climate`);
await inspector.fill("#temperature_max", "25");
await inspector.fill("#humidity_max", "60");
await inspector.click("form[action$='/limits'] button");
let rows = "\"Plot Title: Магацин бр. 1 – Складиште муниције\"\n\"#\",\"Date Time, GMT+01:00\",\"Temp, °F\",\"RH, %\"\n";
for (let i = 0; i < 400; i += 1) rows += `${i},0${1 + (i % 9)}/0${1 + (i % 3)}/2026 ${String(i % 24).padStart(2, "0")}:15,${(68 + (i % 15)).toFixed(2)},${50 + (i % 14)}\n`;
await writeFile("/tmp/shots/logger.csv", rows);
await writeFile("/tmp/shots/wrong.csv", "time;temperature;humidity\n1.3.2026 9:00;21;55\nyesterday;20;50\n1.3.2026 9:30;hot;55\n1.3.2026 9:45;20;555\n");
await keeper.goto(`${store}/climate`);
await keeper.setInputFiles("#rows", "/tmp/shots/logger.csv");
await keeper.click("form[action$='/readings/file'] button");
await keeper.screenshot({ path: `${OUT}/logger-unclear-light.png`, fullPage: true });
await keeper.selectOption("#dates", "day-first");
await keeper.click("form:has(#dates) button");
await keeper.screenshot({ path: `${OUT}/logger-ready-light.png`, fullPage: true });
await keeper.click("form:has(input[name=step][value=enter]) button");
await keeper.waitForURL(/climate/);
await keeper.setInputFiles("#rows", "/tmp/shots/wrong.csv");
await keeper.click("form[action$='/readings/file'] button");
await keeper.screenshot({ path: `${OUT}/logger-wrong-light.png`, fullPage: true });

await shot("climate", "storekeeper", `${store}/climate`, ["light", "dark", "narrow"]);
await shot("store", "stock-inspector", store, ["light", "dark", "narrow"]);
await shot("goods", "storekeeper", goods);
await shot("goods-search", "storekeeper", "/stock-goods?code=DEMO");
await shot("entry", "storekeeper", "/stock-movements/new?kind=issue", ["light", "dark", "narrow"]);
await shot("entry-destroy", "storekeeper", "/stock-movements/new?kind=destruction");
await shot("waiting", "storekeeper", "/stock-movements");
await shot("takes", "storekeeper", "/stocktakes");
await shot("take-new", "storekeeper", "/stocktakes/new");
await shot("import", "stock-inspector", "/stock-import");
await shot("labels", "storekeeper", `${store}/labels`);
await shot("returns", "stock-inspector", "/stock-returns");
await shot("count-plan", "stock-inspector", "/count-plan", ["light", "narrow"]);
await shot("rule-new", "stock-inspector", "/count-rules/new");
await shot("command-new", "stock-inspector", "/stock-commands/new");
await shot("disposals", "stock-inspector", "/disposals");
await shot("disposal-new", "stock-inspector", "/disposals/new");
await shot("setup", "stock-inspector", "/stock-setup");
await shot("cases-empty", "storekeeper", "/stock-cases");
// a count with a short rack
await beginCount(keeper, "A1-2");
const take = new URL(keeper.url()).pathname;
await scan(keeper, "DEMO-0009");
await scan(keeper, "DEMO-0009");
await scan(keeper, "DEMO-0001");
await scan(keeper, "что-это-такое 77");
await keeper.screenshot({ path: `${OUT}/take-light.png`, fullPage: true });
await shot("take", "storekeeper", take, ["dark", "narrow"]);
await shot("counting", "storekeeper", take.replace("stocktakes", "count"), ["light", "narrow", "dark"], async (page) => { await page.waitForTimeout(800); });
await keeper.goto(take);
await keeper.click("form[action$='/finish'] button");
await keeper.waitForURL(/done=stocktake-finished/);
await keeper.screenshot({ path: `${OUT}/take-done-light.png`, fullPage: true });
const kase = await keeper.locator("main a[href^='/stock-cases/']").first().getAttribute("href");
await shot("take-done", "storekeeper", take, ["narrow"]);
await shot("case-open", "stock-inspector", kase);
await inspector.goto(kase);
await inspector.fill("#recounted", "0");
await inspector.press("#recounted", "Enter");
await inspector.waitForSelector("#loss");
await shot("case-decide", "stock-inspector", kase);
await inspector.goto(kase);
await inspector.selectOption("#loss", "stolen");
await inspector.fill("#lose_reason", "the lock of the rack was forced");
await inspector.click("form[action$='/lose'] button");
await inspector.waitForURL(/done=stock-lose/);
await shot("case-lost", "stock-inspector", kase);
await shot("cases", "stock-inspector", "/stock-cases", ["light", "narrow"]);
await shot("overview", "storekeeper", "/stores", ["light", "dark", "narrow"]);
await shot("overview-inspector", "stock-inspector", "/stores", ["light"]);
const site = links.find((l) => /^\/stock-sites\/[0-9a-f]+\/plan$/.test(l));
if (site) await shot("plan", "stock-inspector", site, ["light", "dark", "narrow"]);
// import with errors
await writeFile("/tmp/shots/ledger.csv", "mjesto;naziv;serijski broj;lot;količina;stanje\nA1-1;Аутоматска пушка Застава М70 АБ2 са преклопним кундаком (врло дугачак назив за складиштење и пријем);ЦЗ-1;;1;serviceable\nZZ;M70;X2;;1;\nA1-1;patron;;L1;-4;\nA1-1;M70;DEMO-0001;;1;\n");
await inspector.goto("/stock-import");
await inspector.setInputFiles("#rows", "/tmp/shots/ledger.csv");
await inspector.click("form button.primary");
await inspector.waitForURL(/new/);
const choices = await inspector.$$eval("#site option", (all) => all.map((o) => o.value));
await inspector.selectOption("#site", choices.at(-1));
await inspector.fill("#reference", "ledger 2025");
await inspector.click("button[value=check]");
await inspector.screenshot({ path: `${OUT}/import-errors-light.png`, fullPage: true });
console.log("done");
process.exit(0);
