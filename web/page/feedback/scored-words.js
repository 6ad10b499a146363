// Brings together what the server told of an utterance's words: the final's words or the text's,
// what became of each, how it sounded.

const GOOD = 80;
const FAIR = 60; // experts gave words under it 5 of 10 or less
const OUTLIER = 15; // points under the others: a score that only ranks says no more
const UNSPOKEN = new Set(["omitted", "moved"]); // statuses of words that are not where the text has them
const UNSPACED = new Set(["zh", "yue", "ja", "th", "lo", "my", "km", "bo"]);

/**
 * One item a word: {text, gap (what stands before it), status, heard, startMs, endMs, score, phones,
 * band}. `band`: unsure (perhaps not what was said) · good · fair · weak · below (weaker than the
 * others) · plain (no mark) · omitted · moved (said in another place) · substituted · doubtful (not sure: say it
 * again) · inserted.
 */
export function scoredWords({ final, accuracy, pronunciation }) {
  const words = accuracy?.words.length ? readWords(toldOnce(accuracy.words), final.language) : finalWords(final);
  const spoken = words.filter((word) => word.status !== "inserted");
  pairUp(spoken, pronunciation?.words ?? []).forEach((sound, index) => sound && addSound(spoken[index], sound));
  const usual = mean(words.map((word) => word.score).filter((score) => score !== null));
  const judged = pronunciation && !pronunciation.reason;
  for (const word of words) {
    const isUnsure = judged && word.status === "said" && word.score === null && isJudged(word, pronunciation);
    word.band = isUnsure ? "unsure" : band(word, pronunciation?.calibrated ?? false, usual);
    if (pronunciation?.basis === "transcript") word.band = ofTheRecogniser(word.band);
  }
  return words;
}

/** Who speaks freely is shown no word as right or wrong: it is what was recognised, and may be another one. */
const ofTheRecogniser = (found) => ({ good: "plain", fair: "plain", weak: "unsure" })[found] ?? found;

/** The text that tells a word's mark; of another word of which nobody is sure nothing is quoted. */
export function markOf({ band, heard }) {
  return band === "substituted" && !heard ? "legend.substituted" : `band.${band}`;
}

/** What stands between two words of a language. */
export function gapOf(language) {
  return UNSPACED.has(language.split("-")[0]) ? "" : " ";
}

/** Where a word stands after more is known: words that were left out may have come before it. */
export function movedTo(at, before, after) {
  if (before.length === after.length) return at;
  const spoken = (words) => [...words.keys()].filter((index) => !UNSPOKEN.has(words[index].status));
  if (after.some(({ status }) => status === "moved")) return null; // it stood among those that were recognised
  return spoken(after)[spoken(before).indexOf(at)] ?? null;
}

/** The words of a text: one that was left out and said in another place is moved, and not added there, too. */
export function toldOnce(words) {
  const added = words.filter(({ status }) => status === "inserted");
  const taken = new Set();
  const told = words.map((word) => {
    const there = word.status === "omitted" && added.find((one) => !taken.has(one) && plain(one.text) && plain(one.text) === plain(word.text));
    if (!there) return word;
    taken.add(there);
    return { ...word, status: "moved", start_ms: there.start_ms, end_ms: there.end_ms };
  });
  return told.filter((word) => !taken.has(word));
}

function readWords(words, language) {
  const gap = gapOf(language);
  return words.map(({ text, status, heard, start_ms, end_ms }, index) => ({
    text,
    status,
    heard: heard ?? null,
    gap: index ? gap : "",
    startMs: start_ms ?? null,
    endMs: end_ms ?? null,
    score: null,
    phones: [],
  }));
}

// The spacing and punctuation between words come from the text, which knows the language.
function finalWords({ text, words }) {
  let read = 0; // characters of text
  return words.map(({ text: said, start_ms, end_ms }) => {
    const word = said.trim();
    const at = text.indexOf(word, read);
    const gap = at < 0 ? " " : text.slice(read, at);
    if (at >= 0) read = at + word.length;
    return { text: word, status: "said", heard: null, gap, startMs: start_ms, endMs: end_ms, score: null, phones: [] };
  });
}

/** For each word the sound that belongs to it, or undefined: same words in the same order. */
function pairUp(words, sounds) {
  let next = 0;
  return words.map(({ text }) => {
    const found = sounds.findIndex((sound, index) => index >= next && plain(sound.text) === plain(text));
    if (found < 0) return undefined;
    next = found + 1;
    return sounds[found];
  });
}

/** Whether the server has weighed a word that was recognised; one that it left out has no mark. */
const isJudged = ({ text }, { words }) => words.some((word) => plain(word.text) === plain(text));

const plain = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

function addSound(word, sound) {
  word.score = sound.score ?? null;
  word.phones = sound.phones ?? [];
  if (sound.score === null || sound.end_ms <= sound.start_ms) return;
  word.startMs = sound.start_ms;
  word.endMs = sound.end_ms;
}

function band({ status, score }, calibrated, usual) {
  if (["omitted", "moved", "substituted", "doubtful", "inserted"].includes(status)) return status;
  if (score === null) return "plain";
  if (!calibrated) return score <= usual - OUTLIER ? "below" : "plain";
  return scoreBand(score);
}

/** The IPA of the sound that was furthest away, where one was not fair even; null elsewhere. */
export function weakestSound(phones) {
  const weak = phones.filter(({ score }) => Math.round(score) < FAIR).sort((one, other) => one.score - other.score);
  return weak[0]?.ipa ?? null;
}

/** good · fair · weak, of the number that is shown: 79.6 is written 80, and is as green as that. */
export function scoreBand(score) {
  const shown = Math.round(score);
  if (shown >= GOOD) return "good";
  return shown >= FAIR ? "fair" : "weak";
}

/** Indices of the words behind which a pause stands; `pauses`: {start_ms, end_ms} of the same clock. */
export function wordsBefore(words, pauses) {
  const timed = [...words.keys()].filter((index) => words[index].endMs !== null && words[index].status !== "moved");
  return pauses.map(({ start_ms: from, end_ms: to }) => {
    const middle = (from + to) / 2;
    return timed.filter((index) => (words[index].startMs + words[index].endMs) / 2 < middle).at(-1);
  }).filter((index) => index !== undefined && index < words.length - 1);
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / (values.length || 1);
