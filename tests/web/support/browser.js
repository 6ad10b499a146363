// Chromium with a fake microphone, and a page that must not complain.

import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import axe from "axe-core";
import { chromium } from "playwright-core";

const BASE = [
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), // the sandbox does not run as root
  // There is no GPU: a process that does without one, and a spare page, are work for nothing.
  "--disable-gpu",
  "--in-process-gpu",
  "--renderer-process-limit=1",
];

/** `wav`: what the microphone hears, once or again and again; `device`, `allowed`: whether there is one, and may be used. */
export function launch({ wav, again = false, device = true, allowed = true } = {}) {
  const args = [
    ...BASE,
    "--autoplay-policy=no-user-gesture-required",
    ...(device ? ["--use-fake-device-for-media-stream"] : []),
    ...(allowed ? ["--use-fake-ui-for-media-stream"] : []),
    ...(wav ? [`--use-file-for-fake-audio-capture=${wav}${again ? "" : "%noloop"}`] : []),
  ];
  // Where a permission is asked for, there must be a browser that asks.
  const program = (!allowed && process.env.WHOLE_CHROMIUM) || process.env.CHROMIUM || "/usr/bin/chromium";
  return chromium.launch({ executablePath: program, args });
}

const CONTEXT = { viewport: { width: 1200, height: 800 }, reducedMotion: "reduce", serviceWorkers: "block" };
const usual = new WeakMap(); // browser → a context that pages without wishes take turns in: it has the page's files already

/** A page at the address whose console must stay clean; `done` checks it and closes. Nothing is kept from page to page. */
export async function open(browser, url, { expected = [], init, lang, ...options } = {}) {
  const hasWishes = Boolean(init) || Object.keys(options).length > 0;
  const context = (!hasWishes && usual.get(browser)) || (await browser.newContext({ ...CONTEXT, ...options }));
  if (!hasWishes) usual.delete(browser); // it is taken
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
  expected = [...expected, /Service Worker registration blocked by Playwright/];
  page.on("pageerror", (error) => complaints.push(error.stack));
  if (init) await page.addInitScript(init);
  await page.goto(url);
  await page.waitForSelector("body[data-loaded]");
  const done = async () => {
    if (hasWishes) await context.close();
    else await giveBack(browser, context, page);
    assert.deepEqual(complaints.filter((text) => !expected.some((known) => known.test(text))), []);
  };
  return { page, done };
}

async function giveBack(browser, context, page) {
  const client = await context.newCDPSession(page);
  const { origin } = new URL(page.url());
  await page.goto("about:blank"); // or the page might write once more
  await client.send("Storage.clearDataForOrigin", { origin, storageTypes: "all" });
  await context.clearCookies();
  for (const one of context.pages()) await one.close();
  usual.set(browser, context);
}

/** The browser itself says so in the console when a server is away. */
export const AWAY = [/WebSocket connection to .* failed/, /ERR_CONNECTION_REFUSED/];

export const status = (page, kind) => page.waitForSelector(`#status[data-kind="${kind}"]`);

/** Waits until it is so. A slow machine is not a fault: what is too slow is measured, not waited for. */
export async function until(isSo, withinMs = 30_000) {
  const end = Date.now() + withinMs;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`not within ${withinMs} ms: ${isSo}`);
    await setTimeout(20);
  }
}

/** Goes to a place by the page's bar. */
export async function goTo(page, place) {
  await page.locator(`#places [data-place=${place}]`).click();
  await page.waitForSelector(`body[data-place=${place}]`);
}

/** Chooses a kind of exercise; free speech has a place of its own. */
export async function chooseKind(page, kind) {
  await goTo(page, kind === "free" ? "talk" : "practise");
  if (kind !== "free") await page.selectOption("#kind", kind);
}

/** Chooses a language, a level or the page's own language, as the header's chip lets one. */
export async function chooseCourse(page, chosen) {
  await page.getByTestId("course").click();
  for (const [name, value] of Object.entries(chosen)) await page.selectOption(`#${name}`, value);
  await page.locator("#course button").click();
}

/** Takes the connection away until the page has noticed: it might be back before that can be seen. */
export async function cut(page, server, session) {
  server.refuses = true;
  session.drop();
  await status(page, "away");
  server.refuses = false;
}

/** The page starts anew by an action; its next clicks meet the new one. */
export async function reloaded(page, act) {
  await Promise.all([page.waitForEvent("load"), act()]);
  await page.waitForSelector("body[data-loaded]");
}

/** axe finds nothing to complain of. */
export async function assertAccessible(page) {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe.source);
  // Of what is right nothing is told, of what is wrong no path to it: that takes the longest.
  const { violations } = await page.evaluate(() => globalThis.axe.run({ resultTypes: ["violations"], selectors: false }));
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
  assert.deepEqual(found, []);
}
