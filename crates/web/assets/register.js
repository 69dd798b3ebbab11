// Searches the register while somebody types. The page works without it: a button does the same. What
// is typed goes in the body of the request, never into an address.
"use strict";

const WAIT_MS = 300;
const form = document.querySelector("[data-search]");
const results = document.querySelector("[data-results]");

if (form && results) {
  let timer = 0;
  let asking = null;
  let shown = new URLSearchParams(new FormData(form)).toString();

  const show = (html) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    const found = page.querySelector("[data-results]");
    if (!found) return;
    results.replaceChildren(...found.childNodes);
    const rows = results.querySelectorAll("tbody tr").length;
    const caption = results.querySelector("caption, .empty p");
    const said = results.querySelector("[data-said]");
    // A region that is written after it stands in the page is read out.
    if (said) requestAnimationFrame(() => { said.textContent = caption ? caption.textContent : String(rows); });
    for (const field of form.querySelectorAll(".field")) {
      const input = field.querySelector("input, select");
      const fresh = input && page.getElementById(input.id);
      const wrong = fresh && fresh.closest(".field").querySelector(".error");
      const old = field.querySelector(".error");
      if (old) old.remove();
      field.classList.toggle("wrong", Boolean(wrong));
      if (wrong) input.before(wrong);
    }
  };

  const search = async () => {
    const body = new URLSearchParams(new FormData(form));
    const text = body.toString();
    if (text === shown) return;
    if (asking) asking.abort();
    shown = text;
    const mine = new AbortController();
    asking = mine;
    body.set("csrf", form.dataset.csrf);
    try {
      const answer = await fetch(form.dataset.search, { method: "POST", body, signal: mine.signal });
      if (answer.status === 429) {
        shown = null;
        const wait = Number(answer.headers.get("retry-after")) || 1;
        timer = setTimeout(search, wait * 1000);
        return;
      }
      // What is wrong with a field comes with 422, and the page says so.
      if (answer.ok || answer.status === 422) {
        const html = await answer.text();
        if (!mine.signal.aborted) show(html);
      }
    } catch (error) {
      if (error.name !== "AbortError") shown = null;
    }
  };

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(search, WAIT_MS);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
}
