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
    constructor() { super(); inputs.push(this); }
    async open() {}
    async close() { this.closed += 1; }
  }
  class Client extends Emitter {
    state = "connected";
    sendAudio(pcm) { sent.push(pcm); }
    start() {}
    end() {}
  }
  const made = new Lesson({ url: "", sounds: { isPlaying: false }, Client, Input });
  return { made, inputs, sent };
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
