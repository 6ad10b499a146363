// What a learner may do after a lesson: three things at most, each told by what was heard.

const MOST = 3;
const WELL = 80; // a sound or a sentence from here on needs no work
const LEAST_HEARD = 2; // times a sound must have been said: one time is chance
const MOST_EXAMPLES = 3;

/**
 * `sentences`: {text, score?, words, stops, calibrated} in the order of speech; `practise`: words that were
 * hard. At most three of {kind: "sound", ipa, words}, {kind: "words", words}, {kind: "flow", count},
 * {kind: "sentence", text, language}, the most telling first. `isKnown(ipa)`: whether it can be told how
 * the sound is made.
 */
export function threeThings({ sentences, practise, isKnown }) {
  const sound = weakestSound(sentences, isKnown);
  const count = sentences.reduce((sum, { stops }) => sum + stops, 0);
  const hardest = sentences.filter(({ score }) => score !== undefined && Math.round(score) < WELL).sort((one, other) => one.score - other.score)[0];
  return [
    sound,
    practise.length ? { kind: "words", words: practise } : null,
    count ? { kind: "flow", count } : null,
    hardest ? { kind: "sentence", text: hardest.text, language: hardest.language } : null,
  ].filter(Boolean).slice(0, MOST);
}

function weakestSound(sentences, isKnown) {
  const words = sentences.filter(({ calibrated }) => calibrated).flatMap((sentence) => sentence.words);
  const found = new Map(); // ipa → {sum, count, words}
  for (const { text, phones } of words) {
    for (const { ipa, score } of phones.filter(({ ipa }) => isKnown(ipa))) {
      const sound = found.get(ipa) ?? { ipa, sum: 0, count: 0, said: [] };
      found.set(ipa, Object.assign(sound, { sum: sound.sum + score, count: sound.count + 1, said: [...sound.said, { text, score }] }));
    }
  }
  const heard = [...found.values()].filter(({ sum, count }) => count >= LEAST_HEARD && Math.round(sum / count) < WELL);
  const [weakest] = heard.sort((one, other) => one.sum / one.count - other.sum / other.count);
  return weakest ? { kind: "sound", ipa: weakest.ipa, words: examples(weakest.said) } : null;
}

/** The words in which it was hardest. */
function examples(said) {
  const hardest = said.filter(({ score }) => Math.round(score) < WELL).sort((one, other) => one.score - other.score);
  return [...new Set(hardest.map(({ text }) => bare(text)))].slice(0, MOST_EXAMPLES);
}

const bare = (text) => text.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "").toLowerCase();
