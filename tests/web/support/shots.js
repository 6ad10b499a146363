// Screenshots of the page's states with the tests' example sentence, to look at: `node support/shots.js FOLDER [SCREEN,SCREEN]`.

import { mkdir, readFile } from "node:fs/promises";
import { goTo, launch, open, status } from "./browser.js";
import { FakeServer } from "./fake-server.js";

const SCREENS = {
  desktop: { viewport: { width: 1366, height: 768 } },
  dark: { viewport: { width: 1366, height: 768 }, colorScheme: "dark" },
  phone: { viewport: { width: 390, height: 800 }, isMobile: true, hasTouch: true },
  sideways: { viewport: { width: 844, height: 390 }, isMobile: true, hasTouch: true },
  russian: { viewport: { width: 390, height: 800 }, isMobile: true, hasTouch: true, lang: "ru" },
  arabic: { viewport: { width: 1366, height: 768 }, lang: "ar" },
};

const folder = process.argv[2];
await mkdir(folder, { recursive: true });
const golden = JSON.parse(await readFile(new URL("../../golden/messages.json", import.meta.url)));
const told = (...types) => golden.server.filter(({ type }) => types.some((wanted) => type.startsWith(wanted)));
const server = await new FakeServer().start();
server.exercises = [
  { id: "r1", language: "en", type: "read_aloud", level: "A2", text: "The weather is very nice today.", words: [], lines: [], focus: "/w/" },
  { id: "r2", language: "en", type: "read_aloud", level: "A2", text: "I have two brothers and one sister.", words: [], lines: [], focus: null },
  { id: "d1", language: "en", type: "dialogue", level: "A2", text: "", words: [], lines: ["Hello! What would you like?", "A cup of tea, please.", "With milk?", "Yes, and a little sugar."], focus: null },
  { id: "f1", language: "en", type: "free", level: "A2", text: "What did you do last weekend?", words: [], lines: [], focus: null },
];
server.voices = [{ id: "joe", language: "en-US" }];
const goals = [{ id: "drink", text: "Order a drink", reached: true }, { id: "price", text: "Ask the price", reached: false }];
server.scenarios = [{ id: "en-cafe", language: "en", title: "At a café", scene: "You are at a small café. The waiter comes to your table.", levels: ["A1", "A2"], goals, meaning: null }];
const browser = await launch();

/** Walks through a lesson and calls `shoot` with the name of each state. */
async function walk(page, shoot) {
  await shoot("1-first");
  await page.getByTestId("start").click();
  await status(page, "listening");
  const session = server.sessions.at(-1);
  session.tell(...told("speech.started"), { type: "transcript.partial", utterance: "u1", revision: 1, committed: "the weather", tentative: "is", audio_ms: 700 });
  await page.waitForSelector("#reference .passed");
  await shoot("2-reading");
  session.tell(...told("speech.stopped", "transcript.final", "feedback", "tutor.reply"));
  await page.waitForSelector(".next");
  await shoot("3-verdict");
  await page.getByTestId("word").nth(1).click();
  await page.locator(".panel svg.mouth").waitFor();
  await page.locator(".panel").scrollIntoViewIfNeeded();
  await shoot("3-word");
  await page.getByTestId("word").nth(1).click();
  await page.getByTestId("more").click();
  await page.getByTestId("see-melody").click();
  await page.getByTestId("melody").locator("> *").first().waitFor();
  await page.getByTestId("melody").scrollIntoViewIfNeeded();
  await shoot("3-more");
  await page.getByTestId("repeat").scrollIntoViewIfNeeded();
  await shoot("4-reply");
  const again = told("transcript.final", "feedback", "tutor.reply").map((event) => ({ ...event, utterance: "u2", ...("start_ms" in event && { start_ms: 9000 }), ...("total" in event && { total: 84 }) }));
  await page.getByTestId("repeat").click();
  session.tell(...again);
  await page.waitForSelector("[data-testid=outcome]:not([hidden])");
  await page.getByTestId("outcome").first().scrollIntoViewIfNeeded();
  await shoot("5-again");
  session.summary = golden.server.find(({ type }) => type === "session.summary");
  await page.getByTestId("stop").click();
  await page.getByTestId("summary").scrollIntoViewIfNeeded();
  await shoot("6-summary");
  await page.locator("#open-settings").click();
  await page.locator("#settings").waitFor();
  await shoot("7-settings");
  await page.locator("#settings button").click();
  await page.getByTestId("course").click();
  await shoot("8-course");
  await page.locator("#course button").click();
  await goTo(page, "talk");
  await page.evaluate(() => scrollTo(0, 0));
  await shoot("9-talk");
  await page.getByText("At a café").click();
  await page.getByTestId("scene-speak").click();
  await page.waitForSelector("#scene-turn[data-turn='scene.yours']");
  const scene = server.sessions.at(-1);
  const state = { type: "conversation.state", utterance: "u1", turn: 1, goals, understood: ["coffee"], over: false, hint: { text: "How much is it?", meaning: "" } };
  scene.tell({ type: "tutor.reply.done", utterance: "c1", text: "Good morning! What can I get you?" });
  scene.tell(...told("speech"), { ...golden.server.find(({ type }) => type === "transcript.final"), text: "A large coffee with milk, please." });
  scene.tell({ type: "tutor.reply.done", utterance: "u1", text: "A large coffee with milk. Anything to eat?" }, state);
  await page.getByTestId("hint").waitFor();
  await shoot("9-scene");
  await goTo(page, "progress");
  await shoot("10-progress");
}

for (const [name, { lang = "en", ...options }] of Object.entries(SCREENS)) {
  if (process.argv[3] && !process.argv[3].split(",").includes(name)) continue;
  const { page, done } = await open(browser, `${server.url}/?lang=${lang}#/practise/r1`, options);
  await walk(page, (state) => page.screenshot({ path: `${folder}/${name}-${state}.png` }));
  await done();
}
await browser.close();
await server.stop();
