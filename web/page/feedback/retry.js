// A sentence that is said again: how it was before, and how it is now.

const plain = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

export class Retry {
  #before = null; // {text, score} of the sentence that is to be said again

  /** The learner wants to say a text again that had this score. */
  expect(text, score) {
    this.#before = { text: plain(text), score };
  }

  /** Something else is practised now. */
  forget() {
    this.#before = null;
  }

  /** The score before, for the same text read again; null where it was another. It is then compared with the newest. */
  take(text, score) {
    if (this.#before?.text !== plain(text)) return null;
    const { score: before } = this.#before;
    this.#before.score = score;
    return before;
  }
}
