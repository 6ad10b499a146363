// What was said in a conversation, the newest last: a bubble each, which can be heard again.

import { written } from "../kit/direction.js";
import { h } from "../kit/elements.js";
import { t } from "../kit/texts.js";

const MOST = 200; // an hour's page must not grow for ever

export class Bubbles {
  #list;
  #language = "en";
  #hear; // (text, isSlow) reads a text; null: there is no voice
  #replay; // (piece) plays what the learner said
  #open = null; // the tutor's bubble that still grows
  #said = null; // the learner's last one by speech

  constructor(list, { replay }) {
    this.#list = list;
    this.#replay = replay;
  }

  /** A conversation in a language; `hear`: as above. */
  begin(language, hear = null) {
    this.#language = language;
    this.#hear = hear;
    this.#open = this.#said = null;
    this.#list.replaceChildren();
  }

  /** The tutor's words as they come; `done`: the whole reply. */
  tell(utterance, text, { done = false } = {}) {
    if (this.#open?.utterance !== utterance) this.#open = this.#add("tutor", utterance, "");
    const { words, row } = this.#open;
    words.textContent = done ? text : words.textContent + text;
    if (!done) return;
    this.#offerVoice(row, text);
    this.#open = null;
  }

  /** What the learner said; `piece`: the recording of it, and `utterance` its name, null for what was typed. */
  say(text, piece = null, utterance = null) {
    const { words, row } = this.#add("learner", utterance, text);
    words.textContent = text;
    if (piece) row.append(this.#button("play.own", () => this.#replay(piece)));
    else this.#offerVoice(row, text);
    if (utterance) this.#said = { utterance, element: this.#list.lastElementChild };
  }

  /** The last that was said was not for the tutor. */
  forget(utterance) {
    if (this.#said?.utterance === utterance) this.#said.element.remove();
  }

  /** What was not recorded is read by a voice, where there is one. */
  #offerVoice(row, text) {
    if (this.#hear) row.append(this.#button("scene.replay", () => this.#hear(text, false)), this.#button("play.slow", () => this.#hear(text, true)));
  }

  #add(who, utterance, text) {
    const words = h("p", { class: "said", ...written(this.#language) }, text);
    const row = h("div", { class: "row" });
    const name = h("span", { class: "hidden" }, t(`scene.${who}`));
    this.#list.append(h("li", { class: who, "data-testid": `bubble-${who}` }, name, words, row));
    while (this.#list.children.length > MOST) this.#list.firstElementChild.remove();
    this.#list.lastElementChild.scrollIntoView({ block: "nearest" });
    return { utterance, words, row };
  }

  #button(key, onclick) {
    return h("button", { type: "button", class: "plain small", onclick }, t(key));
  }
}
