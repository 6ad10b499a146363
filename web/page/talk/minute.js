// A talk of a minute: how long, how fast, with how many fillers and remarks on grammar. It judges no sound.

import { gapOf } from "../feedback/scored-words.js";

export const MINUTE_MS = 60_000;
const LEAST_WORDS = 7; // of fewer the pace is chance
const LEAST_MS = 5000;

export class Minute {
  #spoken = new Map(); // utterance → {ms, words, fillers, remarks}

  /** Another question: nothing has been said to it. */
  begin() {
    this.#spoken.clear();
  }

  /** `transcript.final`. */
  receiveFinal({ utterance, text, language, start_ms: from, end_ms: to }) {
    const words = gapOf(language) ? text.split(/\s+/).filter(Boolean).length : null; // without spaces nobody counts them
    this.#spoken.set(utterance, { ms: to - from, words, fillers: 0, remarks: null });
  }

  /** The pieces of a sentence are one now; its final says how long it is. */
  join({ joined }) {
    for (const utterance of joined) this.#spoken.delete(utterance);
  }

  /** It was not for the tutor: `utterance.aside`. */
  forget(utterance) {
    this.#spoken.delete(utterance);
  }

  /** `feedback.fluency`, `feedback.grammar`. */
  receiveFeedback({ type, utterance, fillers, findings, checked }) {
    const found = this.#spoken.get(utterance);
    if (found && type === "feedback.fluency") found.fillers = fillers.length;
    if (found && type === "feedback.grammar" && checked) found.remarks = findings.length;
  }

  get ms() {
    return this.#sum("ms");
  }

  /** {pace?, fillers, remarks?}: what is known of the whole; null before anything was said. */
  get figures() {
    const all = [...this.#spoken.values()];
    if (!all.length) return null;
    const words = all.some((one) => one.words === null) ? 0 : this.#sum("words") - this.#sum("fillers");
    const checked = all.filter(({ remarks }) => remarks !== null);
    return {
      pace: words >= LEAST_WORDS && this.ms >= LEAST_MS ? Math.round((60_000 * words) / this.ms) : undefined,
      fillers: this.#sum("fillers"),
      remarks: checked.length ? checked.reduce((sum, { remarks }) => sum + remarks, 0) : undefined,
    };
  }

  #sum(name) {
    return [...this.#spoken.values()].reduce((sum, one) => sum + one[name], 0);
  }
}
