// The service worker, run by hand: what it keeps, and what it lets go of.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { runInNewContext } from "node:vm";

const SOURCE = readFileSync(new URL("../../../web/service-worker.js", import.meta.url), "utf8");
const ORIGIN = "https://tutor.example";

/** A worker over a server: `get(path)` asks by it; `kept()`: the paths in its cache. */
function worker(server) {
  const store = new Map();
  const path = (request) => new URL(request.url ?? request, ORIGIN).pathname;
  const cache = {
    put: async (request, answer) => void store.set(path(request), answer),
    keys: async () => [...store.keys()].map((each) => ({ url: ORIGIN + each })),
    delete: async (request) => store.delete(path(request)),
  };
  const listeners = {};
  runInNewContext(SOURCE, {
    URL,
    location: { href: `${ORIGIN}/service-worker.js?texts=en`, origin: ORIGIN },
    self: { addEventListener: (type, listener) => { listeners[type] = listener; } },
    caches: { open: async () => cache, match: async (request) => store.get(path(request)) },
    fetch: async (request) => server(path(request)),
  });
  const get = (where, { mode = "no-cors" } = {}) => {
    let answer = null; // the browser asks by itself
    listeners.fetch({ request: { url: ORIGIN + where, method: "GET", mode }, respondWith: (given) => { answer = given; } });
    return answer;
  };
  return { get, kept: () => [...store.keys()].sort() };
}

const answer = (text) => ({ ok: true, text, clone: () => answer(text) });

test("a new page is shown at once, and its script takes the place of the old one", async () => {
  let version = "aa";
  const { get, kept } = worker(async (path) => answer(`${path} of ${version}`));
  for (const each of ["aa", "bb"]) {
    version = each;
    assert.equal((await get("/", { mode: "navigate" })).text, `/ of ${each}`);
    await get(`/static/style-${each}.css`);
    await get(`/static/app-${each}.js`);
  }
  assert.deepEqual(kept(), ["/", "/static/app-bb.js", "/static/style-bb.css"]);
});

test("nothing of an account or of a lesson is kept", () => {
  const { get } = worker(async (path) => answer(path));
  for (const path of ["/v1/me", "/v1/me/sessions", "/v1/token", "/v1/tickets", "/v1/practice"]) assert.equal(get(path), null);
});
