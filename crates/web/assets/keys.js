// Adds to pages that work without it: the key that changes the justification, and a clock that
// goes on. Function keys only, so that nothing happens to somebody who types or dictates.
"use strict";

document.addEventListener("keydown", (event) => {
  if (event.key === "F2" && !event.ctrlKey && !event.altKey && !event.metaKey) {
    const link = document.querySelector("[data-key='F2']");
    if (link) {
      event.preventDefault();
      link.click();
    }
  }
});

const clock = document.querySelector("[data-clock]");
if (clock) {
  // The node's time counts, not that of the machine in front of the officer.
  const start = Date.parse(clock.dateTime);
  const since = performance.now();
  const shift = Number(clock.dataset.clock) * 1000;
  const show = () => {
    const now = new Date(start + shift + performance.now() - since);
    clock.textContent = now.toISOString().slice(11, 16);
  };
  show();
  setInterval(show, 5000);
}
