// Says in words what is going on, and what to do about it.

export class StatusLine {
  #element;

  constructor(element) {
    this.#element = element;
  }

  show(kind, text) {
    if (this.#element.textContent === text && this.#element.dataset.kind === kind) return;
    // A screen reader must not talk over the learner: the microphone would hear it.
    const talking = kind === "hearing" || this.#element.dataset.kind === "hearing";
    this.#element.setAttribute("aria-live", talking ? "off" : "polite");
    this.#element.dataset.kind = kind;
    this.#element.textContent = text;
  }
}
