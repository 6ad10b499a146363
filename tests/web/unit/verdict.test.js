// One number and its reason.

import assert from "node:assert/strict";
import { test } from "node:test";
import { verdictOf } from "../../../web/page/feedback/verdict.js";

const words = (...statuses) => statuses.map((status, at) => ({ text: `word${at}`, status }));
const reading = { accuracy: 100, words: words("matched", "matched") };
const judged = (accuracy, fluency, prosodic, total) => ({ calibrated: true, accuracy, fluency, prosodic, total });
const pauses = (...expected) => ({ all_pause_list: expected.map((one) => ({ expected: one })), fillers: [] });
const said = (feedback, text = "") => {
  const { kind, score, reasons } = verdictOf(feedback, text);
  return [kind, score, ...reasons.map(({ key, values }) => [key.replace("why.", ""), ...Object.values(values)].join(" "))];
};

test("the number of a reading is the experts' total; its reasons are words, sounds and stops", () => {
  assert.deepEqual(said({ accuracy: reading, pronunciation: judged(90, 80, 80, 82), fluency: pauses(false, true, false) }), ["pronunciation", 82, "sounds.good", "stops 2"]);
  const read = { accuracy: 50, words: words("matched", "omitted", "substituted", "doubtful") };
  assert.deepEqual(said({ accuracy: read, pronunciation: judged(59.4, 80, 80, 55), fluency: pauses() }), ["pronunciation", 55, "words 2", "doubtful 1", "sounds.weak"]);
});

test("where every sound was clear and the number is low, flow or melody is told, with its own number", () => {
  assert.deepEqual(said({ accuracy: reading, pronunciation: judged(88, 71, 76, 74), fluency: pauses() }), ["pronunciation", 74, "sounds.good", "flow 71"]);
  assert.deepEqual(said({ accuracy: reading, pronunciation: judged(88, 78, 66, 74), fluency: pauses() }), ["pronunciation", 74, "sounds.good", "melody 66"]);
  assert.deepEqual(said({ accuracy: reading, pronunciation: judged(62, 79, 78, 64), fluency: pauses() }), ["pronunciation", 64, "sounds.fair"], "the sounds are the reason");
});

test("in a language without experts' scores the number is that of the words", () => {
  const ranked = { calibrated: false, total: 71, accuracy: 71 };
  assert.deepEqual(said({ accuracy: reading, pronunciation: ranked, fluency: pauses(false) }), ["accuracy", 100, "words.all", "stops 1"]);
  const doubtful = { accuracy: 50, words: words("matched", "doubtful") };
  assert.deepEqual(said({ accuracy: doubtful }), ["accuracy", 50, "doubtful 1"], "it is told like its mark");
});

test("every mark on the words is in the reason: doubtful words, stops, words that were not clear", () => {
  const doubtful = { accuracy: 90, words: words("matched", "doubtful") };
  assert.deepEqual(said({ accuracy: doubtful, pronunciation: judged(92, 90, 90, 88), fluency: pauses() }), ["pronunciation", 88, "doubtful 1", "sounds.fair"]);
  const differing = { accuracy: 50, words: words("omitted", "doubtful", "matched") };
  assert.deepEqual(said({ accuracy: differing, pronunciation: judged(92, 90, 90, 70), fluency: pauses(false) }),
    ["pronunciation", 70, "words 1", "doubtful 1", "sounds.fair", "stops 1"]);
  const sounded = (...scores) => ({ ...judged(85, 84, 83, 84), words: scores.map((score) => ({ score })) });
  assert.deepEqual(said({ accuracy: reading, pronunciation: sounded(95, 58), fluency: pauses() }), ["pronunciation", 84, "sounds.fair"]);
  assert.deepEqual(said({ accuracy: reading, pronunciation: sounded(95, 80), fluency: pauses() }), ["pronunciation", 84, "sounds.good"]);
  assert.deepEqual(said({ accuracy: reading, pronunciation: sounded(95, null), fluency: pauses() }), ["pronunciation", 84, "sounds.good"]);
});

test("a word that was said in another place differs once", () => {
  const read = [["always", "omitted"], ["I", "matched"], ["walk", "matched"], ["Always,", "inserted"], ["um", "inserted"]].map(([text, status]) => ({ text, status }));
  assert.deepEqual(said({ accuracy: { accuracy: 60, words: read } }), ["accuracy", 60, "words 2"]);
});

test("free talk has no number: pace, fillers, remarks on grammar", () => {
  const fluency = { words_per_minute: 110.4, fillers: ["um"], all_pause_list: [{ expected: false }] };
  const text = "word ".repeat(30);
  assert.deepEqual(said({ pronunciation: judged(90, 90, 90, 90), fluency, grammar: { checked: true, findings: [{}, {}] } }, text),
    [null, null, "minute.pace 110", "minute.fillers 1", "minute.remarks 2"]);
  assert.deepEqual(said({ fluency: { ...fluency, fillers: [] }, grammar: { checked: false, findings: [] } }, "Yes."), [null, null, "minute.fillers 0"]);
});
