// Keeps what the page is made of, so that it opens without a network. Nothing that a learner says, and
// nothing of an account, is kept here.

const CACHE = "voice-tutor";
const FACTS = ["/v1/interfaces", "/v1/server"]; // that the page asks for before it stands
const MADE = /\/static\/(?:app|style)-[0-9a-f]+\.(?:js|css)/g; // files whose name says what is in them
const TEXTS = `/static/i18n/${new URL(location.href).searchParams.get("texts") ?? "en"}.json`;
const ALWAYS = ["/static/icon.svg", "/static/manifest.webmanifest", "/static/sdk/microphone-worklet.js", "/static/sdk/speaker-worklet.js", TEXTS, ...FACTS];

self.addEventListener("install", (event) => event.waitUntil(keepAll()));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate" && pathname === "/") event.respondWith(newest(request, "/"));
  else if (pathname.match(MADE)) event.respondWith(kept(request));
  else if (pathname.startsWith("/static/") || FACTS.includes(pathname)) event.respondWith(newest(request, pathname));
});

async function keepAll() {
  const cache = await caches.open(CACHE);
  const answer = await fetch("/", { cache: "no-cache" });
  const made = (await answer.clone().text()).match(MADE) ?? [];
  await cache.put("/", answer);
  await cache.addAll([...made, ...ALWAYS]);
  for (const old of await cache.keys()) {
    const { pathname } = new URL(old.url);
    if (pathname.match(MADE) && !made.includes(pathname)) await cache.delete(old);
  }
  await self.skipWaiting();
}

/** What the server says now; without it what it said last. */
async function newest(request, name) {
  try {
    const answer = await fetch(request);
    if (answer.ok) (await caches.open(CACHE)).put(name, answer.clone());
    return answer;
  } catch (away) {
    const found = await caches.match(name);
    if (found) return found;
    throw away;
  }
}

async function kept(request) {
  const found = await caches.match(request);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok) await keepInstead(request, answer.clone());
  return answer;
}

/** A new page came without a new worker: its script replaces the old one's, its sheet the old sheet. */
async function keepInstead(request, answer) {
  const cache = await caches.open(CACHE);
  await cache.put(request, answer);
  const { pathname } = new URL(request.url);
  const kind = pathname.split("-")[0];
  for (const old of await cache.keys()) {
    const path = new URL(old.url).pathname;
    if (path.match(MADE) && path !== pathname && path.startsWith(kind)) await cache.delete(old);
  }
}
