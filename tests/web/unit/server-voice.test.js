// The server's voice, as the page asks for it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ServerVoice } from "../../../web/page/sounds/server-voice.js";

function server(voices) {
  const asked = [];
  const ask = async (method, path, { body } = {}) => {
    asked.push({ path, ...body });
    if (path === "/v1/voices" && voices) return { data: voices };
    if (path === "/v1/audio/speech" && body.input !== "away") return new Int16Array([1, 2, 3]).buffer;
    throw new Error("away");
  };
  return { asked, voice: new ServerVoice(ask) };
}

test("the first voice of a language reads; the same text is asked for once, another pace is another reading", async () => {
  const { asked, voice } = server([{ id: "any", language: null }, { id: "joe", language: "en-US" }, { id: "amy", language: "en-GB" }]);
  assert.equal(voice.speaks("en"), false, "before anybody has asked");
  await Promise.all([voice.load(), voice.load()]);
  assert.deepEqual([voice.speaks("en-GB"), voice.speaks("de")], [true, false]);
  const [{ samples, rate }] = [await voice.reading("Hello.", "en"), await voice.reading("Hello.", "en"), await voice.reading("Hello.", "en", 0.7)];
  assert.deepEqual([[...samples], rate], [[1, 2, 3], 24_000]);
  const speech = { path: "/v1/audio/speech", input: "Hello.", model: "tts-1", voice: "joe", response_format: "pcm" };
  assert.deepEqual(asked, [{ path: "/v1/voices" }, { ...speech, speed: 1 }, { ...speech, speed: 0.7 }]);
});

test("a reading that failed is asked for again, and a server without a voice speaks nothing", async () => {
  const { asked, voice } = server([{ id: "joe", language: "en" }]);
  await voice.load();
  for (let n = 0; n < 2; n += 1) await assert.rejects(voice.reading("away", "en"));
  assert.equal(asked.length, 3);
  const silent = server(null).voice;
  await silent.load();
  assert.equal(silent.speaks("en"), false);
});
