// Follows a reader through a text by the words that are being recognised: where the next word stands.
// It judges nothing; how far a text was read is what the server says in the end.

const AHEAD = 4; // words that a recogniser may have missed, or a reader left out

/** The letters and digits of a word, as both sides have them. */
const plain = (word) => word.toLowerCase().normalize("NFKD").replace(/[^\p{L}\p{N}]/gu, "");

export class ReadingPlace {
  #words;
  #from = 0; // index of the first word that no finished utterance has read
  #begun = new Map(); // utterance → the index that it began at

  /** `words`: of the text, as it is shown. */
  constructor(words) {
    this.#words = words.map(plain);
  }

  /** The index behind the last word that `text`, the whole of a running utterance so far, has reached. */
  follow(utterance, text) {
    if (!this.#begun.has(utterance)) this.#begun.set(utterance, this.#from);
    let at = this.#begun.get(utterance);
    for (const word of text.split(/\s+/).map(plain).filter(Boolean)) at = this.#behind(word, at);
    return at;
  }

  /** The server says how far the text has been read: the next utterance begins there. */
  settle(end) {
    this.#from = end;
    this.#begun.clear();
  }

  #behind(word, at) {
    const found = this.#words.slice(at, at + AHEAD).indexOf(word);
    return found < 0 ? at : at + found + 1;
  }
}
