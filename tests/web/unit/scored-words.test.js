import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { markOf, scoreBand, scoredWords, weakestSound, wordsBefore } from "../../../web/page/feedback/scored-words.js";

const golden = JSON.parse(await readFile(new URL("../../golden/messages.json", import.meta.url)));
const event = (type) => golden.server.find((each) => each.type === type);
const final = event("transcript.final");
const accuracy = event("feedback.accuracy");
const pronunciation = event("feedback.pronunciation");

const shown = (words) => words.map(({ gap, text }) => gap + text).join("");
const bands = (words) => words.map(({ band }) => band);

test("before any feedback the final's words are shown as it spells them, without marks", () => {
  const words = scoredWords({ final });
  assert.equal(shown(words), final.text);
  assert.deepEqual(new Set(bands(words)), new Set(["plain"]));
});

test("a text that was read is shown as the text has it, each word with what became of it", () => {
  const words = scoredWords({ final, accuracy, pronunciation });
  assert.equal(shown(words), "The weather is a very nice today.");
  assert.deepEqual(bands(words), ["good", "weak", "good", "inserted", "omitted", "fair", "substituted"]);
  assert.equal(words[6].heard, "day.");
  assert.deepEqual(words[1].phones.map(({ ipa }) => ipa), ["w", "ɛ", "ð", "ɚ"]);
});

test("of another word of which nobody is sure nothing is quoted", () => {
  assert.equal(markOf({ band: "substituted", heard: "day." }), "band.substituted");
  assert.equal(markOf({ band: "substituted", heard: null }), "legend.substituted");
  assert.equal(markOf({ band: "good", heard: null }), "band.good");
});

test("a word that was perhaps not said is marked as such, however it sounded", () => {
  const read = [{ text: "two", status: "matched" }, { text: "cats", status: "doubtful", heard: "cat" }];
  const sounds = [{ text: "two", score: 90 }, { text: "cats", score: 45 }].map((word) => ({ ...word, start_ms: 0, end_ms: 90 }));
  const words = scoredWords({ final, accuracy: { words: read }, pronunciation: { calibrated: true, words: sounds } });
  assert.deepEqual(bands(words), ["good", "doubtful"]);
});

test("a word that was said in another place is told where the text has it, once", () => {
  const status = (text, one, at = 0) => ({ text, status: one, start_ms: at, end_ms: at + 90 });
  const read = [status("I", "matched"), { text: "always", status: "omitted" }, status("walk", "matched", 100), status("always", "inserted", 200), status("always", "inserted", 300)];
  const words = scoredWords({ final, accuracy: { words: read } });
  assert.deepEqual(words.map(({ text, band, startMs }) => [text, band, startMs]), [["I", "plain", 0], ["always", "moved", 200], ["walk", "plain", 100], ["always", "inserted", 300]]);
  assert.deepEqual(wordsBefore(words, [{ start_ms: 90, end_ms: 100 }]), [0], "its own time is of another place");
});

test("a word that was not said has no sound to play", () => {
  const [, , , , omitted] = scoredWords({ final, accuracy, pronunciation });
  assert.deepEqual([omitted.startMs, omitted.endMs, omitted.score], [null, null, null]);
});

test("in free speech the sounds go to the recognised words, punctuation or not", () => {
  const sounds = final.words.map(({ text, start_ms, end_ms }) => ({ text: text.replace(".", ""), start_ms, end_ms, score: 90, phones: [] }));
  const words = scoredWords({ final, pronunciation: { calibrated: true, words: sounds } });
  assert.deepEqual(new Set(bands(words)), new Set(["good"]));
});

test("a sound whose word is missing shifts no other sound", () => {
  const sounds = [{ text: "weather", start_ms: 600, end_ms: 980, score: 20 }, { text: "nice", start_ms: 1560, end_ms: 2040, score: 70 }];
  const words = scoredWords({ final, pronunciation: { calibrated: true, words: sounds } });
  assert.deepEqual(words.map(({ score }) => score), [null, 20, null, null, null, 70, null]);
});

test("scores that only rank mark outliers and praise nothing", () => {
  const scores = [60, 62, 61, 20, 60, 59, 61];
  const words = final.words.map((word, index) => ({ ...word, score: scores[index], phones: [] }));
  const found = scoredWords({ final, pronunciation: { calibrated: false, words } });
  assert.deepEqual(bands(found), ["plain", "plain", "plain", "below", "plain", "plain", "plain"]);
});

test("languages without spaces get none between their words", () => {
  const words = [{ text: "你", status: "matched" }, { text: "好", status: "matched" }];
  assert.equal(shown(scoredWords({ final: { language: "zh-CN", text: "你好", words: [] }, accuracy: { words } })), "你好");
});

test("of a word's sounds the one that was furthest away is to be worked on, and none where all were fair", () => {
  const sounds = [{ ipa: "w", score: 45 }, { ipa: "ɛ", score: 90 }, { ipa: "ð", score: 31 }];
  assert.equal(weakestSound(sounds), "ð");
  assert.equal(weakestSound([{ ipa: "w", score: 60 }]), null);
  assert.equal(weakestSound([]), null);
});

test("a score has the colour of the number that is shown", () => {
  for (const [score, band] of [[79.6, "good"], [79.4, "fair"], [59.5, "fair"], [59.4, "weak"]]) assert.equal(scoreBand(score), band, String(score));
  assert.equal(weakestSound([{ ipa: "w", score: 59.6 }]), null);
});

test("a stop stands behind the word before it, and none behind the last word", () => {
  const words = [[0, 100], [null, null], [100, 300], [900, 1200]].map(([startMs, endMs]) => ({ startMs, endMs }));
  assert.deepEqual(wordsBefore(words, [{ start_ms: 300, end_ms: 900 }, { start_ms: 1300, end_ms: 2000 }]), [2]);
  assert.deepEqual(wordsBefore(words, [{ start_ms: -500, end_ms: -100 }]), [], "before the first word nobody stops");
});
