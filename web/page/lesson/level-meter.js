// Shows that the microphone works.

const FLOOR = -60; // dBFS, the empty meter
const FALL = 0.05; // of its width in one frame: a meter that drops at once flickers
export const TOO_QUIET = -50; // dBFS; speech at arm's length is above -40

export class LevelMeter {
  #element;
  #shown = 0; // of its width

  constructor(element) {
    this.#element = element;
  }

  show(dbfs) {
    const full = Math.max(0, Math.min(1, 1 - dbfs / FLOOR));
    this.#shown = dbfs === -Infinity ? 0 : Math.max(full, this.#shown - FALL);
    this.#element.style.setProperty("--level", this.#shown.toFixed(3));
    this.#element.setAttribute("aria-valuenow", Math.round(100 * this.#shown));
    this.#element.classList.toggle("audible", dbfs > TOO_QUIET);
  }
}
