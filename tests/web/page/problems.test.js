// When something is missing, the page says what, and what to do.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { AWAY, cut, launch, open, status, until } from "../support/browser.js";
import { FakeServer } from "../support/fake-server.js";

const golden = JSON.parse(await readFile(new URL("../../golden/messages.json", import.meta.url)));
const one = (type) => golden.server.find((event) => event.type === type);

let browser;
let server;

before(async () => {
  server = await new FakeServer().start();
  browser = await launch();
});

after(async () => {
  await browser.close();
  await server.stop();
});

const visit = (options) => open(browser, `${server.url}/?lang=en#/talk`, options);
const says = async (page, words) => assert.match(await page.getByTestId("status").textContent(), words);

async function listening(options) {
  const opened = await visit(options);
  await opened.page.getByTestId("start").click();
  await status(opened.page, "listening");
  return { ...opened, session: server.sessions.at(-1) };
}

/** So many seconds of speech wait for the server. */
const waits = (page, seconds) => page.waitForFunction((least) => Number(/(\d+) second/.exec(document.getElementById("status").textContent)?.[1]) >= least, seconds);

async function withBrowser(options, use) {
  const other = await launch(options);
  try {
    const { page, done } = await open(other, `${server.url}/?lang=en#/talk`);
    await use(page);
    await done();
  } finally {
    await other.close();
  }
}

test("a refused microphone: how to allow it, and another try", () =>
  withBrowser({ allowed: false }, async (page) => {
    const before = server.sessions.length;
    await page.getByTestId("start").click();
    await status(page, "problem");
    await says(page, /not allowed\. Allow it in your browser's address bar, then start again/);
    assert.equal(await page.getByTestId("start").isEnabled(), true);
    assert.equal(server.sessions.length, before, "the server is not bothered");
  }));

test("no microphone: connect one", () =>
  withBrowser({ device: false }, async (page) => {
    await page.getByTestId("start").click();
    await status(page, "problem");
    await says(page, /No microphone was found\. Connect one/);
  }));

test("a browser that cannot record, and an insecure page, are told apart", async () => {
  const unsupported = await visit({ init: () => { delete globalThis.AudioWorkletNode; } });
  await says(unsupported.page, /cannot record sound.*Use a current Firefox, Chrome, Edge or Safari/);
  assert.equal(await unsupported.page.getByTestId("start").isDisabled(), true);
  await unsupported.done();
  const insecure = await visit({ init: () => Object.defineProperty(globalThis, "isSecureContext", { value: false }) });
  await says(insecure.page, /only on a secure page/);
  await insecure.done();
});

/** A microphone whose loudness the test sets: 0 is a muted one. */
const QUIETLY = (volume) => `
  navigator.mediaDevices.getUserMedia = async () => {
    const context = new AudioContext();
    const gain = new GainNode(context, { gain: ${volume} });
    const out = new MediaStreamAudioDestinationNode(context);
    const tone = new OscillatorNode(context);
    tone.connect(gain).connect(out);
    tone.start();
    return out.stream;
  };`;

test("a muted microphone and one that is too quiet are noticed, and what to do is said", () =>
  Promise.all([
    [0, "muted", /Check that it is not muted/],
    [0.001, "quiet", /come closer or choose another microphone/],
    [0.1, "noise", /no speech in it/],
  ].map(async ([volume, kind, advice]) => {
    const { page, done } = await visit({ init: QUIETLY(volume) });
    await page.getByTestId("start").click();
    await status(page, kind);
    await says(page, advice);
    await done();
  })));

test("a headset that wakes up late: speech is asked for when it is heard", async () => {
  const { page, done } = await visit({
    init: `
      navigator.mediaDevices.getUserMedia = async () => {
        const context = new AudioContext();
        const gain = new GainNode(context, { gain: 0 });
        const out = new MediaStreamAudioDestinationNode(context);
        const tone = new OscillatorNode(context);
        tone.connect(gain).connect(out);
        tone.start();
        globalThis.wake = () => { gain.gain.value = 0.1; };
        return out.stream;
      };`,
  });
  const before = server.sessions.length;
  await page.getByTestId("start").click();
  await status(page, "waking");
  assert.equal(server.sessions.length, before, "nothing is heard, so nothing begins");
  await page.evaluate(() => globalThis.wake());
  await status(page, "listening");
  await done();
});

test("a learner who was heard and pauses is not told that it is quiet", async () => {
  const { page, done } = await visit({ init: QUIETLY(0.001) });
  await page.getByTestId("start").click();
  await status(page, "quiet");
  server.sessions.at(-1).tell(one("speech.started"), one("speech.stopped"));
  await status(page, "listening");
  await page.waitForTimeout(5500); // as long as it took before
  await status(page, "listening");
  await done();
});

test("a microphone that is unplugged is replaced by another one; without any the lesson ends with its summary", async () => {
  const { page, session, done } = await listening({
    init: () => {
      const get = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = async (wanted) => {
        if (globalThis.hasNone) throw new DOMException("none", "NotFoundError");
        const stream = await get(wanted);
        globalThis.unplug = () => stream.getAudioTracks()[0].onended();
        return stream;
      };
    },
  });
  session.tell(one("transcript.final"));
  session.summary = one("session.summary");
  const heard = session.bytes;
  await page.evaluate(() => globalThis.unplug());
  await page.getByText("was away for a moment").waitFor();
  await until(() => session.bytes > heard + 32_000); // a second of the new one
  await page.evaluate(() => { globalThis.hasNone = true; globalThis.unplug(); });
  await page.waitForSelector("[data-testid=summary]");
  await says(page, /disconnected\. Connect it, then start again/);
  await done();
});

test("the page opens without a network, and says so", async () => {
  const { page, done } = await open(browser, `${server.url}/?lang=de#/talk`, { serviceWorkers: "allow", expected: [/ERR_INTERNET_DISCONNECTED/, /status of 503/] });
  await page.waitForFunction(() => caches.match("/v1/server"));
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  await page.context().setOffline(true);
  await page.reload();
  await page.waitForSelector("body[data-loaded]");
  await says(page, /Sie sind offline/);
  await page.context().setOffline(false);
  await page.waitForFunction(() => document.getElementById("status").dataset.kind === "idle");
  await done();
});

test("a server that goes away and comes back: the page waits, keeps what is said, and goes on", async () => {
  const other = await new FakeServer().start();
  const { page, done } = await open(browser, `${other.url}/?lang=en#/talk`, { expected: AWAY });
  await page.getByTestId("start").click();
  await status(page, "listening");
  const session = other.sessions[0];
  session.tell(one("transcript.final"), { type: "transcript.partial", utterance: "u2", revision: 1, committed: "I was", tentative: "saying", audio_ms: 4000 });
  await page.waitForSelector("#live p");
  await other.stop();
  await status(page, "away");
  await says(page, /server is away\. Trying again; keep this page open\. \d+ seconds? of what you said/);
  await waits(page, 3);

  let began;
  const back = await new FakeServer({ onSession: () => { began = Date.now(); } }).start(other.port);
  await status(page, "listening");
  const [next] = back.sessions.slice(-1);
  assert.equal(next.messages[0].resume.session, "s1");
  await until(() => next.bytes / 32000 > (Date.now() - began) / 1000 + 1.5); // what was said meanwhile, too
  const texts = await page.locator(".utterance .words").evaluateAll((nodes) => nodes.map((node) => node.textContent));
  assert.deepEqual(texts, ["I was saying", "The weather is a very nice day."]);
  assert.match(await page.locator(".unfinished").textContent(), /not finished: the connection was lost/);
  next.tell({ ...one("transcript.final"), text: "again", words: [{ text: "again", start_ms: 0, end_ms: 400, confidence: 1 }] });
  await page.waitForFunction(() => document.querySelectorAll("[data-testid=utterance]").length === 3);
  await done();
  await back.stop();
});

test("a server that never answers is not waited for in silence; stopping waits no longer than wanted", async () => {
  const other = await new FakeServer({ refuses: true }).start();
  const { page, done } = await open(browser, `${other.url}/?lang=en#/talk`, { expected: AWAY });
  await page.getByTestId("start").click();
  await status(page, "away");
  await waits(page, 1); // else there would be nothing to wait for
  await page.getByTestId("stop").click();
  await status(page, "leaving");
  await says(page, /sent as soon as it answers; or stop now/);
  await page.getByTestId("stop").click();
  await status(page, "problem");
  await says(page, /^Stopped\./);
  assert.equal(await page.getByTestId("start").isEnabled(), true);
  await other.stop();
  await page.getByTestId("start").click(); // not even the microphone's code can be had
  await status(page, "problem");
  await says(page, /server cannot be reached/);
  await done();
});

test("a session that the server still has goes on as if nothing had been", async () => {
  const other = await new FakeServer({ recovers: true }).start();
  const { page, done } = await open(browser, `${other.url}/?lang=en#/talk`, { expected: AWAY });
  await page.getByTestId("start").click();
  await status(page, "listening");
  other.sessions[0].tell({ type: "transcript.partial", utterance: "u1", revision: 1, committed: "I was", tentative: "", audio_ms: 800 });
  await page.waitForSelector("#live p");
  await cut(page, other, other.sessions[0]);
  await status(page, "listening");
  assert.equal(await page.locator("#live").textContent(), "I was");
  assert.equal(await page.locator(".unfinished").count(), 0);
  await done();
  await other.stop();
});

test("a server that refuses is heard, in the learner's language", async () => {
  const { page, session, done } = await listening();
  session.tell({ type: "error", code: "idle_timeout", message: "nothing came", fatal: true });
  session.socket.close(4408, "idle_timeout");
  await status(page, "problem");
  await says(page, /nothing came from your microphone\. You can start again/);
  await page.getByTestId("start").click();
  await status(page, "listening");
  await done();
});

test("a sentence that fails says so and leaves nothing behind", async () => {
  const { page, session, done } = await listening();
  session.tell({ type: "transcript.partial", utterance: "u2", revision: 1, committed: "Some", tentative: "", audio_ms: 10 });
  await page.waitForSelector("#live p");
  session.tell(one("error"));
  await status(page, "problem");
  await says(page, /could not be understood\. Say it again/);
  assert.equal(await page.locator("#live p").count(), 0);
  session.tell(one("transcript.final"), { type: "error", code: "feedback_failed", message: "", fatal: false, utterance: "u1" });
  await page.waitForFunction(() => /could not be assessed/.test(document.querySelector("[data-testid=feedback]")?.textContent));
  await done();
});

test("without words, the summary says how to do better", async () => {
  const { page, session, done } = await listening();
  session.tell({ ...one("transcript.final"), text: "", words: [] });
  await status(page, "quiet");
  await says(page, /No words were understood there/);
  await page.getByTestId("stop").click();
  await status(page, "done");
  await says(page, /Start again and speak a little louder/);
  await done();
});
