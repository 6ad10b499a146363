// Follows a reader through a text by the words that are being recognised: where the next word stands.
// It judges nothing; how far a text was read is what the server says in the end.

const MOST_SKIPPED = 20; // letters
const AHEAD = 4; // words that a recogniser may have missed, or a reader left out

/** The letters and digits of a word, as both sides have them. */
const plain = (word) => word.toLowerCase().normalize("NFKD").replace(/[^\p{L}\p{N}]/gu, "");

/** The words of a text as they are shown: a sign that stands alone belongs to the word before it. */
export const piecesOf = (text) => text.split(/(?<=\s)(?=\S*[\p{L}\p{N}])/u);

/**
 * How many pieces of a shown text have been read. The server's words are others than the page's (signs,
 * lists, languages without spaces), so its indices mean nothing here; the letters of both are the same.
 */
export class ReadLetters {
  #letters = "";
  #ends; // of each piece, in letters
  #known = new Map([[0, 0]]); // the server's index of a word → letters before it

  constructor(pieces) {
    this.#ends = pieces.map((piece) => (this.#letters += plain(piece)).length);
  }

  /** The number of pieces that are read as a whole; `feedback.accuracy` of a reading. */
  read({ start, end, words }) {
    const read = words.filter(({ status }) => status !== "inserted").slice(0, end - start).map(({ text }) => plain(text));
    let at = this.#before(start, read.join(""));
    read.forEach((word, index) => {
      at = this.#behind(word, at);
      this.#known.set(start + index + 1, at);
    });
    return at ? this.#ends.filter((length) => length <= at).length : 0;
  }

  /** Letters before the server's word `start`: of a part that was skipped they are looked for. */
  #before(start, read) {
    if (this.#known.has(start)) return this.#known.get(start);
    const near = Math.max(...[...this.#known].filter(([index]) => index < start).map(([, letters]) => letters));
    const found = this.#letters.indexOf(read, near);
    return found < 0 ? near : found;
  }

  /** What the server takes for no word, such as a tag, is skipped; a word that is not there counts as it is long. */
  #behind(word, at) {
    const found = this.#letters.indexOf(word, at);
    return found < 0 || found > at + MOST_SKIPPED ? Math.min(at + word.length, this.#letters.length) : found + word.length;
  }
}

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
