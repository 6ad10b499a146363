// The text of an exercise: while it is read it shows how far, and where the next word stands.

import { written } from "../kit/direction.js";
import { h } from "../kit/elements.js";
import { readableFocus } from "./focus.js";
import { piecesOf, ReadingPlace, ReadLetters } from "./reading-place.js";
import { interfaceLanguage, t } from "../kit/texts.js";

export class ReferenceView {
  #element;
  #words = []; // their spans
  #place = new ReadingPlace([]);
  #letters = new ReadLetters([]);
  #told = null; // the utterance of which the server tells where in the text it is

  constructor(element) {
    this.#element = element;
  }

  /** Shows an item, or nothing where it is null. */
  show(item, language) {
    this.#element.hidden = !item?.prompt;
    this.#element.scrollTop = 0;
    this.#element.replaceChildren(...(item ? parts(item, language) : []));
    this.#words = item && item.kind !== "free" ? [...this.#element.querySelectorAll(".text span")] : [];
    this.restart();
  }

  /** Nothing of the text has been read. */
  restart() {
    const pieces = this.#words.map(({ textContent }) => textContent);
    this.#place = new ReadingPlace(pieces);
    this.#letters = new ReadLetters(pieces);
    this.#told = null;
    for (const word of this.#words) word.classList.remove("read");
    this.#element.scrollTop = 0;
    this.#mark(0);
  }

  /** Whether it shows the place of a reader: a text without spaces between its words does not. */
  get canFollow() {
    return this.#words.length > 1;
  }

  /** What is recognised of a running utterance. */
  follow(utterance, text) {
    if (utterance !== this.#told) this.#mark(this.#place.follow(utterance, text));
  }

  /** The server says which words of the text were passed: `reading.progress`. It knows numbers and spellings. */
  progress({ utterance, words }) {
    this.#told = utterance;
    this.#mark(this.#letters.read({ start: words[0].index, end: words.at(-1).index + 1, words }));
  }

  /** The server says how far the text has been read: `feedback.accuracy`. */
  settle(accuracy) {
    const end = this.#letters.read(accuracy);
    this.#place.settle(end);
    this.#words.forEach((word, index) => word.classList.toggle("read", index < end));
    this.#mark(end);
  }

  #mark(next) {
    this.#words.forEach((word, index) => {
      word.classList.toggle("passed", index < next);
      word.classList.toggle("now", index === next);
    });
    this.#keepInSight(this.#words[next]);
  }

  /** In the middle of the box; the page itself stays where it is. */
  #keepInSight(word) {
    const box = this.#element;
    if (word && box.scrollHeight > box.clientHeight) box.scrollTop = word.offsetTop - box.clientHeight / 2;
  }
}

function parts({ kind, prompt, lines, focus }, language) {
  if (kind === "dialogue" && lines.length) return [h("ul", { class: "lines", ...written(language) }, ...lines.map(turn))];
  const words = kind === "free" ? [prompt ?? ""] : piecesOf(prompt ?? "").map((word) => h("span", {}, word));
  const readable = readableFocus(focus, language, interfaceLanguage());
  return [
    h("p", { class: "text", ...written(language) }, ...words),
    ...(readable ? [h("p", { class: "note" }, t("focus", { focus: readable }))] : []),
  ];
}

const turn = (line, index) =>
  h("li", { class: index % 2 ? "mine" : "theirs" }, h("small", {}, t(index % 2 ? "you" : "tutor")), " ", line);
