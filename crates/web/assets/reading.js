// Shows how the box is read while somebody types. The page works without it: a button does the
// same. The text goes in the body of the request, never into an address.
"use strict";

const WAIT_MS = 250;
const part = document.querySelector("[data-reading]");
const form = part && part.closest("form");
const box = form && form.elements.namedItem("q");
const button = form && form.querySelector("[data-reading-button]");

if (box) {
  const summary = part.querySelector("[data-summary]");
  const details = part.querySelector("[data-details]");
  let timer = 0;
  let asking = null;
  let shown = box.value.trim();

  const show = (html) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    const said = page.querySelector("[data-summary]");
    const more = page.querySelector("[data-details]");
    if (!said || !more) return;
    // Told once: the same words again are not news.
    if (summary.textContent !== said.textContent) summary.textContent = said.textContent;
    details.replaceChildren(...more.childNodes);
  };

  const clear = () => {
    summary.textContent = "";
    details.replaceChildren();
  };

  const read = async (again) => {
    const text = box.value.trim();
    if (text === shown) return;
    if (asking) asking.abort();
    shown = text;
    if (text === "") return clear();
    const mine = new AbortController();
    asking = mine;
    const body = new URLSearchParams({ csrf: form.elements.namedItem("csrf").value, q: text, part: "reading" });
    try {
      const answer = await fetch(part.dataset.reading, { method: "POST", body, signal: mine.signal });
      if (answer.ok) {
        const html = await answer.text();
        if (!mine.signal.aborted) show(html);
        return;
      }
      // What was read before is not what the box holds now.
      clear();
      if (answer.status === 429 && again) {
        shown = null;
        const wait = Number(answer.headers.get("retry-after")) || 1;
        timer = setTimeout(() => read(false), wait * 1000);
      }
    } catch (error) {
      if (error.name !== "AbortError") clear();
    }
  };

  if (button) button.hidden = true;
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => read(true), WAIT_MS);
  });
}
