// All that was said, the newest first.

import { h } from "../kit/elements.js";
import { t } from "../kit/texts.js";
import { UtteranceCard } from "./utterance-card.js";

const MOST_CARDS = 100; // an hour's page must not grow for ever

export class Conversation {
  #list;
  #sounds;
  #onNext;
  #cards = new Map(); // utterance of the running session → card
  #all = []; // cards of all sessions, in the order of speech
  #earlier = 0; // of them, from sessions before

  constructor({ list, sounds, onNext }) {
    this.#list = list;
    this.#sounds = sounds;
    this.#onNext = onNext;
  }

  /** The scores of each utterance of the session, in the order of speech. */
  get scores() {
    return this.#all.slice(this.#earlier).map((card) => card.scores);
  }

  /** Utterance names and times start anew. */
  begin() {
    this.abandon();
    this.#cards.clear();
    this.#earlier = this.#all.length;
  }

  receiveFinal(final, piece) {
    if (!final.text.trim()) return;
    const card = new UtteranceCard({ final, piece, sounds: this.#sounds, onNext: this.#onNext });
    this.#cards.set(final.utterance, card);
    this.#place(card);
    if (this.#all.length > MOST_CARDS) this.#forgetOldest();
  }

  card(utterance) {
    return this.#cards.get(utterance);
  }

  /** What was seen of an utterance whose final cannot come. */
  addUnfinished(text) {
    this.#list.prepend(h("li", { class: "card utterance unfinished", "data-testid": "utterance" },
      h("p", { class: "words" }, text), h("p", { class: "note" }, t("unfinished"))));
  }

  /** No more feedback comes for what is here. */
  abandon() {
    for (const card of this.#cards.values()) card.abandon();
  }

  // Finals of different workers may overtake each other.
  #place(card) {
    const session = this.#all.slice(this.#earlier);
    const later = session.findIndex((other) => other.startMs > card.startMs);
    const at = later < 0 ? this.#all.length : this.#earlier + later;
    const next = this.#all[at];
    if (next) next.element.after(card.element);
    else this.#list.prepend(card.element);
    this.#all.splice(at, 0, card);
  }

  #forgetOldest() {
    const oldest = this.#all.shift();
    oldest.element.remove();
    for (const [utterance, card] of this.#cards) if (card === oldest) this.#cards.delete(utterance);
    this.#earlier = Math.max(0, this.#earlier - 1);
  }
}
