// Progress: what is made of sessions, and what a guest's browser keeps and hands over.

import assert from "node:assert/strict";
import { test } from "node:test";
import { daysOf, hardWords, soundsOf, streakOf, sumsOf, weeksOf } from "../../../web/page/progress/figures.js";
import { Journal, pieces } from "../../../web/page/progress/journal.js";
import { Preferences } from "../../../web/page/lesson/preferences.js";

const NOW = new Date(2026, 2, 12, 9); // a Thursday
const at = (day, hour = 10) => new Date(2026, 2, day, hour).toISOString();
const sum = (...scores) => ({ sum: scores.reduce((all, score) => all + score, 0), count: scores.length });
const told = (day, { audio_s = 60, pronunciation = sum(), accuracy = sum(), fluency = sum(), sounds = {}, language = "en" } = {}) =>
  ({ id: `s${day}`, started_at: at(day), language, audio_s, utterances: 1, accuracy, pronunciation, fluency, sounds });

const uttered = (name, score, word = "weather") => ({
  name, text: word, language: "en", start_ms: 0, end_ms: 2000, words: [], reply: "",
  scores: { accuracy: { accuracy: 90 }, fluency: { score: 70 }, pronunciation: { calibrated: true, total: score, words: [{ text: `${word}.`, score, phones: [{ ipa: "w", score }] }] } },
});

test("days in a row count up to today, and a day that has only begun breaks nothing", () => {
  const days = (...practised) => daysOf(practised.map((day) => told(day)), NOW, 14);
  assert.equal(streakOf(days(10, 11, 12)), 3);
  assert.equal(streakOf(days(10, 11)), 2);
  assert.equal(streakOf(days(9, 10)), 0);
  assert.equal(streakOf(days()), 0);
  assert.equal(streakOf(daysOf([], NOW, 0)), 0);
  assert.deepEqual(days(12, 12).at(-1).seconds, 120);
  assert.deepEqual(days().map(({ day }) => day).slice(0, 1), ["2026-02-27"]);
});

test("a late evening belongs to its own day, also where the clock is changed", () => {
  const march = daysOf([{ ...told(1), started_at: new Date(2026, 2, 29, 23, 59).toISOString() }], new Date(2026, 2, 30, 0, 1), 3);
  assert.deepEqual(march.map(({ day, seconds }) => [day, seconds]), [["2026-03-28", 0], ["2026-03-29", 60], ["2026-03-30", 0]]);
});

test("weeks have means of their sentences, not of their sessions", () => {
  const weeks = weeksOf([
    told(12, { pronunciation: sum(90) }), told(9, { pronunciation: sum(60, 60, 60), fluency: sum(70) }), told(8, { accuracy: sum(50) }),
  ]);
  assert.deepEqual(weeks, [
    { week: "2026-03-02", accuracy: 50, pronunciation: undefined, fluency: undefined },
    { week: "2026-03-09", accuracy: undefined, pronunciation: 67.5, fluency: 70 },
  ]);
});

test("sounds are those of the language that were heard three times, the weakest first", () => {
  const sounds = { ð: sum(30, 40), w: sum(90), x: sum(1) };
  const found = soundsOf([told(1, { sounds }), told(2, { sounds }), told(3, { sounds: { w: sum(60) } }), told(4, { sounds: { ð: sum(0) }, language: "de" })], "en");
  assert.deepEqual(found, [{ ipa: "ð", mean: 35, count: 4 }, { ipa: "w", mean: 80, count: 3 }]);
});

test("what a guest's browser keeps gives the sums that the server would tell", () => {
  const session = { id: "g", started_at: at(1), language: "en", audio_s: 4, spoken: [uttered("u1", 40), { ...uttered("u2", 80), scores: { pronunciation: { calibrated: false, total: 1, words: [] } } }] };
  assert.deepEqual(sumsOf(session), { id: "g", started_at: at(1), language: "en", audio_s: 4, utterances: 2, accuracy: sum(90), pronunciation: sum(40), fluency: sum(70), sounds: { w: sum(40) } });
});

test("a guest's words are those whose last score was low", () => {
  const session = (day, ...spoken) => ({ started_at: at(day), spoken });
  const words = hardWords([session(2, uttered("u1", 90, "weather")), session(1, uttered("u1", 20, "weather"), uttered("u2", 50, "think"), uttered("u3", 10, "the"))]);
  assert.deepEqual(words, [{ word: "think", language: "en", score: 50, due: true }]);
});

class Memory {
  kept = new Map();
  all = async () => [...this.kept.values()];
  put = async (session) => void this.kept.set(session.id, session);
  remove = async (id) => void this.kept.delete(id);
  clear = async () => this.kept.clear();
}

test("a guest's session is kept once something was said, and a sentence that is told anew once", async () => {
  const memory = new Memory();
  const journal = new Journal(memory);
  const kept = journal.begin({ language: "en", exercise: { type: "read_aloud", text: "long", id: "x" } }, NOW);
  assert.deepEqual(await journal.sessions(), []);
  await kept.add(uttered("u1", 40));
  await kept.add(uttered("u1", 50));
  await kept.add({ ...uttered("u2", 60), end_ms: 9000 });
  const [session] = await journal.sessions();
  assert.deepEqual([session.exercise, session.audio_s, session.spoken.map(({ name }) => name)], [{ type: "read_aloud" }, 9, ["u1", "u2"]]);
});

test("what was deleted does not come back with a late answer", async () => {
  const memory = new Memory();
  const journal = new Journal(memory);
  const kept = journal.begin({ language: "en", exercise: { type: "free" } }, NOW);
  await kept.add(uttered("u1", 40));
  await journal.clear();
  await kept.add(uttered("u2", 40));
  assert.deepEqual(await journal.sessions(), []);
});

test("a late answer goes to the session that it belongs to, when another one has begun", async () => {
  const journal = new Journal(new Memory());
  const talk = journal.begin({ language: "en", exercise: { type: "conversation" } }, NOW);
  const reading = journal.begin({ language: "en", exercise: { type: "read_aloud" } }, new Date(NOW.getTime() + 60_000));
  await reading.add(uttered("u1", 40));
  await talk.add(uttered("u1", 50));
  assert.deepEqual((await journal.sessions()).map(({ exercise, spoken }) => [exercise.type, spoken.length]), [["read_aloud", 1], ["conversation", 1]]);
});

test("what is handed over goes in pieces that a request can hold, and only what has arrived is forgotten", async () => {
  const memory = new Memory();
  const journal = new Journal(memory);
  for (const day of [1, 2]) {
    const kept = journal.begin({ language: "en", exercise: { type: "free" } }, new Date(2026, 2, day));
    for (let n = 0; n < 12; n += 1) await kept.add(uttered(`u${n}`, 40));
  }
  const sent = [];
  await assert.rejects(journal.handOver(async (session) => {
    if (sent.length === 2) throw new Error("away");
    sent.push(session);
  }));
  assert.deepEqual(sent.map(({ type, spoken }) => [type, spoken.length]), [["free", 10], ["free", 2]]);
  assert.equal(memory.kept.size, 1);
  assert.equal(await journal.handOver(async () => {}), true);
  assert.equal(await journal.handOver(async () => {}), false);
  for (const day of [3, 4, 5]) {
    await journal.begin({ language: "en", exercise: { type: "free" } }, new Date(2026, 2, day)).add(uttered("u1", 40));
  }
  const [, odd] = await journal.sessions();
  await assert.rejects(journal.handOver(async ({ id }) => { if (id === odd.id) throw Object.assign(new Error("no"), { code: "invalid" }); }));
  assert.deepEqual([...memory.kept.keys()], [odd.id]);
  const large = pieces(Array.from({ length: 4 }, () => ({ text: "й".repeat(9000) })));
  assert.deepEqual(large.map((list) => list.length), [2, 2]);
});

test("where a browser keeps nothing, practice goes on without it", async () => {
  const broken = { all: async () => { throw new Error("off"); }, put: async () => { throw new Error("off"); } };
  const journal = new Journal(broken);
  await journal.begin({ language: "en", exercise: { type: "free" } }).add(uttered("u1", 40));
  assert.deepEqual(await journal.sessions(), []);
});

test("who signs out leaves neither words nor a text of theirs to the next one at the browser", () => {
  const preferences = new Preferences();
  preferences.set("hard", { en: ["weather"] });
  preferences.set("ownText", "Dear Anna");
  preferences.set("level", "B1");
  preferences.forgetLearner();
  assert.deepEqual(["hard", "ownText", "lesson", "level"].map((name) => preferences.get(name)), [{}, "", null, "B1"]);
});

test("who deletes what is kept in the browser leaves no choice behind, and a later one is kept alone", () => {
  const kept = new Map([["voice-tutor", JSON.stringify({ level: "B1", ownText: "Dear Anna" })]]);
  globalThis.localStorage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value), removeItem: (key) => kept.delete(key) };
  try {
    const preferences = new Preferences();
    preferences.clear();
    assert.deepEqual([kept.size, preferences.get("level"), preferences.has("level")], [0, "", false]);
    preferences.set("level", "A1");
    assert.deepEqual(JSON.parse(kept.get("voice-tutor")), { level: "A1" });
  } finally {
    delete globalThis.localStorage;
  }
});
