// How fast audio may be sent: the server's `max_speed` and `speed_burst_ms`, a little less of each,
// because two clocks never agree.

const SPEED_SHARE = 0.95;
const BURST_SHARE = 0.8;

export class Pace {
  #speed; // seconds of audio per second
  #burst; // seconds of audio
  #credit;
  #at;

  constructor(limits, now) {
    this.#speed = (limits?.max_speed ?? Infinity) * SPEED_SHARE;
    this.#burst = ((limits?.speed_burst_ms ?? Infinity) / 1000) * BURST_SHARE;
    this.#credit = this.#burst;
    this.#at = now;
  }

  /** Milliseconds until so many seconds of audio may go; 0 takes them. */
  wait(seconds, now) {
    if (this.#burst === Infinity) return 0;
    const earned = ((now - this.#at) / 1000) * this.#speed;
    this.#credit = Math.min(this.#burst, this.#credit + earned);
    this.#at = now;
    if (seconds > this.#credit) return Math.ceil(((seconds - this.#credit) / this.#speed) * 1000);
    this.#credit -= seconds;
    return 0;
  }
}
