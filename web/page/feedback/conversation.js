// All that was said, the newest first.

import { h } from "../kit/elements.js";
import { t } from "../kit/texts.js";
import { gapOf } from "./scored-words.js";
import { UtteranceCard } from "./utterance-card.js";

const MOST_CARDS = 100; // an hour's page must not grow for ever

export class Conversation {
  #list;
  #sounds;
  #retry;
  #onNext;
  #onRepeat;
  #cards = new Map(); // utterance of the running session → card
  #all = []; // cards of all sessions, in the order of speech
  #earlier = 0; // of them, from sessions before

  /** `retry`: compares a sentence that is said again; `onRepeat(text)`, `onNext(exercise, reply)`: what is wanted. */
  constructor({ list, sounds, retry, onNext, onRepeat }) {
    this.#list = list;
    this.#sounds = sounds;
    this.#retry = retry;
    this.#onNext = onNext;
    this.#onRepeat = onRepeat;
  }

  /** The scores of each utterance of the session, in the order of speech. */
  get scores() {
    return this.#all.slice(this.#earlier).map((card) => card.scores);
  }

  /** Text, pronunciation's score, words and stops of each utterance of the session, in the order of speech. */
  get sentences() {
    return this.#all.slice(this.#earlier).map((card) => card.sentence);
  }

  /** Utterance names and times start anew. */
  begin() {
    this.abandon();
    this.#cards.clear();
    this.#earlier = this.#all.length;
  }

  receiveFinal(final, piece) {
    if (!final.text.trim()) return;
    this.#all.at(-1)?.receiveNext();
    const card = new UtteranceCard({ final, piece, sounds: this.#sounds, retry: this.#retry, onNext: this.#onNext, onRepeat: this.#onRepeat });
    this.#cards.set(final.utterance, card);
    this.#place(card);
    if (this.#all.length > MOST_CARDS) this.#forgetOldest();
  }

  /** A sentence goes on after a pause: its pieces become one card. `keep`: gives a final's recording. */
  join({ utterance, joined }, keep) {
    const pieces = [...joined, utterance].filter((name) => this.#cards.has(name));
    if (pieces.length < 2 || !this.#cards.has(utterance)) return;
    const final = joinedFinal(pieces.map((name) => this.#cards.get(name).final));
    for (const name of pieces) this.#remove(name);
    this.receiveFinal({ ...final, utterance }, keep(final));
  }

  /** What was said was not for the tutor: its own voice out of the loudspeaker, or "mm-hm". */
  forget(utterance) {
    if (this.#cards.has(utterance)) this.#remove(utterance);
  }

  card(utterance) {
    return this.#cards.get(utterance);
  }

  /** What was seen of an utterance whose final cannot come. */
  addUnfinished(text) {
    this.#list.prepend(h("li", { class: "card utterance unfinished", "data-testid": "utterance" },
      h("p", { class: "words", dir: "auto" }, text), h("p", { class: "note" }, t("unfinished"))));
  }

  /** No more feedback comes for what is here. */
  abandon() {
    for (const card of this.#cards.values()) card.abandon();
  }

  #place(card) {
    const session = this.#all.slice(this.#earlier);
    const later = session.findIndex((other) => other.startMs > card.startMs);
    const at = later < 0 ? this.#all.length : this.#earlier + later;
    const next = this.#all[at];
    if (next) next.element.after(card.element);
    else this.#list.prepend(card.element);
    this.#all.splice(at, 0, card);
  }

  #remove(utterance) {
    const card = this.#cards.get(utterance);
    card.element.remove();
    this.#cards.delete(utterance);
    this.#all.splice(this.#all.indexOf(card), 1);
  }

  #forgetOldest() {
    const oldest = this.#all.shift();
    oldest.element.remove();
    for (const [utterance, card] of this.#cards) if (card === oldest) this.#cards.delete(utterance);
    this.#earlier = Math.max(0, this.#earlier - 1);
  }
}

function joinedFinal(finals) {
  const [first, last] = [finals[0], finals.at(-1)];
  return {
    ...last,
    text: finals.map(({ text }) => text).join(gapOf(first.language)),
    words: finals.flatMap(({ words }) => words),
    start_ms: first.start_ms,
  };
}
