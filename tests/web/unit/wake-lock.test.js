import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { test } from "node:test";
import { WakeLock } from "../../../web/page/lesson/wake-lock.js";

function fake() {
  const page = Object.assign(new EventTarget(), { visibilityState: "visible" });
  const asked = [];
  const wakeLock = { request: async (kind) => { asked.push(kind); return { release: () => asked.push("released") }; } };
  return { page, asked, lock: new WakeLock({ wakeLock, document: page }) };
}

test("the screen stays on while somebody speaks, and no longer", async () => {
  const { asked, lock } = fake();
  lock.set(true);
  lock.set(true);
  await setImmediate();
  assert.deepEqual(asked, ["screen"]);
  lock.set(false);
  assert.deepEqual(asked, ["screen", "released"]);
});

test("a page that comes back into sight asks again", async () => {
  const { page, asked, lock } = fake();
  lock.set(true);
  await setImmediate();
  page.visibilityState = "hidden";
  page.dispatchEvent(new Event("visibilitychange"));
  page.visibilityState = "visible";
  page.dispatchEvent(new Event("visibilitychange"));
  await setImmediate();
  assert.deepEqual(asked, ["screen", "screen"]);
});

test("a lock that comes when nobody speaks any more is given back; none at all does no harm", async () => {
  const { asked, lock } = fake();
  lock.set(true);
  lock.set(false);
  await setImmediate();
  assert.deepEqual(asked, ["screen", "released"]);
  new WakeLock({ wakeLock: null, document: new EventTarget() }).set(true);
});
