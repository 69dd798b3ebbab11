// A camera that sees one code: a film of it, which Chromium takes for a camera.
import { writeFile } from "node:fs/promises";

const WIDTH = 640;
const HEIGHT = 480;
const FRAMES = 5;

/** Widths of bars and gaps of Code 128 (ISO/IEC 15417, table 1), by value; the last one is the stop. */
const CODE_128 =
  "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 " +
  "123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 " +
  "232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 " +
  "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 " +
  "111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 " +
  "111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 " +
  "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112";
const START_B = 104;

/** Modules of a text as Code 128, code set B: true is dark. */
export function code128(text) {
  const values = Array.from(text, (letter) => letter.charCodeAt(0) - 32);
  const sum = values.reduce((total, value, index) => total + value * (index + 1), START_B);
  const widths = CODE_128.split(" ");
  const bars = [START_B, ...values, sum % 103].map((value) => widths[value]);
  const modules = [];
  for (const [index, width] of [...bars, widths.at(-1)].join("").split("").entries()) {
    modules.push(...Array(Number(width)).fill(index % 2 === 0));
  }
  return modules;
}

/** Writes a film in which `isDark(x, y)` says what is dark, with x and y in points of the picture. */
export async function film(path, isDark) {
  const light = Buffer.alloc(WIDTH * HEIGHT, 235);
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) {
      if (isDark(x, y)) {
        light[y * WIDTH + x] = 16;
      }
    }
  }
  const colour = Buffer.alloc((WIDTH * HEIGHT) / 2, 128);
  const frame = Buffer.concat([Buffer.from("FRAME\n"), light, colour]);
  const head = Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420jpeg\n`);
  await writeFile(path, Buffer.concat([head, ...Array(FRAMES).fill(frame)]));
}

/** What is dark where bars stand in the middle of the picture. */
export function barsDark(modules) {
  const wide = Math.floor((WIDTH - 80) / modules.length);
  const left = Math.floor((WIDTH - wide * modules.length) / 2);
  return (x, y) => y > 140 && y < 340 && Boolean(modules[Math.floor((x - left) / wide)]);
}

/** What is dark where a square of rows of modules stands in the middle of the picture. */
export function squareDark(rows) {
  const wide = Math.floor(300 / rows.length);
  const left = Math.floor((WIDTH - wide * rows.length) / 2);
  const top = Math.floor((HEIGHT - wide * rows.length) / 2);
  return (x, y) => Boolean(rows[Math.floor((y - top) / wide)]?.[Math.floor((x - left) / wide)]);
}

export const CAMERA = (path) => [
  "--use-fake-ui-for-media-stream",
  "--use-fake-device-for-media-stream",
  `--use-file-for-fake-video-capture=${path}`,
];
