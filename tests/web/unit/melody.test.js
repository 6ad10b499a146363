// The pitch of speech, found in synthetic voices whose pitch is known.

import assert from "node:assert/strict";
import { test } from "node:test";
import { heardOf, melodyOf, rangeOf, steps } from "../../../web/page/sounds/melody.js";

/** A buzz like that of a throat, through a mouth: many harmonics, the third and fourth the loudest. */
function voice(seconds, rate, hz, loud = () => 1) {
  const pcm = new Int16Array(seconds * rate);
  let phase = 0;
  for (let at = 0; at < pcm.length; at += 1) {
    phase += hz(at / rate) / rate;
    let value = 0;
    for (let n = 1; n <= 12; n += 1) value += Math.sin(2 * Math.PI * n * phase) / (1 + (n - 3.5) ** 2);
    pcm[at] = 6000 * loud(at / rate) * value;
  }
  return pcm;
}

const noise = (length) => Int16Array.from({ length }, (_, at) => 6000 * Math.sin(at * at * 0.37 + 1e4 * Math.sin(at)));

test("the pitch of low and high voices is found within two per cent, at every rate of a microphone", () => {
  for (const rate of [16_000, 24_000, 44_100, 48_000]) {
    for (const hz of [85, 120, 210, 320]) {
      const found = steps(voice(0.5, rate, () => hz), rate).map((step) => step.hz);
      assert.ok(found.every((one) => Math.abs(one / hz - 1) < 0.02), `${hz} Hz at ${rate}: ${found.slice(0, 5)}`);
    }
  }
});

test("a voice that glides is followed, and its range is told in semitones", () => {
  const found = steps(voice(2, 16_000, (s) => 110 * 2 ** (s / 2)), 16_000); // an octave up
  const range = rangeOf(melodyOf(found));
  assert.ok(Math.abs(range - 0.8 * 12) < 0.7, `${range} of 9.6 semitones between the outer tenths`);
  const flat = rangeOf(melodyOf(steps(voice(2, 16_000, () => 140), 16_000)));
  assert.ok(flat < 0.3, `${flat}`);
});

test("noise and silence have no pitch, and silence around speech is cut", () => {
  assert.ok(steps(noise(16_000), 16_000).filter(({ hz }) => hz !== null).length < 5);
  assert.deepEqual(heardOf(steps(new Int16Array(16_000), 16_000)), []);
  assert.deepEqual(heardOf(steps(new Int16Array(0), 16_000)), []);
  assert.equal(rangeOf(melodyOf([])), null);
  const within = heardOf(steps(voice(2, 16_000, () => 150, (s) => (s > 0.5 && s < 1.5 ? 1 : 0)), 16_000));
  assert.ok(Math.abs(within.length - 110) <= 6, `${within.length} steps of 10 ms`);
});

test("a slip of an octave is no melody, however many steps it lasts, and a dot is none", () => {
  for (const [seconds, factor] of [[0.03, 2], [0.1, 2], [0.16, 0.5], [0.03, 1.6]]) {
    const slipping = voice(2, 16_000, (s) => (s >= 1 && s < 1 + seconds ? 130 * factor : 130));
    const melody = melodyOf(steps(slipping, 16_000)).filter((one) => one !== null);
    assert.ok(Math.max(...melody.map(Math.abs)) < 2, `${factor} for ${seconds} s: ${Math.max(...melody.map(Math.abs))}`);
    assert.ok(melody.length > 150, `the rest stays: ${melody.length}`);
  }
  const alone = voice(1.5, 16_000, (s) => (s > 1.2 ? 240 : 120), (s) => (s < 1 || (s > 1.2 && s < 1.28) ? 1 : 0));
  const melody = melodyOf(steps(alone, 16_000)).filter((one) => one !== null);
  assert.ok(Math.max(...melody.map(Math.abs)) < 2, `a slip behind a pause: ${Math.max(...melody)}`);
});

test("a lively voice keeps its melody: a rise to a question, a fall from a high word", () => {
  const question = steps(voice(1.5, 16_000, (s) => 120 * 2 ** (Math.max(0, s - 1) * 1.6)), 16_000); // 9.6 semitones in half a second
  assert.ok(question.filter(({ hz }) => hz !== null).length > 135);
  assert.ok(Math.max(...melodyOf(question)) > 8);
  const jumping = steps(voice(1.6, 16_000, (s) => (s < 0.8 ? 180 : 120)), 16_000); // 7 semitones down
  assert.ok(jumping.filter(({ hz }) => hz !== null).length > 140);
});
