// Follows what arrives and says so. Nothing on the page moves: new things are shown when somebody
// asks for them. Without it, the button of the page does the same.
"use strict";

const part = document.querySelector("[data-arrivals]");

if (part && "EventSource" in window) {
  const came = part.querySelector("[data-new]");
  const ended = part.querySelector("[data-ended]");
  const events = new EventSource(part.dataset.arrivals);
  events.addEventListener("arrivals", (event) => {
    const counts = JSON.parse(event.data);
    let more = false;
    for (const shown of part.querySelectorAll("[data-count]")) {
      const count = counts[shown.dataset.count];
      if (count > Number(shown.textContent)) more = true;
      if (Number(shown.textContent) !== count) shown.textContent = String(count);
    }
    if (more) came.hidden = false;
  });
  // A window that nobody looks at must not keep its session alive: it does not connect again.
  events.addEventListener("error", () => {
    events.close();
    ended.hidden = false;
  });
  window.addEventListener("pagehide", () => events.close());
}
