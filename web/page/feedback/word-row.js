// The words of an utterance as buttons: one stop of the tab key, arrow keys between them.

import { directionOf, stepOf, written } from "../kit/direction.js";
import { h } from "../kit/elements.js";
import { markOf, movedTo } from "./scored-words.js";
import { has, number, t } from "../kit/texts.js";

export class WordRow {
  #element;
  #onOpen;
  #direction;
  #words = [];

  constructor({ onOpen, language }) {
    this.#onOpen = onOpen;
    this.#direction = directionOf(language);
    this.#element = h("p", { class: "words", role: "group", ...written(language), "aria-label": t("words.label") });
    this.#element.addEventListener("keydown", (event) => this.#move(event));
  }

  get element() {
    return this.#element;
  }

  /** `stops`: indices of the words behind which the reader stopped in the midst of a phrase. */
  show(words, stops = []) {
    const focused = this.#buttons.indexOf(document.activeElement);
    const before = this.#words;
    this.#words = words;
    this.#element.replaceChildren(...words.flatMap((word, index) => [word.gap, this.#button(word, index), ...(stops.includes(index) ? [stop()] : [])]));
    this.#buttons[0]?.setAttribute("tabindex", "0");
    if (focused >= 0) this.#focus(movedTo(focused, before, words) ?? 0);
  }

  markOpen(index) {
    this.#buttons.forEach((button, at) => button.setAttribute("aria-expanded", String(at === index)));
  }

  get #buttons() {
    return [...this.#element.querySelectorAll("button")];
  }

  #button(word, index) {
    const button = h("button", {
      type: "button",
      class: "word",
      tabindex: "-1",
      "data-testid": "word",
      "data-band": word.band,
      "data-score": word.score === null ? null : Math.round(word.score),
      "aria-expanded": "false",
      "aria-label": describe(word),
      onclick: () => this.#onOpen(index),
    }, word.text);
    return button;
  }

  #move(event) {
    const step = stepOf(event.key, this.#direction);
    if (!step) return;
    event.preventDefault();
    const at = this.#buttons.indexOf(document.activeElement) + step;
    this.#focus(Math.max(0, Math.min(this.#words.length - 1, at)));
  }

  #focus(index) {
    this.#buttons.forEach((button, at) => button.setAttribute("tabindex", at === index ? "0" : "-1"));
    this.#buttons[index]?.focus();
  }
}

const stop = () => h("span", { class: "stop" }, h("span", { "aria-hidden": "true" }, "‖"), h("span", { class: "hidden" }, ` (${t("legend.stop")})`));

/** A word and its mark, for those who do not see the mark. */
function describe({ text, band, score, heard }) {
  const key = markOf({ band, heard });
  const mark = has(key) ? t(key, { score: score === null ? "" : number(score), heard }) : "";
  return mark ? `${text}, ${mark}` : text;
}
