// What was said stands where it was said: the sentences and the summary of Practise are not those of Talk.

import { byId } from "../kit/elements.js";
import { showLegend } from "./legend.js";

export class SaidHere {
  place = "practise"; // that is shown
  #begun = new Map(); // utterance of the running session → the place where it began
  #summaries = new Map(); // place → its node

  /** Another place is shown. */
  show(place) {
    this.place = place;
    this.#refresh();
  }

  /** Utterance names start anew. */
  beginSession() {
    this.#begun.clear();
  }

  /** An utterance belongs to the place that is shown when it begins. */
  begin(utterance) {
    this.#begun.set(utterance, this.place);
  }

  /** Sentences have come or gone; `element`: of the utterance, if it has one. */
  receive(utterance, element) {
    if (element) element.dataset.said = this.#begun.get(utterance) ?? this.place;
    this.#refresh();
  }

  /** The summary of what was said here; none: a new session begins. */
  sumUp(summary = null) {
    this.#summaries.set(this.place, summary);
    this.#refresh();
  }

  #refresh() {
    const items = [...byId("utterances").children];
    for (const item of items) item.hidden = (item.dataset.said ??= this.place) !== this.place;
    byId("summary").replaceChildren(...[this.#summaries.get(this.place)].filter(Boolean));
    byId("said").classList.toggle("none", items.every(({ hidden }) => hidden));
    showLegend();
  }
}
