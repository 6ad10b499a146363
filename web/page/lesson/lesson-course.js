// The lesson that is going on: its exercises, and at which of them the learner is. It is kept for the day.

import { helloIn } from "./hello.js";
import { planLesson } from "./lesson-plan.js";

export class LessonCourse {
  #preferences;
  #shelf = null; // language and level that it is of
  #isSaid = false; // what is shown now has been said
  items = [];
  at = 0; // index of the exercise that is shown

  constructor(preferences) {
    this.#preferences = preferences;
  }

  get item() {
    return this.items[this.at];
  }

  get isLast() {
    return this.at >= this.items.length - 1;
  }

  /** What comes when the exercise that is shown was done: "next", "end", or null while it is not done. */
  get onward() {
    if (!this.#isSaid) return null;
    return this.isLast ? "end" : "next";
  }

  /** Goes on with the lesson of a language and level, or plans one of these `items`. */
  open({ language, level, items }) {
    const shelf = `${language} ${level}`;
    if (shelf === this.#shelf && this.items.length) return;
    this.#shelf = shelf;
    const kept = this.#preferences.get("lesson");
    if (kept?.shelf === shelf && kept.day === today()) Object.assign(this, { items: kept.items, at: kept.at });
    else this.#plan(language, level, items);
    this.#isSaid = false;
  }

  /** Begins another one. */
  finish({ language, level, items }) {
    this.#plan(language, level, items);
    this.#keep();
  }

  goOn() {
    this.at = Math.min(this.at + 1, this.items.length - 1);
    this.#isSaid = false;
    this.#keep();
  }

  /** The exercise that is shown was said, or its text not to the end. */
  note(isWhole) {
    this.#isSaid = isWhole;
  }

  #plan(language, level, items) {
    const done = this.#preferences.get("done");
    const doneOf = (kind) => done[`${language} ${kind}`];
    this.items = planLesson({
      items,
      hello: Object.keys(done).length || !items.length ? null : helloIn(language, level),
      words: this.#preferences.get("hard")[language] ?? [],
      done: Object.fromEntries(["read_aloud", "minimal_pair", "dialogue"].map((kind) => [kind, doneOf(kind)])),
    });
    this.at = 0;
    this.#isSaid = false;
  }

  #keep() {
    this.#preferences.set("lesson", { shelf: this.#shelf, day: today(), items: this.items, at: this.at });
  }
}

const today = () => new Date().toDateString();
