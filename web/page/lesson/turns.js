// Which exercise an utterance belongs to: what is told of it comes late, when another one may be shown.

export class Turns {
  #number = 0; // of the exercise that is shown
  #exercise = null;
  #begun = new Map(); // utterance → number of the exercise that was shown at its beginning

  /** An exercise is shown; the same one may be shown once more. */
  show(exercise) {
    if (this.#exercise && JSON.stringify(exercise) !== JSON.stringify(this.#exercise)) this.#number += 1;
    this.#exercise = exercise;
  }

  /** What comes next begins anew, even where it is the same text. */
  showAnew() {
    this.#number += 1;
  }

  begin(utterance) {
    this.#begun.set(utterance, this.#number);
  }

  /** Utterance names start anew. */
  beginSession() {
    this.#begun.clear();
  }

  /** Whether an utterance belongs to what is shown; of one whose beginning was missed nobody knows better. */
  isNow(utterance) {
    return (this.#begun.get(utterance) ?? this.#number) === this.#number;
  }
}
