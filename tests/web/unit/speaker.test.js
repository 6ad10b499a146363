import assert from "node:assert/strict";
import { test } from "node:test";
import { PracticeClient } from "../../../web/sdk/index.js";
import { Speaker } from "../../../web/sdk/speaker.js";
import { FakeClock, fakeSockets } from "../support/fakes.js";

const RATE = 8000;
const BLOCK = 128;

let Player;
globalThis.sampleRate = RATE;
globalThis.AudioWorkletProcessor = class { port = { postMessage: (data) => this.port.told.push(data), told: [] }; };
globalThis.registerProcessor = (name, kind) => { Player = kind; };
await import("../../../web/sdk/speaker-worklet.js");

/** A frame of the server: PCM16 behind its header. */
function frame(reply, position, samples, last = false) {
  const data = new ArrayBuffer(12 + 2 * samples.length);
  const view = new DataView(data);
  view.setUint8(0, 1);
  view.setUint8(1, 1);
  view.setUint16(2, last ? 1 : 0, true);
  view.setUint32(4, reply, true);
  view.setUint32(8, position, true);
  new Int16Array(data, 12).set(samples);
  return data;
}

const ramp = (from, to) => Int16Array.from({ length: to - from }, (_, index) => from + index + 1);

/** A page with a speaker: the audio thread runs when it is told to. */
async function setUp() {
  const { sockets, FakeSocket } = fakeSockets();
  const clock = new FakeClock();
  const client = new PracticeClient("http://tutor.test", { WebSocket: FakeSocket, clock, random: () => 0.5 });
  const player = new Player();
  globalThis.AudioWorkletNode = class {
    port = { postMessage: (data) => player.receive(data), onmessage: null };
    connect() {}
    disconnect() {}
  };
  const context = () => ({ audioWorklet: { addModule: async () => {} }, resume: async () => {}, close() {}, destination: {} });
  const speaker = new Speaker(client, { context, now: clock.now });
  const told = [];
  for (const type of ["begin", "word", "end", "underrun"]) speaker.on(type, (detail) => told.push([type, detail]));
  client.start({ speech: { sample_rate: RATE } });
  const last = () => sockets.at(-1);
  last().begin();
  const nodes = [];
  const Node = globalThis.AudioWorkletNode;
  globalThis.AudioWorkletNode = class extends Node { constructor(...all) { super(...all); nodes.push(this); } };
  await speaker.open(RATE);
  let seq = 1;
  const tell = (event) => last().tell({ seq: (seq += 1), ...event });
  const hear = (data) => last().onmessage({ data });
  /** Plays so many samples; what came out of the loudspeaker. */
  const play = (samples) => {
    const out = [];
    for (let at = 0; at < samples; at += BLOCK) {
      const block = new Float32Array(BLOCK);
      player.process([], [[block]]);
      out.push(...block);
      for (const data of player.port.told.splice(0)) nodes[0].port.onmessage({ data });
    }
    return out;
  };
  const begin = (reply, text = "Good morning.") => tell({ type: "tutor.speech.started", utterance: "u1", reply, text, sample_rate: RATE });
  const played = () => last().messages.filter(({ type }) => type === "speech.played");
  return { client, clock, speaker, sockets, last, tell, hear, play, begin, played, told };
}

const loudest = (samples) => Math.max(...samples.map(Math.abs));

test("a reply is played from its first to its last sample, and the server hears how far it is", async () => {
  const { hear, play, begin, played, told, tell, clock } = await setUp();
  begin(1);
  tell({ type: "tutor.speech.marks", utterance: "u1", reply: 1, words: [{ text: "Good", start_ms: 0 }, { text: "morning.", start_ms: 200 }] });
  hear(frame(1, 0, ramp(0, 1600)));
  hear(frame(1, 1600, ramp(1600, 4000), true));
  const out = play(1536);
  await clock.advance(300);
  out.push(...play(2560));
  const heard = out.map((sample) => Math.round(sample * 32768)).filter((sample) => sample !== 0);
  assert.deepEqual(heard, [...ramp(0, 4000)]);
  assert.equal(played().at(-1).position_ms, 500);
  assert.deepEqual(told.map(([type, { text }]) => [type, text]), [["begin", "Good morning."], ["word", "Good"], ["word", "morning."], ["end", undefined]]);
});

test("what was broken off is silent within a block, and ends once", async () => {
  const { hear, play, begin, tell, told, speaker, last } = await setUp();
  begin(1);
  hear(frame(1, 0, new Int16Array(8000).fill(9000)));
  assert.ok(loudest(play(512)) > 0.2);
  tell({ type: "tutor.speech.cancelled", utterance: "u1", reply: 1, heard_ms: 60, heard: "Good", reason: "interrupted" });
  assert.equal(loudest(play(512)), 0);
  hear(frame(1, 8000, new Int16Array(800).fill(9000)));
  begin(2);
  hear(frame(2, 0, new Int16Array(8000).fill(5000)));
  assert.ok(loudest(play(512)) > 0.1);
  speaker.stop();
  assert.equal(loudest(play(512)), 0);
  assert.equal(last().messages.at(-1).type, "speech.stop");
  assert.deepEqual(told.filter(([type]) => type === "end").map(([, detail]) => detail), [{ reply: 1, cancelled: true }, { reply: 2, cancelled: true }]);
});

test("a tutor that is ducked is soft within 20 ms, and as loud as before afterwards", async () => {
  const { hear, play, begin, tell } = await setUp();
  begin(1);
  hear(frame(1, 0, new Int16Array(16000).fill(10000)));
  play(512);
  tell({ type: "tutor.speech.ducked", utterance: "u1", reply: 1 });
  play(256);
  assert.ok(loudest(play(256)) < 0.04);
  tell({ type: "tutor.speech.unducked", utterance: "u1", reply: 1 });
  play(256);
  assert.ok(loudest(play(256)) > 0.3);
});

test("audio that is late is silence, told with its length", async () => {
  const { hear, play, begin, told } = await setUp();
  begin(1);
  hear(frame(1, 0, ramp(0, 256)));
  play(256 + 800);
  hear(frame(1, 256, ramp(256, 512), true));
  play(512);
  const [[, { ms }]] = told.filter(([type]) => type === "underrun");
  assert.ok(ms >= 80 && ms <= 115, `${ms} ms`);
});

test("a client that comes back names what it has, and hears no sample twice", async () => {
  const { client, clock, hear, sockets, last, begin } = await setUp();
  const got = [];
  client.on("tutor.audio", ({ position, pcm }) => got.push([position, pcm.length]));
  begin(1);
  hear(frame(1, 0, ramp(0, 1200)));
  last().fail();
  await clock.advance(2000);
  assert.equal(sockets.length, 2);
  last().onopen();
  assert.deepEqual(last().messages[0].resume.speech, { reply: 1, position_ms: 150 });
  last().tell({ type: "session.started", seq: 3, session: "s", token: "t", limits: { max_speed: 2, speed_burst_ms: 5000 }, recovered: true });
  hear(frame(1, 800, ramp(800, 2000)));
  assert.deepEqual(got, [[0, 1200], [1200, 800]]);
});

test("what is no frame and no event of ours is passed over", async () => {
  const { client, hear, begin, last } = await setUp();
  const got = [];
  client.on("tutor.audio", ({ pcm }) => got.push(pcm.length));
  begin(1);
  for (const length of [0, 1, 11, 12, 13, 15]) hear(new ArrayBuffer(length));
  const odd = new Uint8Array(15);
  odd.set([1, 1, 0, 0, 1]);
  hear(odd.buffer);
  for (const text of ["", "no JSON", "null", "3", "[]", "{}", '{"type": 7}', '{"type": "of.a.newer.server", "seq": 9}']) last().onmessage({ data: text });
  hear(frame(1, 0, ramp(0, 10)));
  assert.deepEqual(got, [10]);
  assert.equal(client.state, "connected");
});

test("what was heard while nobody could be told is told when the client is back", async () => {
  const { clock, hear, play, begin, last } = await setUp();
  begin(1);
  hear(frame(1, 0, ramp(0, 1600), true));
  last().fail();
  play(2000);
  await clock.advance(2000);
  last().onopen();
  last().tell({ type: "session.started", seq: 3, session: "s", token: "t", limits: { max_speed: 2, speed_burst_ms: 5000 }, recovered: true });
  await clock.advance(4000);
  const played = last().messages.filter(({ type }) => type === "speech.played");
  assert.deepEqual(played, [{ type: "speech.played", reply: 1, position_ms: 200 }]);
});
