import assert from "node:assert/strict";
import { test } from "node:test";
import { Lesson } from "../../../web/page/lesson/lesson.js";
import { Emitter } from "../../../web/sdk/emitter.js";

const FRAME = { pcm: new ArrayBuffer(2), level: -20 };

/** A lesson whose microphones give what a test says. */
function lesson() {
  const [inputs, sent] = [[], []];
  class Input extends Emitter {
    sampleRate = 16000;
    closed = 0;
    static changes = null; // of those after the first
    constructor() { super(); if (inputs.length) Input.changes?.(this); inputs.push(this); }
    async open() {}
    async close() { this.closed += 1; }
  }
  class Client extends Emitter {
    state = "connected";
    sendAudio(pcm) { sent.push(pcm); }
    start() {}
    update() {}
    end() { this.ended = true; }
  }
  const clients = [];
  const made = new Lesson({ url: "", sounds: { isPlaying: false }, Client: class extends Client { constructor() { super(); clients.push(this); } }, Input });
  made.client = clients[0];
  return { made, inputs, sent, Input };
}

test("who cancels while a microphone wakes up has it closed at once", async () => {
  const { made, inputs } = lesson();
  made.start({}, {});
  await new Promise((resolve) => { made.on("phase", ({ phase }) => phase === "waking" && resolve()); });
  made.stop();
  assert.equal(made.phase, "idle");
  assert.equal(inputs[0].closed, 1);
});

test("the last frames of an old microphone do not enter the next session", async () => {
  const { made, inputs, sent } = lesson();
  made.start({}, {});
  made.stop();
  made.start({}, {});
  inputs[0].emit("frame", FRAME);
  inputs[0].emit("lost");
  assert.equal(sent.length, 0);
  assert.equal(made.phase, "asking");
  inputs[1].emit("frame", FRAME);
  assert.equal(sent.length, 1);
});

test("a microphone that a call has taken away is opened again, and the session goes on", async () => {
  const { made, inputs, sent } = lesson();
  const phases = [];
  made.on("phase", ({ phase }) => phases.push(phase));
  const starting = made.start({}, { deviceId: "headset" });
  await new Promise((resolve) => setTimeout(resolve));
  inputs[0].emit("frame", FRAME);
  await starting;
  const recovered = new Promise((resolve) => { made.on("recovered", resolve); });
  const began = performance.now();
  inputs[0].emit("lost");
  await recovered;
  assert.ok(performance.now() - began < 1000);
  assert.equal(inputs[0].closed, 1);
  inputs[0].emit("frame", FRAME);
  inputs[1].emit("frame", FRAME);
  assert.equal(sent.length, 2, "the new one alone is heard");
  assert.equal(phases.at(-1), "connecting", "nothing has ended");
});

test("what cannot be practised ends the lesson: the page shows what the server would not hear", async () => {
  const { made, inputs } = lesson();
  const [phases, unfit, told] = [[], [], []];
  made.on("phase", ({ phase }) => phases.push(phase));
  made.on("unfit", ({ code }) => unfit.push(code));
  made.on("error", ({ code }) => told.push(code));
  const starting = made.start({}, {});
  await new Promise((resolve) => setTimeout(resolve));
  inputs[0].emit("frame", FRAME);
  await starting;
  made.update({ exercise: { type: "read_aloud", text: "…" } });
  made.client.emit("event", { type: "error", code: "too_many_messages", fatal: false, about: "turn.hold" });
  assert.equal(phases.at(-1), "connecting");
  made.client.emit("event", { type: "error", code: "no_text", fatal: false, about: "session.update" });
  assert.deepEqual([unfit, told, phases.at(-1)], [["no_text"], ["too_many_messages"], "finishing"]);
});

test("a microphone of another rate, or none, ends the lesson: the session has one rate", async () => {
  for (const change of [(input) => { input.sampleRate = 48_000; }, (input) => { input.open = async () => { throw new Error("none"); }; }]) {
    const { made, inputs, Input } = lesson();
    Input.changes = change;
    const starting = made.start({}, {});
    await new Promise((resolve) => setTimeout(resolve));
    inputs[0].emit("frame", FRAME);
    await starting;
    const problem = new Promise((resolve) => { made.on("phase", ({ problem: name }) => name && resolve(name)); });
    inputs[0].emit("lost");
    assert.equal(await problem, "unplugged");
  }
});
