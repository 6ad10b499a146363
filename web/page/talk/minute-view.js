// Shows a talk of a minute under its question.

import { h } from "../kit/elements.js";
import { number, t } from "../kit/texts.js";
import { Minute, MINUTE_MS } from "./minute.js";

export class MinuteView {
  #element;
  #minute = new Minute();
  #question; // that is shown; null: no talk
  #since = null; // ms, when the sentence began that is being said

  constructor(element) {
    this.#element = element;
  }

  /** Another question is shown, by its id or words; null: none. */
  show(question) {
    if (question === this.#question) return;
    this.#question = question;
    this.#minute.begin();
    this.#since = null; // what is being said belongs to the question before
    this.tick();
  }

  hear(now) {
    this.#since = now ? performance.now() : null;
  }

  receiveFinal(final) {
    this.#minute.receiveFinal(final);
    this.tick();
  }

  join(event, final) {
    this.#minute.join(event);
    if (final) this.receiveFinal(final);
  }

  forget(utterance) {
    this.#minute.forget(utterance);
    this.tick();
  }

  receiveFeedback(event) {
    this.#minute.receiveFeedback(event);
    this.tick();
  }

  /** Time goes on. */
  tick() {
    this.#element.hidden = this.#question === null;
    if (this.#element.hidden) return;
    const ms = this.#minute.ms + (this.#since === null ? 0 : performance.now() - this.#since);
    const parts = [t(ms >= MINUTE_MS ? "minute.over" : "minute", { seconds: number(Math.min(ms, MINUTE_MS) / 1000) }), ...this.#figures];
    const text = parts.join(" · ");
    if (this.#element.lastElementChild?.textContent === text) return;
    this.#element.replaceChildren(
      h("progress", { max: MINUTE_MS, value: Math.min(ms, MINUTE_MS), "aria-label": t("minute.label") }),
      h("span", {}, text));
  }

  get #figures() {
    const figures = this.#minute.figures;
    if (!figures) return [];
    const { pace, fillers, remarks } = figures;
    return [
      pace === undefined ? null : t("minute.pace", { count: pace }),
      t("minute.fillers", { count: fillers }),
      remarks === undefined ? null : t("minute.remarks", { count: remarks }),
    ].filter(Boolean);
  }
}
