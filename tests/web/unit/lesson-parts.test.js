import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { announcement } from "../../../web/page/feedback/announcement.js";
import { moments } from "../../../web/page/feedback/moments.js";
import { Retry } from "../../../web/page/feedback/retry.js";
import { scoredWords } from "../../../web/page/feedback/scored-words.js";
import { helloIn } from "../../../web/page/lesson/hello.js";
import { planLesson } from "../../../web/page/lesson/lesson-plan.js";
import { threeThings } from "../../../web/page/feedback/three-things.js";
import { addressOf, read as readAddress } from "../../../web/page/lesson/address.js";
import { readableFocus } from "../../../web/page/lesson/focus.js";
import { piecesOf, ReadingPlace, ReadLetters } from "../../../web/page/lesson/reading-place.js";
import { Turns } from "../../../web/page/lesson/turns.js";

const golden = JSON.parse(await readFile(new URL("../../golden/messages.json", import.meta.url)));
const event = (type) => golden.server.find((each) => each.type === type);
const final = event("transcript.final");
const t = (key, { text, heard } = {}) => [key, text, heard].filter(Boolean).join(" ");

// ---------------------------------------------------------------- what a screen reader is told

test("of a reading a screen reader hears the text's words, and what became of them", () => {
  const words = scoredWords({ final, accuracy: event("feedback.accuracy"), pronunciation: event("feedback.pronunciation") });
  assert.deepEqual(announcement({ words, isReading: true, said: final.text, language: "en", t }), [
    "announce.read The weather is very nice today.", "a: band.inserted a", "very: band.omitted", "today.: band.substituted day.",
  ]);
});

test("of free speech a screen reader hears what was recognised", () => {
  assert.deepEqual(announcement({ words: scoredWords({ final }), isReading: false, said: final.text, language: "en", t }), [`announce.said ${final.text}`]);
});

test("a Chinese text is told without spaces between its words", () => {
  const words = ["你", "好"].map((text) => ({ text, status: "matched" }));
  assert.deepEqual(announcement({ words, isReading: true, said: "", language: "zh-CN", t }), ["announce.read 你好"]);
});

// ---------------------------------------------------------------- the reader's place

const TEXT = "The weather is warm today, so we can sit outside.".split(" ");

test("the place moves on with the words that are recognised, and back where they were revised", () => {
  const place = new ReadingPlace(TEXT);
  assert.deepEqual(["the", "the weather", "the whether", "the weather is warm today so"].map((said) => place.follow("u1", said)), [1, 2, 1, 6]);
});

test("a word that was missed or added does not lose the place", () => {
  const place = new ReadingPlace(TEXT);
  assert.equal(place.follow("u1", "the weather um is today"), 5);
  assert.equal(place.follow("u1", "so hello world"), 0);
});

test("after a sentence the next one begins where the server says that the text was read to", () => {
  const place = new ReadingPlace(TEXT);
  place.follow("u1", "the weather is warm today");
  place.settle(5);
  assert.equal(place.follow("u2", ""), 5);
  assert.equal(place.follow("u2", "so we can"), 8);
});

const read = (text, words, { start = 0, end = start + words.length, letters = new ReadLetters(piecesOf(text)) } = {}) =>
  letters.read({ start, end, words: words.map((word) => (typeof word === "string" ? { text: word, status: "matched" } : word)) });

test("what is shown of a text is the whole of it, in words without empty ones", () => {
  assert.deepEqual(piecesOf("A  - B\n\n1. First ?"), ["A  - ", "B\n\n", "1. ", "First ?"]);
  assert.deepEqual(piecesOf("你好。"), ["你好。"]);
  for (const text of ["", " a", "— Tout ?\n\n— Oui\u00a0!"]) assert.equal(piecesOf(text).join(""), text);
});

test("words light up that were read, however the server counts them", () => {
  assert.equal(read("One and/or two three", ["One", "and/", "or"]), 2);
  assert.equal(read("Well—done my friend", ["Well—", "done"]), 1);
  assert.equal(read("A - B C", ["A", "- B"]), 2);
  assert.equal(read("1. First thing", ["1. First"]), 2);
  assert.equal(read("C'est tout ? Oui", ["C'est", "tout ?"]), 2);
  assert.equal(read("One\n\ntwo three", ["One", "two"]), 2);
  assert.equal(read("<b>one</b> two", ["one", "two"]), 2);
  assert.equal(read("你好吗", ["你", "好"]), 0, "a part of the only piece");
  assert.equal(read("你好吗", ["你", "好", "吗"]), 1);
  assert.equal(read("one two", []), 0);
});

test("words that were added count for nothing, and the next sentence goes on behind the last", () => {
  const letters = new ReadLetters(piecesOf("A - B c b d"));
  assert.equal(read("", ["A", { text: "c", status: "inserted" }, "- B"], { end: 2, letters }), 2);
  assert.equal(read("", ["c", "b"], { start: 2, letters }), 4);
  assert.equal(read("", ["d"], { start: 9, letters }), 5, "a place that is not known is looked for");
});

// ---------------------------------------------------------------- whose exercise it was

test("an utterance belongs to the exercise that was shown when it began", () => {
  const turns = new Turns();
  turns.show({ type: "read_aloud", text: "A" });
  turns.begin("u1");
  turns.show({ type: "read_aloud", text: "A" });
  assert.ok(turns.isNow("u1"), "the same one was shown once more");
  turns.show({ type: "read_aloud", text: "B" });
  turns.begin("u2");
  assert.deepEqual(["u1", "u2", "u3"].map((name) => turns.isNow(name)), [false, true, true]);
  turns.showAnew();
  assert.ok(!turns.isNow("u2"), "its text is to be read again");
  turns.beginSession();
  assert.ok(turns.isNow("u2"), "a name of another session");
});

// ---------------------------------------------------------------- once more

test("a text that is said again is compared with how it was before, and then with the newest", () => {
  const retry = new Retry();
  retry.expect("The weather is warm.", 61);
  assert.equal(retry.take("I have two brothers.", 90), null);
  assert.equal(retry.take("the weather is warm", 84), 61);
  assert.equal(retry.take("The weather is warm.", 80), 84);
  assert.equal(new Retry().take("", 50), null);
});

test("what has no score yet is compared with its first attempt, until something else is practised", () => {
  const retry = new Retry();
  retry.expect("weather");
  assert.equal(retry.take("Weather.", 84), null);
  retry.expect("weather");
  assert.equal(retry.take("weather", 90), 84, "asking once more forgets nothing");
  retry.forget();
  assert.equal(retry.take("weather", 95), null);
});

test("a session has a best and a hardest sentence where two differ in the number that is shown", () => {
  const [good, poor, unscored] = [{ text: "a", score: 90.4 }, { text: "b", score: 52 }, { text: "c", score: undefined }];
  assert.deepEqual(moments([unscored, poor, good]), { best: good, hardest: poor });
  for (const none of [[], [good], [good, unscored], [good, { text: "d", score: 90.1 }], [good, { text: "a", score: 60 }]]) assert.equal(moments(none), null);
});

// ---------------------------------------------------------------- lessons

const item = (kind, id, level = "A2", prompt = id) => ({ id, kind, level, prompt, lines: [], focus: null, exercise: { type: kind === "dialogue" ? "dialogue" : "read_aloud", text: prompt, id } });
const LIBRARY = [
  ...["a long sentence of many words", "longer than the short ones", "short", "tiny", "a middle one", "the sixth sentence", "seven"].map((text, at) => item("read_aloud", `r${at + 1}`, "A2", text)),
  item("minimal_pair", "p1"), item("minimal_pair", "p2"), item("dialogue", "d1"), item("free", "f1"),
];
const ids = (lesson) => lesson.map(({ id, kind }) => id ?? kind);

test("a lesson has eight exercises: easy sentences, words of last time, a pair, and a dialogue at the end", () => {
  const lesson = planLesson({ items: LIBRARY, words: ["three", "think", "this", "those", "then"] });
  assert.deepEqual(ids(lesson), ["r4", "r3", "words", "r5", "p1", "r2", "r1", "d1"]);
  assert.equal(lesson[2].exercise.text, "three, think, this, those");
  assert.ok(lesson.every(({ exercise }) => exercise.in_lesson), "the tutor proposes nothing else");
});

test("a newcomer's lesson begins with a hello, and the next one with what was not done yet", () => {
  assert.deepEqual(ids(planLesson({ items: LIBRARY, hello: helloIn("en", "A2") })), ["hello", "r4", "r3", "r5", "p1", "r2", "r1", "d1"]);
  const next = ids(planLesson({ items: LIBRARY, done: { read_aloud: "r5", minimal_pair: "p1" } }));
  assert.deepEqual(next.filter((id) => ["r6", "r7", "p2"].includes(id)).length, 3);
  assert.equal(next.length, 8);
});

test("a lesson of a small library is shorter, and of an empty one there is none", () => {
  assert.deepEqual(ids(planLesson({ items: [item("read_aloud", "r1")] })), ["r1"]);
  assert.deepEqual(planLesson({ items: [] }), []);
  assert.equal(helloIn("it", ""), null);
});

// ---------------------------------------------------------------- the end of a lesson

const said = (text, score, stops = 0, phones = []) => ({ text, score, stops, language: "en", calibrated: true, words: phones.map(([word, ipa, sound]) => ({ text: word, phones: [{ ipa, score: sound }] })) });
const things = (sentences, practise = []) => threeThings({ sentences, practise, isKnown: (ipa) => ipa !== "x" });

test("after a lesson there are three things to do: the weakest sound, words, and stops or a sentence", () => {
  const sentences = [
    said("One.", 90, 1, [["This", "ð", 30], ["that,", "ð", 50], ["wet", "w", 60]]),
    said("Two.", 60, 0, [["we", "w", 95], ["then", "ð", 85], ["ach", "x", 1], ["ach", "x", 1]]),
  ];
  assert.deepEqual(things(sentences, ["think"]), [
    { kind: "sound", ipa: "ð", words: ["this", "that"] },
    { kind: "words", words: ["think"] },
    { kind: "flow", count: 1 },
  ]);
  assert.deepEqual(things(sentences.slice(1)), [{ kind: "sentence", text: "Two.", language: "en" }], "a sound that was heard once is chance");
});

test("after a lesson that went well nothing is made up, nor where sounds are not judged", () => {
  assert.deepEqual(things([said("One.", 92, 0, [["we", "w", 95], ["wet", "w", 90]])]), []);
  assert.deepEqual(things([{ ...said("One.", undefined, 0, [["we", "w", 5], ["wet", "w", 9]]), calibrated: false }]), []);
});

// ---------------------------------------------------------------- addresses

test("what is practised, and each place, has an address, and the address leads back to it", () => {
  for (const place of [{ kind: "read_aloud", id: "en-a1-read-3" }, { kind: "dialogue", id: "a/b ü" }]) {
    assert.deepEqual(readAddress(addressOf(place)), { place: "practise", id: place.id });
  }
  for (const place of [{ place: "practise", kind: "shadow", id: "en-a1-read-3" }, { place: "practise", kind: "own" }, { place: "practise", kind: "lesson" }, { place: "talk", id: "f1" }, { place: "progress" }]) {
    assert.deepEqual(readAddress(addressOf(place)), place);
  }
  assert.equal(addressOf({ kind: "read_aloud", id: "en-a1-read-3" }), "#/practise/en-a1-read-3");
  assert.equal(addressOf({ place: "talk", kind: "free" }), "#/talk");
});

test("an address that names nothing, or half a sign, breaks nothing", () => {
  for (const hash of ["", "#", "#/", "#x", "#/a/b/c", "#/practise/a/b"]) assert.equal(readAddress(hash), null, hash);
  assert.deepEqual(readAddress("#/practise/"), { place: "practise" });
  assert.deepEqual(readAddress("#/practise/%E0"), { place: "practise", id: "%E0" });
});

// ---------------------------------------------------------------- what an exercise is good for

test("a teacher's terms are shown only to who reads their language; sounds to everybody", () => {
  assert.equal(readableFocus("/ð/, plural", "en", "en"), "/ð/, plural");
  assert.equal(readableFocus("/ð/, plural", "en-GB", "ru"), "/ð/");
  assert.equal(readableFocus("/ʏ/ und /yː/", "de", "en"), "/ʏ/, /yː/");
  assert.equal(readableFocus("third person -s", "en", "ru"), null);
  assert.equal(readableFocus(null, "en", "en"), null);
});
