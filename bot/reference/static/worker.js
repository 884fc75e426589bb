"use strict";
// Keeps the pages for when there is no network: what all pages share at once, and the pages of a language
// after the first visit in it. With a network the newest is shown; a slow one has three seconds.

const { version, shared, languages } = self.dromFiles;
const CACHE = `drom-reference-${version}`;
const PATIENCE_MS = 3000;

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll(["./", ...shared]);
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const older = (await caches.keys()).filter((name) => name.startsWith("drom-reference-") && name !== CACHE);
    // The languages that an older copy kept are kept in the new one too.
    for (const name of older) {
      const kept = await (await caches.open(name)).keys();
      for (const language of Object.keys(languages)) {
        if (kept.some(({ url }) => url.endsWith(`/${language}/index.html`))) await keep(language);
      }
      await caches.delete(name);
    }
    await self.clients.claim();
  })());
});

async function keep(language) {
  const cache = await caches.open(CACHE);
  const missing = [];
  for (const path of languages[language] || []) {
    if (!(await cache.match(path))) missing.push(path);
  }
  await cache.addAll(missing);
}

self.addEventListener("message", (event) => {
  const language = event.data?.keep;
  if (!(language in languages)) return;
  event.waitUntil(keep(language).then(() => event.source.postMessage({ saved: language })));
});

async function fromNetwork(request) {
  const answer = await fetch(request);
  if (answer.ok) (await caches.open(CACHE)).put(request, answer.clone());
  return answer;
}

async function answer(event) {
  const kept = await caches.match(event.request, { ignoreSearch: true });
  const fresh = fromNetwork(event.request);
  if (!kept) return fresh;
  fresh.catch(() => undefined); // no network: what was kept is shown
  const late = new Promise((resolve) => { setTimeout(resolve, PATIENCE_MS, kept); });
  return Promise.race([fresh.catch(() => kept), late]);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || !request.url.startsWith(self.registration.scope)) return;
  event.respondWith(answer(event));
});
