// Screenshots of the page's states, to look at: `node support/shots.js FOLDER`.

import { readFile, mkdir } from "node:fs/promises";
import { chromium } from "playwright-core";
import { FakeServer } from "./fake-server.js";

const out = process.argv[2];
await mkdir(out, { recursive: true });
const golden = JSON.parse(await readFile(new URL("../../golden/messages.json", import.meta.url)));
const server = new FakeServer();
server.exercises = [
  { id: "r", language: "en", type: "read_aloud", level: "A2", text: "The weather is very nice today.", words: [], lines: [], focus: "/w/" },
  { id: "r2", language: "en", type: "read_aloud", level: "A2", text: "I have two brothers and one sister.", words: [], lines: [], focus: null },
  { id: "d", language: "en", type: "dialogue", level: "A2", text: "", words: [], lines: ["Hello! What would you like?", "A cup of tea, please.", "With milk?", "Yes, and a little sugar."], focus: null },
  { id: "f", language: "en", type: "free", level: "A2", text: "What did you do last weekend?", words: [], lines: [], focus: null },
];
await server.start();
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"] });
for (const [name, options] of Object.entries({
  desktop: { viewport: { width: 1200, height: 800 } },
  dark: { viewport: { width: 1200, height: 800 }, colorScheme: "dark" },
  phone: { viewport: { width: 390, height: 800 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 },
})) {
  const context = await browser.newContext({ ...options, permissions: ["microphone"] });
  const page = await context.newPage();
  page.on("console", (m) => ["error", "warning"].includes(m.type()) && console.log(name, m.text()));
  page.on("pageerror", (e) => console.log(name, "pageerror", e.message));
  await page.goto(server.url + (name === "phone" ? "/?lang=ru" : "/?lang=en"));
  await page.waitForSelector("body[data-loaded]");
  await page.screenshot({ path: `${out}/${name}-1-idle.png` });
  await page.selectOption("#level", "A2");
  await page.selectOption("#kind", "read_aloud");
  await page.getByTestId("start").click();
  await page.waitForSelector("#status[data-kind=listening]");
  const session = server.sessions.at(-1);
  const kinds = (list) => golden.server.filter((event) => list.some((name) => event.type.startsWith(name)));
  session.tell(...kinds(["speech.started", "transcript.partial"]));
  await page.waitForSelector("#live p");
  await page.screenshot({ path: `${out}/${name}-2-live.png` });
  session.tell(...kinds(["speech.stopped", "transcript.final"]));
  await page.waitForSelector("[data-testid=word]");
  await page.screenshot({ path: `${out}/${name}-3-final.png` });
  session.tell(...kinds(["feedback", "tutor"]));
  await page.waitForSelector(".next");
  await page.waitForTimeout(400);
  await page.screenshot({ path: `${out}/${name}-4-feedback.png`, fullPage: false });
  await page.locator('[data-testid=word]').nth(1).click();
  await page.waitForTimeout(600);
  await page.screenshot({ path: `${out}/${name}-5-word.png`, fullPage: false });
  await page.locator('[data-kind=fluency]').click();
  await page.screenshot({ path: `${out}/${name}-6-fluency.png` });
  for (let n = 2; n < 8; n += 1) {
    const renamed = kinds(["transcript.final", "feedback"]).map((e) => ({ ...e, utterance: `u${n}`, ...("start_ms" in e ? { start_ms: n * 9000 } : {}) }));
    for (const e of renamed) {
      if ("total" in e) e.total = 60 + 5 * n;
      if (e.type === "feedback.fluency") e.score = 50 + 6 * n;
      if (e.type === "feedback.accuracy") e.accuracy = [0, 0, 70, 60, 80, 75, 90, 100][n];
    }
    session.tell(...renamed);
  }
  session.summary = golden.server.find((e) => e.type === "session.summary");
  await page.getByTestId("stop").click();
  await page.waitForSelector("[data-testid=summary]");
  await page.waitForTimeout(400);
  await page.screenshot({ path: `${out}/${name}-7-summary.png`, fullPage: false });
  await page.selectOption("#kind", "dialogue");
  await page.click("#open-settings");
  await page.screenshot({ path: `${out}/${name}-8-settings.png` });
  await page.getByRole("button", { name: /Done|Готово/ }).click();
  await page.getByTestId("start").click();
  await page.waitForSelector("#status[data-kind=listening]");
  await page.locator("#legend summary").click();
  server.refuses = true;
  server.sessions.at(-1).drop();
  await page.waitForTimeout(2500);
  await page.screenshot({ path: `${out}/${name}-9-away.png` });
  server.refuses = false;
  await context.close();
  const refused = await browser.newContext({ ...options });
  const other = await refused.newPage();
  await other.addInitScript(() => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", "NotAllowedError")); });
  await other.goto(`${server.url}/?lang=en`);
  await other.waitForSelector("body[data-loaded]");
  await other.selectOption("#kind", "own");
  await other.getByTestId("start").click();
  await other.waitForTimeout(300);
  await other.screenshot({ path: `${out}/${name}-10-refused.png` });
  await refused.close();
}
await browser.close();
await server.stop();
