// The words of the utterances that are being spoken: committed ones solid, tentative ones dimmed.

import { h } from "../kit/elements.js";
import { t } from "../kit/texts.js";

export class LiveLine {
  #element;
  #lines = new Map(); // utterance → {line, committed, tentative}
  #done = new Set(); // utterances whose late partials are ignored

  constructor(element) {
    this.#element = element;
    this.#element.dataset.placeholder = t("live.placeholder");
  }

  begin() {
    this.#element.replaceChildren();
    this.#lines.clear();
    this.#done.clear();
  }

  receivePartial({ utterance, committed, tentative }) {
    if (this.#done.has(utterance)) return;
    const line = this.#lines.get(utterance) ?? this.#open(utterance);
    const gap = committed && tentative ? " " : "";
    line.committed.textContent = committed.trim() + gap;
    line.tentative.textContent = tentative.trim();
    this.#element.scrollTop = this.#element.scrollHeight;
  }

  /** The utterance has its final, or never gets one. */
  finish(utterance) {
    this.#done.add(utterance);
    this.#lines.get(utterance)?.line.remove();
    this.#lines.delete(utterance);
  }

  /** Takes what was seen of utterances whose final cannot come any more. */
  abandon() {
    const texts = [...this.#lines.values()].map(({ line }) => line.textContent.trim());
    this.begin();
    return texts.filter(Boolean);
  }

  #open(utterance) {
    const committed = h("span", { class: "committed" });
    const tentative = h("span", { class: "tentative" });
    const opened = { line: h("p", { dir: "auto" }, committed, tentative), committed, tentative };
    this.#element.append(opened.line);
    this.#lines.set(utterance, opened);
    return opened;
  }
}
