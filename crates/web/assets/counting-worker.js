// Keeps the page of a count, and what it is made of, for when the line is gone. It keeps nothing else
// and answers for nothing else.
"use strict";

const PAGES = "egnatia-count-pages";
const PARTS = "egnatia-count-parts";
const PAGES_MAX = 5;

const isPage = (path) => /^\/count\/[0-9a-f]{32}$/.test(path);
const isPart = (path) => path.startsWith("/assets/");

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const putPage = async (path, answer) => {
  const pages = await caches.open(PAGES);
  await pages.delete(path);
  await pages.put(path, answer);
  const keys = await pages.keys();
  for (const old of keys.slice(0, Math.max(0, keys.length - PAGES_MAX))) await pages.delete(old);
};

// The page from the node where there is a line; else as it was kept.
const page = async (request, path) => {
  try {
    const answer = await fetch(request);
    if (answer.status >= 500) throw new Error("the node does not answer");
    if (answer.ok && !answer.redirected && isPage(path)) await putPage(path, answer.clone());
    return answer;
  } catch (error) {
    const pages = await caches.open(PAGES);
    const keys = await pages.keys();
    const held = await pages.match(isPage(path) ? path : keys.at(-1) || path, { ignoreSearch: true });
    if (held) return held;
    throw error;
  }
};

// Parts have their version in their path: what is kept never changes.
const part = async (request) => {
  const parts = await caches.open(PARTS);
  const held = await parts.match(request);
  if (held) return held;
  const answer = await fetch(request);
  if (answer.ok) await parts.put(request, answer.clone());
  return answer;
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (isPart(url.pathname)) {
    event.respondWith(part(request));
  } else if (request.mode === "navigate" && (isPage(url.pathname) || url.pathname === "/count/")) {
    event.respondWith(page(request, url.pathname));
  }
});

const keep = async (path, assets, optional) => {
  const parts = await caches.open(PARTS);
  const version = (assets[0] || "").split("/").slice(0, 3).join("/");
  for (const old of await parts.keys()) {
    if (!new URL(old.url).pathname.startsWith(`${version}/`)) await parts.delete(old);
  }
  await parts.addAll(assets.filter(isPart));
  await Promise.all(optional.filter(isPart).map((path) => parts.add(path).catch(() => {})));
  const answer = await fetch(path);
  if (answer.ok && !answer.redirected && isPage(path)) await putPage(path, answer);
  return (await caches.open(PAGES)).match(path);
};

self.addEventListener("message", (event) => {
  const { keep: path, assets, optional, forget } = event.data;
  if (forget) event.waitUntil(caches.open(PAGES).then((pages) => pages.delete(`/count/${forget}`)));
  if (!path) return;
  const kept = keep(path, assets, optional).then((held) => {
    if (held) event.ports[0].postMessage("kept");
  });
  event.waitUntil(kept.catch(() => {}));
});
