import assert from "node:assert/strict";
import { test } from "node:test";

let Frames;
globalThis.sampleRate = 16000;
globalThis.AudioWorkletProcessor = class { port = { postMessage: (data) => this.port.told.push(data), told: [] }; };
globalThis.registerProcessor = (name, kind) => { Frames = kind; };
await import("../../../web/sdk/microphone-worklet.js");

/** What the page is given of so many samples at the device's rate. */
function frames(samples, { rate, decimation = 1 }) {
  globalThis.sampleRate = rate;
  const node = new Frames({ processorOptions: { decimation } });
  for (let at = 0; at < samples; at += 128) node.process([[new Float32Array(128).fill(0.25)]]);
  return node.port.told;
}

test("a frame holds three windows of the server's voice activity", () => {
  const told = frames(16000, { rate: 16000 });
  assert.deepEqual(told.map(({ pcm }) => pcm.byteLength), Array(10).fill(2 * 3 * 512));
  assert.deepEqual([...new Int16Array(told[0].pcm, 0, 2)], [8192, 8192]);
  assert.equal(told[0].rms, 0.25);
});

test("a device's own rate gives frames of the same length", () => {
  assert.equal(frames(48000, { rate: 48000 })[0].pcm.byteLength, 2 * 3 * 512 * 3);
  assert.equal(frames(96000, { rate: 96000, decimation: 2 })[0].pcm.byteLength, 2 * 3 * 512 * 3);
});

test("the end of a recording is a shorter frame, and none comes after it", () => {
  globalThis.sampleRate = 16000;
  const node = new Frames({ processorOptions: { decimation: 1 } });
  node.process([[new Float32Array(128)]]);
  node.port.onmessage();
  assert.deepEqual(node.port.told.map((told) => told?.pcm.byteLength ?? null), [256, null]);
  assert.equal(node.process([[]]), false);
});
