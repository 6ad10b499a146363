// Whether words a minute of an utterance say anything: those of a few words are chance.

const LEAST_WORDS = 7;
const LEAST_S = 5; // of speech

/** `fluency`: the event; `text`: what was recognised. */
export function hasPace({ words_per_minute: pace, fillers }, text) {
  const words = text.split(/\s+/).filter(Boolean).length - fillers.length;
  return words >= LEAST_WORDS && 60 * words >= LEAST_S * pace;
}
