// A sentence that is said again: how it was before, and how it is now.

const plain = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

export class Retry {
  #before = null; // {text, score} of what is to be said again; score null: nothing to compare with yet

  /** The learner wants to say a text again that had this score; without one the first attempt is what others are compared with. */
  expect(text, score = null) {
    const isSame = this.#before?.text === plain(text);
    this.#before = { text: plain(text), score: score ?? (isSame ? this.#before.score : null) };
  }

  /** Something else is practised now. */
  forget() {
    this.#before = null;
  }

  /** The score before, for the same text read again; null where it was another, or the first. It is then compared with the newest. */
  take(text, score) {
    if (this.#before?.text !== plain(text)) return null;
    const { score: before } = this.#before;
    this.#before.score = score;
    return before;
  }
}
