// A talk of a minute, and how its words are marked.

import assert from "node:assert/strict";
import { test } from "node:test";
import { scoredWords } from "../../../web/page/feedback/scored-words.js";
import { Minute } from "../../../web/page/talk/minute.js";

const final = (utterance, text, start_ms, end_ms, language = "en") => ({ utterance, text, language, start_ms, end_ms });

test("a talk has a pace, fillers and remarks, over all that was said to one question", () => {
  const minute = new Minute();
  assert.equal(minute.figures, null);
  minute.receiveFinal(final("u1", "I um went home by bus", 0, 4000));
  assert.deepEqual(minute.figures, { pace: undefined, fillers: 0, remarks: undefined }, "of a few words a pace is chance");
  minute.receiveFeedback({ type: "feedback.fluency", utterance: "u1", fillers: ["um"] });
  minute.receiveFeedback({ type: "feedback.grammar", utterance: "u1", findings: [], checked: false });
  minute.receiveFinal(final("u2", "and then I go to bed", 6000, 12_000));
  minute.receiveFeedback({ type: "feedback.grammar", utterance: "u2", findings: [{}], checked: true });
  assert.deepEqual([minute.ms, minute.figures], [10_000, { pace: 66, fillers: 1, remarks: 1 }]);
  minute.join({ utterance: "u2", joined: ["u1"] });
  minute.receiveFinal(final("u2", "I um went home by bus and then I go to bed", 0, 12_000));
  assert.equal(minute.ms, 12_000);
  minute.receiveFinal(final("u3", "mm-hm", 13_000, 14_000));
  minute.forget("u3");
  assert.equal(minute.ms, 12_000, "what was not for the tutor is not counted");
  minute.begin();
  assert.equal(minute.figures, null);
});

test("where words are not written apart a talk has no pace", () => {
  const minute = new Minute();
  minute.receiveFinal(final("u1", "今天天气很好我想出去走走", 0, 9000, "zh"));
  assert.deepEqual(minute.figures, { pace: undefined, fillers: 0, remarks: undefined });
});

test("what was recognised of free speech is never called right, and a doubtful word is dotted, not wrong", () => {
  const words = ["clear", "fair", "unclear", "unknown"].map((text, at) => ({ text, start_ms: at, end_ms: at + 1 }));
  const scores = [95, 70, 20, null];
  const pronunciation = { calibrated: true, basis: "transcript", words: words.map((word, at) => ({ ...word, score: scores[at], phones: [] })) };
  const bands = (found) => scoredWords({ final: { text: "clear fair unclear unknown", language: "en", words }, pronunciation: found }).map(({ band }) => band);
  assert.deepEqual(bands(pronunciation), ["plain", "plain", "unsure", "unsure"]);
  assert.deepEqual(bands({ ...pronunciation, basis: "text" }).slice(0, 3), ["good", "fair", "weak"]);
});
