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
