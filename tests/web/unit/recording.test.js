import assert from "node:assert/strict";
import { test } from "node:test";
import { Recording, stretch } from "../../../web/page/lesson/recording.js";

const RATE = 16000;
const samples = (ms) => (ms * RATE) / 1000;

/** Audio whose every sample tells the millisecond it belongs to. */
function speak(recording, fromMs, toMs, step = 40) {
  for (let at = fromMs; at < toMs; at += step) {
    recording.receive(Int16Array.from({ length: samples(step) }, (_, index) => at + Math.floor(index / 16)).buffer, at);
  }
}

test("a word is cut out of its utterance where it was said", () => {
  const recording = new Recording();
  recording.begin(RATE);
  speak(recording, 0, 4000);
  const piece = recording.keep(1000, 3000);
  const word = stretch(piece, 2000, 2200);
  assert.equal(word[0], 1925); // 75 ms before it
  assert.equal(word.at(-1), 2274);
  assert.equal(piece.pcm[0], 850);
});

test("what lies before the session or behind its end is not made up", () => {
  const recording = new Recording();
  recording.begin(RATE);
  speak(recording, 0, 1000);
  const piece = recording.keep(50, 1200);
  assert.equal(piece.fromMs, 0);
  assert.equal(piece.pcm.at(-1), 0);
  assert.equal(stretch(piece, 900, 990).at(-1), 0);
});

test("ten minutes of speech keep no more than their bound", () => {
  const recording = new Recording();
  recording.begin(RATE);
  const pieces = [];
  for (let minute = 0; minute < 10; minute += 1) {
    for (let second = 0; second < 60; second += 6) {
      const from = minute * 60_000 + second * 1000;
      speak(recording, from, from + 6000, 1000);
      pieces.push(recording.keep(from, from + 5800));
    }
  }
  assert.ok(recording.keptBytes <= 12_000_000, String(recording.keptBytes));
  assert.equal(pieces[0].pcm.length, 0); // the oldest has lost its sound
  assert.ok(pieces.at(-1).pcm.length > 0);
});

test("a new session's clock does not bring back an old one's sound", () => {
  const recording = new Recording();
  recording.begin(RATE);
  speak(recording, 0, 2000);
  recording.begin(RATE);
  assert.deepEqual(new Set(recording.keep(500, 1000).pcm), new Set([0]));
});
