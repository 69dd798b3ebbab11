// Counts on a device that may lose the line. Each scan is kept on the device before it is sent, under
// an id that the device chooses: sent twice it counts once. What was sent is kept no longer.
"use strict";

// Scripts of a page share their names: these are its own.
{
  const PORTION = 100;
  const KEPT_MAX = 20000;
  const SHOWN = 20;
  const AGAIN_MS = 4000;

  const main = document.querySelector("[data-take]");
  const { take, owner } = main.dataset;
  const form = main.querySelector("[data-scans]");
  const line = main.querySelector("[data-line]");
  const told = main.querySelector("[data-said]");
  const list = main.querySelector("[data-list]");
  const drop = main.querySelector("[data-drop]");
  const rest = main.querySelector("[data-rest]");
  const [place, code, quantity] = ["place", "code", "quantity"].map((name) => form.elements.namedItem(name));

  const asPromise = (request) =>
    new Promise((done, failed) => {
      request.onsuccess = () => done(request.result);
      request.onerror = () => failed(request.error);
    });

  const open = () => {
    const request = indexedDB.open("egnatia-count", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("scans", { keyPath: "number", autoIncrement: true });
    return asPromise(request);
  };

  let base = null;
  const begun = async (mode) => {
    base = base || (await open());
    try {
      return base.transaction("scans", mode);
    } catch {
      // The browser closed it, as when it cleared what it kept: once more from the start.
      base = await open();
      return base.transaction("scans", mode);
    }
  };
  const kept = async (mode, work) => {
    const transaction = await begun(mode);
    const result = await work(transaction.objectStore("scans"));
    await new Promise((done, failed) => {
      transaction.oncomplete = done;
      transaction.onabort = () => failed(transaction.error);
    });
    return result;
  };
  const waiting = async () => {
    const all = await kept("readonly", (scans) => asPromise(scans.getAll()));
    return all.filter((scan) => scan.take === take);
  };

  /** What is wrong where a scan cannot be kept; nothing where it is. */
  const keep = async (scan) => {
    try {
      if ((await waiting()).length >= KEPT_MAX) return main.dataset.textFull;
      await kept("readwrite", (scans) => asPromise(scans.add(scan)));
      return "";
    } catch {
      return main.dataset.textNotKept;
    }
  };

  const newId = () =>
    Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

  // What the device says of itself: in a sign, a colour and words.
  const state = (tone, text, href) => {
    const signs = { agree: "\u2713", caution: "!", against: "\u2717" };
    line.className = `line-state ${tone}`;
    line.dataset.state = tone;
    const link = href && document.createElement("a");
    if (link) link.href = href;
    (link || line).textContent = `${signs[tone]} ${text}`;
    if (link) line.replaceChildren(link);
  };

  const say = (tone, text) => {
    told.hidden = false;
    told.className = `scan-said ${tone}`;
    told.textContent = text;
  };

  const entries = new Map();
  const entry = (scan, tone, text) => {
    let item = entries.get(scan.id);
    if (!item) {
      item = document.createElement("li");
      entries.set(scan.id, item);
      list.prepend(item);
      while (list.children.length > SHOWN) list.lastElementChild.remove();
    }
    item.className = tone;
    item.textContent = text;
  };

  // What the node does not take can be taken away as a file: nothing that was scanned is lost.
  let file = "";
  const offerRest = (scans) => {
    rest.hidden = scans.length === 0;
    URL.revokeObjectURL(file);
    if (rest.hidden) return;
    const cell = (text) => `"${String(text).replaceAll('"', '""')}"`;
    const name = (id) => Array.from(place.options).find((option) => option.value === id)?.textContent || id;
    const rows = scans.map((scan) => [name(scan.place), scan.code, scan.quantity, scan.at].map(cell).join());
    const text = `\ufeffplace,code,quantity,at\r\n${rows.join("\r\n")}\r\n`;
    file = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
    rest.querySelector("a").href = file;
  };

  const showWaiting = async (problem) => {
    const scans = await waiting();
    line.dataset.waiting = String(scans.length);
    drop.hidden = !(problem === "other" && scans.length > 0);
    offerRest(["ended", "refused", "forbidden", "other"].includes(problem) ? scans : []);
    const count = scans.length > 0 ? `${main.dataset.textWaits} ${scans.length}` : "";
    if (problem === "sign-in") {
      return state("against", `${main.dataset.textSignIn} ${count}`, `/sign-in?next=/count/${take}`);
    }
    if (problem === "other") return state("against", `${main.dataset.textOther} ${count}`);
    if (problem === "forbidden") return state("against", `${main.dataset.textForbidden} ${count}`);
    if (problem === "ended") return state("against", `${main.dataset.textEnded} ${count}`, `/stocktakes/${take}`);
    if (problem === "refused") return state("against", `${main.dataset.textRefused} ${count}`);
    if (problem === "no-line") return state("caution", `${main.dataset.textNoLine} ${count}`);
    if (scans.length > 0) return state("caution", count);
    return state("agree", main.dataset.textSent);
  };

  // Nothing is taken for an answer but an answer of the node.
  const ask = async (path, options) => {
    const answer = await fetch(path, { cache: "no-store", redirect: "manual", ...options });
    if (answer.type === "opaqueredirect" || answer.status === 401) return { problem: "sign-in" };
    if (answer.status === 403) return { problem: "other" };
    if (answer.status === 409) return { problem: "ended" };
    if (answer.status === 429 || answer.status >= 500) return { problem: "no-line" };
    if (!answer.ok) return { problem: "refused" };
    return { body: await answer.json() };
  };

  const sendPortion = async (portion) => {
    const { body: now, problem } = await ask(`/count/${take}/state`);
    // Here it is not about whose scans they are: who has signed in may not count.
    if (problem === "other") return "forbidden";
    if (problem) return problem;
    if (!now.is_counting) return "ended";
    if (portion.length === 0) return "";
    if (portion.some((scan) => scan.owner !== now.owner)) return "other";
    const scans = portion.map(({ id, place, code, quantity, at }) => ({ id, place, code, quantity, at }));
    const body = new URLSearchParams({
      csrf: now.csrf,
      owner: now.owner,
      sent_at: new Date().toISOString(),
      scans: JSON.stringify(scans),
    });
    const sent = await ask(`/count/${take}/scans`, { method: "POST", body });
    if (sent.problem) return sent.problem;
    await kept("readwrite", (all) => Promise.all(portion.map((scan) => asPromise(all.delete(scan.number)))));
    for (const { id, tone, text } of sent.body) {
      entry({ id }, tone, text);
      say(tone, text);
    }
    return "";
  };

  let sending = null;
  let timer = 0;
  const send = () => {
    sending = sending || sendAll().finally(() => { sending = null; });
    return sending;
  };
  const sendAll = async () => {
    clearTimeout(timer);
    let problem = "";
    try {
      let rest = await waiting();
      do {
        problem = await sendPortion(rest.slice(0, PORTION));
        rest = await waiting();
      } while (!problem && rest.length > 0);
    } catch {
      problem = "no-line";
    }
    await showWaiting(problem);
    if (problem === "ended" && (await waiting()).length === 0) {
      navigator.serviceWorker?.controller?.postMessage({ forget: take });
    }
    if (problem) timer = setTimeout(send, AGAIN_MS);
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = code.value.trim();
    const count = quantity.value.trim();
    if (!text) return say("against", main.dataset.textCode);
    if (Array.from(place.options).some((option) => option.value === text)) {
      // The label of a rack: what follows lies there.
      place.value = text;
      code.value = "";
      return say("agree", place.selectedOptions[0].textContent);
    }
    if (!/^\d{1,12}$/.test(count)) return say("against", main.dataset.textQuantity);
    // Before anything is waited for: a scanner types the next one meanwhile.
    code.value = "";
    quantity.value = "1";
    code.focus();
    const scan = {
      id: newId(), take, owner, place: place.value, code: text, quantity: Number(count), at: new Date().toISOString(),
    };
    const wrong = await keep(scan);
    if (wrong) {
      // Not kept anywhere: it stands in the field and in the list, to be scanned again.
      code.value = code.value || text;
      entry(scan, "against", `${text}: ${wrong}`);
      say("against", `${text}: ${wrong}`);
      return send();
    }
    entry(scan, "caution", `${text}: ${main.dataset.textNotSent}`);
    await showWaiting("");
    send();
  });

  drop.querySelector("button").addEventListener("click", async () => {
    const scans = await waiting();
    const others = scans.filter((scan) => scan.owner !== owner);
    await kept("readwrite", (all) => Promise.all(others.map((scan) => asPromise(all.delete(scan.number)))));
    send();
  });

  const keepPage = async () => {
    if (!("serviceWorker" in navigator)) throw new Error("no worker");
    await navigator.serviceWorker.register("/count/worker.js", { scope: "/count/" });
    const { active } = await navigator.serviceWorker.ready;
    const parts = document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src]");
    const assets = Array.from(parts, (part) => new URL(part.href || part.src).pathname);
    const channel = new MessageChannel();
    channel.port1.onmessage = () => { main.querySelector("[data-kept]").hidden = false; };
    const optional = assets.filter((path) => path.endsWith("/scanner.js"));
    const reader = optional.map((path) => path.replace("scanner.js", "dist/zxing.js"));
    active.postMessage({ keep: `/count/${take}`, assets, optional: reader }, [channel.port2]);
  };

  // Without a store of its own, as in some private windows, nothing would outlive the page.
  const cannotKeep = () => {
    code.blur();
    state("against", main.dataset.textNoStore, `/stocktakes/${take}`);
  };

  (async () => {
    for (const scan of (await waiting()).slice(-SHOWN)) {
      entry(scan, "caution", `${scan.code}: ${main.dataset.textNotSent}`);
    }
    form.hidden = false;
    code.focus();
    window.addEventListener("online", send);
    // Without a worker the page is not there without a line: that is said, and scans are kept all the same.
    keepPage().catch(() => { main.querySelector("[data-unkept]").hidden = false; });
    send();
  })().catch(cannotKeep);
}
