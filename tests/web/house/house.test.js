// The page against the whole product, with real speech at the microphone. tests/system/web/test_page.py runs
// it and says in the environment where the product and the recordings are.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { test } from "node:test";
import { AWAY, chooseKind, goTo, launch, open, status } from "../support/browser.js";

const { TUTOR_URL, TUTOR_GATEWAY_PID, WEATHER_WAV, LONG_WAV } = process.env;

const plain = (text) => text.toLowerCase().replace(/[^a-z ]/g, "");

async function practising(wav, options, use) {
  const browser = await launch({ wav });
  try {
    const { page, done } = await open(browser, `${TUTOR_URL}/?lang=en`, options);
    await use(page);
    await done();
  } finally {
    await browser.close();
  }
}

test("a newcomer reads a sentence: words, scores and the reply within a minute", { timeout: 60_000 }, () =>
  practising(WEATHER_WAV, {}, async (page) => {
    await chooseKind(page, "own");
    await page.locator("#own-text").fill("The weather is very nice today.");
    await page.getByTestId("start").click();
    await page.waitForFunction(() => /weather/i.test(document.querySelector("[data-testid=live]")?.textContent));
    const words = page.getByTestId("word");
    await words.first().waitFor();
    await page.waitForSelector("[data-testid=word][data-score]");
    assert.equal(plain((await words.allTextContents()).join(" ")), "the weather is very nice today");
    for (const score of await words.evaluateAll((nodes) => nodes.map((node) => Number(node.dataset.score)))) {
      assert.ok(score > 50 && score <= 100, `${score}: it was said well`);
    }
    const colours = await words.evaluateAll((nodes) => nodes.map((node) => getComputedStyle(node).color));
    const ink = await page.evaluate(() => getComputedStyle(document.body).color);
    assert.ok(colours.every((colour) => colour !== ink), "each word has the colour of its score");
    await words.nth(1).click();
    assert.match(await page.locator(".phones").innerText(), /w\s+\d+\s/);
    await page.locator(".next").waitFor();
    assert.ok((await page.getByTestId("reply").locator("p").textContent()).length > 20);
    await page.locator(".next").click();
    const next = await page.getByTestId("reference").textContent();
    await page.getByTestId("stop").click();
    await status(page, "done");
    assert.match(await page.getByTestId("summary").textContent(), /1 sentence6 words/);
    assert.ok(next.length > 5);
  }));

test("the whole way: first visit, a lesson with a retry, a conversation, progress, a file for Anki", { timeout: 240_000 }, async (test) => {
  const browser = await launch({ wav: WEATHER_WAV, again: true });
  try {
    const began = performance.now();
    const { page, done } = await open(browser, `${TUTOR_URL}/?lang=en`, { viewport: { width: 390, height: 800 }, isMobile: true, hasTouch: true });

    // A newcomer's first sentence is judged within 30 s of opening the page, after four taps at most.
    const taps = [page.locator("#learns").getByRole("button", { name: "English" }), page.getByRole("button", { name: "Some" }), page.getByTestId("start")];
    for (const tap of taps) await tap.tap();
    await page.waitForSelector("[data-testid=word][data-score]", { timeout: 30_000 });
    const seconds = (performance.now() - began) / 1000;
    test.diagnostic(`${seconds.toFixed(1)} s, ${taps.length} taps`);
    assert.ok(seconds <= 30, `${seconds} s`);
    const first = page.getByTestId("utterance").last(); // the microphone goes on
    assert.equal(plain((await first.getByTestId("word").allTextContents()).join(" ")), "the weather is very nice today");
    await first.getByTestId("repeat").waitFor();
    assert.match(await first.getByTestId("verdict").textContent(), /^\d\d.*[Cc]lear/);

    // The same once more: how it was, and how it is.
    await page.getByTestId("repeat").first().click();
    await page.waitForSelector("[data-testid=outcome]:not([hidden])", { timeout: 60_000 });
    assert.match(await page.getByTestId("outcome").first().locator("b").textContent(), /^\d\d → \d\d$/);
    await page.locator(".next").first().click();
    assert.equal(await page.getByTestId("step").textContent(), "2 of 8");
    await page.getByTestId("stop").click();
    await status(page, "done");

    // A conversation, spoken and typed; the tutor's words are heard again, slower, in the server's voice.
    await goTo(page, "talk");
    await page.getByTestId("scenes").getByText("At a café").click();
    await page.getByTestId("scene-speak").click();
    const learner = page.getByTestId("bubble-learner").locator(".said");
    await learner.first().waitFor({ timeout: 60_000 });
    assert.match(await learner.first().textContent(), /very nice/i); // the microphone goes on, perhaps in mid-sentence
    await page.waitForFunction(() => document.querySelectorAll("[data-testid=bubble-tutor]").length >= 2);
    const [speech] = await Promise.all([page.waitForResponse(/audio\/speech/), page.getByRole("button", { name: "Slower" }).first().click()]);
    assert.equal(speech.status(), 200);
    await page.getByTestId("scene-stop").click();
    await page.waitForSelector("[data-testid=scene-speak]");

    // Progress has both, and an account takes them over.
    await goTo(page, "progress");
    await page.waitForFunction(() => document.querySelectorAll("[data-testid=session]").length === 2);
    assert.match((await page.getByTestId("session").allTextContents()).join("\n"), /Conversation · English · .*\n.*Read aloud · English · /);
    await page.getByTestId("account").click();
    await page.getByRole("button", { name: "I am new here" }).click();
    await page.locator("#email").fill(`walk-${process.pid}@school.example`);
    await page.locator("#password").fill("correct horse battery");
    await page.locator("#password").press("Enter");
    await page.locator("#notice").getByText("in your account now").waitFor();
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Words for Anki" }).click()]);
    const packed = await readFile(await file.path());
    assert.ok(packed.subarray(0, 2).toString() === "PK" && packed.includes("collection.anki2"), "it is a deck");
    await done();
  } finally {
    await browser.close();
  }
});

test("free speech gets its words, pronunciation, fluency and grammar", { timeout: 60_000 }, () =>
  practising(WEATHER_WAV, {}, async (page) => {
    await chooseKind(page, "free");
    await page.getByTestId("start").click();
    await page.locator("[data-testid=score][data-kind=grammar]").waitFor({ state: "attached" });
    const kinds = await page.getByTestId("score").evaluateAll((nodes) => nodes.map((node) => node.dataset.kind));
    assert.deepEqual(kinds, ["pronunciation", "fluency", "grammar"]);
    await page.getByTestId("reply").waitFor();
  }));

test("the first load is under 90 kB in 15 requests, and all of it comes from the server", async () => {
  const browser = await launch();
  let bytes = 0;
  let usable;
  const hosts = new Set();
  const sizes = [];
  try {
    const page = await browser.newPage();
    page.on("requestfinished", (request) => {
      hosts.add(new URL(request.url()).origin);
      sizes.push(request.sizes().then((size) => { bytes += size.responseBodySize + size.responseHeadersSize; }));
    });
    const client = await page.context().newCDPSession(page);
    await client.send("Network.enable");
    await client.send("Network.emulateNetworkConditions", { offline: false, latency: 300, downloadThroughput: 200_000, uploadThroughput: 200_000 }); // bytes/s
    const began = Date.now();
    await page.goto(TUTOR_URL);
    await page.waitForSelector("body[data-loaded]");
    usable = Date.now() - began;
    await page.waitForLoadState("networkidle");
    await Promise.all(sizes);
  } finally {
    await browser.close();
  }
  assert.deepEqual([...hosts], [TUTOR_URL]);
  console.log(`first load: ${sizes.length} requests, ${bytes} bytes, usable after ${usable} ms at 300 ms and 1.6 Mbit/s`);
  assert.ok(bytes > 30_000 && bytes <= 90_000, `${bytes} bytes`);
  assert.ok(sizes.length <= 15, `${sizes.length} requests`);
});

test("a network that breaks in the middle of a sentence is not noticed in it", { timeout: 60_000 }, async () => {
  const sockets = new Set();
  let isBroken = false;
  const network = createServer((near) => {
    if (isBroken) return near.destroy();
    const far = connect(Number(new URL(TUTOR_URL).port), "127.0.0.1");
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy()).on("close", () => { near.destroy(); far.destroy(); });
    }
  });
  await new Promise((resolve) => network.listen(0, "127.0.0.1", resolve));
  const browser = await launch({ wav: LONG_WAV });
  try {
    const { page, done } = await open(browser, `http://127.0.0.1:${network.address().port}/?lang=en`, { expected: AWAY });
    await chooseKind(page, "free");
    await page.getByTestId("start").click();
    await page.waitForFunction(() => document.querySelector("#live .committed")?.textContent.trim().split(" ").length >= 4);
    isBroken = true; // until the page has noticed
    for (const socket of sockets) socket.destroy();
    await status(page, "away");
    isBroken = false;
    await page.waitForFunction(() => /water/.test(document.querySelector("#utterances")?.textContent), null, { timeout: 30_000 });
    assert.equal(await page.locator(".unfinished").count(), 0);
    const said = plain(await page.locator("#utterances").innerText());
    for (const word of ["when i was a child", "small village near the sea", "swim in the cold water"]) {
      assert.ok(said.replace(/\s+/g, " ").includes(word), `${word} in: ${said}`);
    }
    await done();
  } finally {
    await browser.close();
    network.close();
  }
});

test("a gateway that is killed in the middle of a sentence costs a moment, not the sentence", { timeout: 90_000 }, () =>
  practising(LONG_WAV, { expected: AWAY }, async (page) => {
    await chooseKind(page, "free");
    await page.getByTestId("start").click();
    await page.waitForFunction(() => document.querySelector("#live .committed")?.textContent.trim().split(" ").length >= 4);
    process.kill(Number(TUTOR_GATEWAY_PID), "SIGKILL");
    await status(page, "away");
    await page.waitForSelector('#status:not([data-kind="away"])', { timeout: 30_000 });
    await page.waitForSelector("[data-testid=word]", { timeout: 30_000 });
    await page.waitForFunction(() => /water/.test(document.querySelector("#utterances")?.textContent), null, { timeout: 30_000 });
    const said = plain(await page.locator("#utterances").innerText());
    for (const word of ["child", "family", "village", "summer", "brother", "swim", "cold", "water"]) {
      assert.ok(said.includes(word), `${word} in: ${said}`);
    }
    assert.equal(await page.locator(".unfinished").count(), 0);  // the session went on where it was
  }));
