// At the café by voice alone: the tutor speaks, is recorded, hears its own echo, and is interrupted.
// tests/system/web/test_aloud.py runs it, and recognises what was recorded.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { launch, open, until } from "../support/browser.js";
import { furnish } from "../support/room.js";

const { TUTOR_URL, SAID, TAPE } = process.env; // folder of the learner's sentences; where the tape goes, and what was said

const ECHO = 0.1; // of the loudspeaker: -20 dB
const QUIET_MS = 1200; // the tutor's longest pause between sentences is half of it

const bubbles = (page, who) => page.getByTestId(`bubble-${who}`).locator(".said");
const texts = async (page, who) => (await bubbles(page, who).allTextContents()).map((text) => text.trim());
const say = (page, name) => page.evaluate((sound) => globalThis.room.say(sound), readFileSync(`${SAID}/${name}.wav`).toString("base64"));
const sounds = (page, ms) => page.evaluate((within) => globalThis.room.sounds(within), ms);

async function heardOut(page) {
  await until(() => sounds(page, 200));
  await until(async () => !(await sounds(page, QUIET_MS)), 60_000);
}

async function order(page, name) {
  const before = (await texts(page, "tutor")).length;
  await say(page, name);
  await until(async () => (await texts(page, "tutor")).length > before, 60_000);
  await until(() => sounds(page, 200), 60_000);
}

test("a learner orders by voice, hears every answer, and interrupts one", { timeout: 240_000 }, async () => {
  const browser = await launch();
  try {
    const settings = `localStorage.setItem("voice-tutor", JSON.stringify({ voice: true, echoCancellation: false }));`;
    const init = `${settings}(${furnish})({ echo: ${ECHO}, lateS: 0.2 });`;
    const expected = [/ScriptProcessorNode is deprecated/]; // the room's ear
    const { page, done } = await open(browser, `${TUTOR_URL}/?lang=en#/scene/en-cafe`, { init, expected });
    await page.getByTestId("scene-speak").click();
    await heardOut(page); // its greeting, and with it its echo
    await order(page, "coffee");
    assert.match((await texts(page, "tutor"))[1], /coffee/i);
    await heardOut(page);
    await order(page, "price");
    const began = await say(page, "wait"); // into its answer
    await until(() => page.evaluate(([from, ms]) => globalThis.room.silentAt(from, ms), [began, 400]));
    const silent = await page.evaluate(([from, ms]) => globalThis.room.silentAt(from, ms), [began, 400]);
    const heard = await texts(page, "tutor");
    const learner = await texts(page, "learner");
    assert.match(learner[0], /large coffee/i);
    assert.match(learner[1], /how much/i);
    assert.ok(learner.length <= 3, `it took its own echo for the learner: ${learner}`);
    writeFileSync(`${TAPE}.json`, JSON.stringify({ tutor: heard, silentAfterMs: silent - began }));
    writeFileSync(`${TAPE}.pcm`, Buffer.from(await page.evaluate(() => globalThis.room.tape()), "base64"));
    await done();
  } finally {
    await browser.close();
  }
});
