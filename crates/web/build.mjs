// Copies the fonts that the pages use into assets/dist, writes the style sheet that names them, and
// puts the reader of codes beside them.
// The binary embeds that folder; without it the pages fall back to the fonts of the system.
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "assets", "dist");

// Weights: running text and headings, numbers. Subsets: what the region writes.
const families = [
  { pkg: "ibm-plex-sans", name: "IBM Plex Sans", weights: [400, 600] },
  { pkg: "ibm-plex-mono", name: "IBM Plex Mono", weights: [400, 600] },
];
const subsets = ["cyrillic", "latin-ext", "latin"];

await rm(dist, { recursive: true, force: true });
await mkdir(join(dist, "fonts"), { recursive: true });

let css = "";
for (const { pkg, name, weights } of families) {
  const root = join(here, "node_modules", "@fontsource", pkg);
  const ranges = JSON.parse(await readFile(join(root, "unicode.json"), "utf8"));
  for (const weight of weights) {
    for (const subset of subsets) {
      const file = `${pkg}-${subset}-${weight}-normal.woff2`;
      await cp(join(root, "files", file), join(dist, "fonts", file));
      css += `@font-face{font-family:"${name}";font-style:normal;font-weight:${weight};`
        + `font-display:swap;src:url("fonts/${file}") format("woff2");`
        + `unicode-range:${ranges[subset]}}\n`;
    }
  }
  await cp(join(root, "LICENSE"), join(dist, "fonts", `${pkg}-LICENSE.txt`));
}
await writeFile(join(dist, "fonts.css"), css);

// The reader of codes, fetched only by who opens the camera. Its map is left out.
const zxing = join(here, "node_modules", "@zxing", "library");
const reader = await readFile(join(zxing, "umd", "index.min.js"), "utf8");
await writeFile(join(dist, "zxing.js"), reader.replace(/^\/\/# sourceMappingURL=.*$/m, ""));
await cp(join(zxing, "LICENSE"), join(dist, "zxing-LICENSE.txt"));
