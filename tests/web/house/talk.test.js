// A conversation at the café with the whole product, spoken and typed. tests/system/web/test_talk.py runs it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible, goTo, launch, open, until } from "../support/browser.js";

const { TUTOR_URL, WEATHER_WAV, SHOTS } = process.env;

const bubbles = (page, who) => page.getByTestId(`bubble-${who}`).locator(".said");
const reached = (page) => page.locator('#goals [data-reached="true"]').count();
const turn = (page, name) => page.waitForSelector(`#scene-turn[data-turn="scene.${name}"]`);
const shoot = (page, name) => SHOTS && page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true });

async function type(page, text) {
  const before = await bubbles(page, "tutor").count();
  await page.locator("#scene-text").fill(text);
  await page.locator("#scene-form button").click();
  await until(async () => (await bubbles(page, "tutor").count()) > before);
  return (await bubbles(page, "tutor").last().textContent()).trim();
}

test("a learner speaks and types at the café until all is done", { timeout: 120_000 }, async () => {
  const browser = await launch({ wav: WEATHER_WAV });
  try {
    const { page, done } = await open(browser, `${TUTOR_URL}/?lang=en`);
    await goTo(page, "talk");
    await page.getByTestId("scenes").getByText("At a café").click();
    await page.waitForSelector("body[data-place=scene]");
    assert.equal(await page.locator("#places [aria-current]").getAttribute("data-place"), "talk");
    await assertAccessible(page);
    await shoot(page, "talk-before");
    await page.getByTestId("scene-speak").click();
    await bubbles(page, "learner").first().waitFor({ timeout: 60_000 }); // what the microphone heard
    assert.match(await bubbles(page, "learner").first().textContent(), /weather is very nice/i);
    await until(async () => (await bubbles(page, "tutor").count()) >= 2);
    assert.match(await bubbles(page, "tutor").nth(1).textContent(), /I heard “The weather is very nice today”/);
    assert.equal(await reached(page), 0);
    assert.match(await type(page, "A large coffee with milk, and how much is it?"), /^Large coffee with milk/);
    await until(async () => (await reached(page)) === 2);
    await page.getByTestId("scene-hint").click();
    await page.getByTestId("hint").waitFor();
    await shoot(page, "talk-within");
    await assertAccessible(page);
    await page.locator("#captions").uncheck();
    assert.match(await bubbles(page, "tutor").first().evaluate((words) => getComputedStyle(words).filter), /blur/);
    await page.locator("#captions").check();
    await type(page, "No thank you, and I pay by card.");
    for (let n = 0; n < 8 && (await page.getByTestId("scene-stop").isVisible()); n += 1) await type(page, "Yes, here please.").catch(() => {});
    await page.getByTestId("scene-summary").waitFor();
    assert.equal(await page.getByTestId("scene-summary").textContent(), "Goals reached: 3 of 3.");
    await turn(page, "over");
    await shoot(page, "talk-over");
    await done();
  } finally {
    await browser.close();
  }
});

test("without a microphone one types, on a phone, in Russian", { timeout: 60_000 }, async () => {
  const browser = await launch({ allowed: false });
  try {
    const phone = { viewport: { width: 390, height: 800 }, isMobile: true, hasTouch: true };
    const { page, done } = await open(browser, `${TUTOR_URL}/?lang=ru#/scene/en-cafe`, phone);
    assert.equal(await page.locator("#scene-title").textContent(), "В кафе");
    await page.getByTestId("scene-type").tap();
    await bubbles(page, "tutor").first().waitFor();
    await type(page, "A tea, please.");
    await until(async () => (await reached(page)) === 1);
    await page.getByTestId("scene-hint").tap();
    await page.getByTestId("hint").waitFor();
    assert.match(await page.getByTestId("hint").textContent(), /[а-я]/); // its meaning
    await page.waitForFunction(() => document.querySelector("#scene-form").getBoundingClientRect().bottom <= document.querySelector("#places").getBoundingClientRect().top); // the bar hides it not
    await assertAccessible(page);
    await shoot(page, "talk-phone");
    await page.goBack().catch(() => {});
    await done();
  } finally {
    await browser.close();
  }
});
