// Keeps a phone's screen on while somebody speaks: a screen that goes dark takes the microphone with it.

export class WakeLock {
  #wanted = false;
  #held = null;
  #wakeLock;
  #document;

  constructor({ wakeLock = navigator.wakeLock, document: page = document } = {}) {
    this.#wakeLock = wakeLock;
    this.#document = page;
    // The browser takes the lock away from a page that is out of sight.
    page.addEventListener("visibilitychange", () => this.#wanted && this.#hold());
  }

  /** Whether somebody speaks. */
  set(wanted) {
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    if (wanted) return void this.#hold();
    this.#held?.release();
    this.#held = null;
  }

  async #hold() {
    if (!this.#wakeLock || this.#document.visibilityState !== "visible") return;
    try {
      const held = await this.#wakeLock.request("screen");
      if (this.#wanted) this.#held = held;
      else held.release();
    } catch { /* the battery is low: speaking goes on without it */ }
  }
}
