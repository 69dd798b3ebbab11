// Looks at every rendered page in light, dark and on a phone: no axe violation, no sideways
// scrolling, nothing refused by the Content-Security-Policy.
//
//   cargo run -p egnatia-web --example render_pages -- FOLDER
//   npm run axe -- FOLDER [SCREENSHOTS]
import { createServer } from "node:http";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";

const assets = join(dirname(fileURLToPath(import.meta.url)), "..", "assets");
const [folder, screenshots] = process.argv.slice(2);
const only = process.env.ONLY?.split(",");
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; img-src 'self'; "
  + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const kinds = { css: "text/css", js: "text/javascript", svg: "image/svg+xml", woff2: "font/woff2" };

async function styleSheet() {
  const names = (await readdir(join(assets, "css"))).sort().map((name) => join("css", name));
  const parts = ["dist/fonts.css", ...names].map((name) => readFile(join(assets, name), "utf8").catch(() => ""));
  return (await Promise.all(parts)).join("");
}

const server = createServer(async (request, response) => {
  const path = decodeURIComponent(new URL(request.url, "http://x").pathname);
  try {
    if (path.startsWith("/assets/")) {
      const name = path.split("/").slice(3).join("/");
      const body = name === "egnatia.css"
        ? await styleSheet()
        : await readFile(join(assets, name.startsWith("fonts/") ? `dist/${name}` : name));
      response.setHeader("content-type", kinds[name.split(".").pop()] ?? "application/octet-stream");
      response.end(body);
    } else {
      const body = await readFile(join(folder, `${path.slice(1)}.html`));
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.setHeader("content-security-policy", policy);
      response.end(body);
    }
  } catch {
    response.statusCode = 404;
    response.end();
  }
});
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const base = `http://127.0.0.1:${server.address().port}`;

const views = [
  { name: "light", colorScheme: "light", viewport: { width: 1280, height: 900 } },
  { name: "dark", colorScheme: "dark", viewport: { width: 1280, height: 900 } },
  { name: "narrow", colorScheme: "light", viewport: { width: 390, height: 844 } },
];
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
if (screenshots) await mkdir(screenshots, { recursive: true });
let failures = 0;
const names = (await readdir(folder)).filter((name) => name.endsWith(".html")).map((name) => name.slice(0, -5));
for (const view of views) {
  const context = await browser.newContext({ viewport: view.viewport, colorScheme: view.colorScheme });
  for (const name of names.filter((name) => !only || only.includes(name))) {
    const page = await context.newPage();
    const complaints = [];
    page.on("console", (message) => { if (message.type() === "error") complaints.push(message.text()); });
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(`${base}/${name}`);
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (sideways > 0) complaints.push(`scrolls sideways by ${sideways} pixels`);
    const { violations } = await new AxeBuilder({ page }).analyze();
    for (const v of violations) complaints.push(`${v.id}: ${v.help} (${v.nodes.map((n) => n.target).slice(0, 3).join(" | ")})`);
    if (screenshots) await page.screenshot({ path: join(screenshots, `${name}-${view.name}.png`), fullPage: true });
    for (const complaint of complaints) console.log(`${name} ${view.name}: ${complaint}`);
    failures += complaints.length;
    await page.close();
  }
  await context.close();
}
await browser.close();
server.close();
console.log(`${names.length} pages, ${failures} complaints`);
process.exitCode = failures ? 1 : 0;
