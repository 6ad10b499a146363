// "Let me think": the turn is held, so that no silence ends it, until the learner speaks on or has thought enough.

export const THINK_MS = 15_000;

export class ThinkButton {
  #button;
  #lesson;
  #timer;

  /** `isOf()`: whether a turn can be held at all. */
  constructor(button, lesson, isOf = () => true) {
    this.#button = button;
    this.#lesson = lesson;
    button.addEventListener("click", () => this.#hold(!this.isHeld));
    lesson.on("phase", ({ phase }) => {
      button.hidden = phase !== "listening" || !isOf();
      this.#show(false);
    });
    for (const over of ["turn.resumed", "turn.ended", "speech.started"]) lesson.on(over, () => this.#show(false));
  }

  get isHeld() {
    return this.#button.getAttribute("aria-pressed") === "true";
  }

  #hold(isHeld) {
    this.#lesson.hold(isHeld ? THINK_MS : 0);
    this.#show(isHeld);
  }

  #show(isHeld) {
    clearTimeout(this.#timer);
    this.#button.setAttribute("aria-pressed", String(isHeld));
    if (isHeld) this.#timer = setTimeout(() => this.#show(false), THINK_MS);
  }
}
