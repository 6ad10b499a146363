// What has to reach the server, in order: audio that it has not acknowledged, audio and messages
// that are still to be sent. Bounded: the oldest audio goes first.

export class Outbox {
  #items = []; // {pcm: ArrayBuffer} or {message}
  #next = 0; // index of the first item that is still to be sent
  #kept = 0; // bytes of audio in items
  #unsent = 0; // bytes of them that are still to be sent
  #before = 0; // bytes that the session has received before the first item
  #limit; // bytes
  #rate; // samples per second
  #onDrop;

  constructor({ limit, rate, onDrop = () => {} }) {
    this.#limit = limit;
    this.#rate = rate;
    this.#onDrop = onDrop;
  }

  /** Milliseconds of audio that are still to be sent. */
  get unsentMs() {
    return this.#ms(this.#unsent);
  }

  /** Whether the server has acknowledged all audio. */
  get isSettled() {
    return this.#kept === 0;
  }

  addAudio(pcm) {
    this.#items.push({ pcm });
    this.#kept += pcm.byteLength;
    this.#unsent += pcm.byteLength;
    this.#makeRoom();
  }

  addMessage(message) {
    this.#items.push({ message });
  }

  /** The next item to be sent, or undefined. */
  peek() {
    return this.#items[this.#next];
  }

  /** The same, taken; audio comes with `at_ms`, where it begins on the session's clock. */
  take() {
    const item = this.#items[this.#next];
    if (item.message) {
      this.#items.splice(this.#next, 1);
      return item;
    }
    const at = this.#before + this.#kept - this.#unsent;
    this.#unsent -= item.pcm.byteLength;
    this.#next += 1;
    return { ...item, at_ms: this.#ms(at) };
  }

  /** The server has so much of this session's audio: it need not be kept. */
  acknowledge(receivedMs) {
    while (this.#items[0]?.pcm && this.#ms(this.#before + this.#items[0].pcm.byteLength) <= receivedMs) {
      this.#dropFirst();
    }
  }

  /** The socket is another one: what was not acknowledged is to be sent again. */
  rewind({ isNewSession }) {
    if (isNewSession) this.#before = 0;
    this.#next = 0;
    this.#unsent = this.#kept;
  }

  #makeRoom() {
    let dropped = 0; // bytes that the server never got
    while (this.#kept > this.#limit) {
      if (this.#next > 0) this.#dropFirst();
      else dropped += this.#dropUnsent();
    }
    if (dropped) this.#onDrop(this.#ms(dropped));
  }

  /** The server has it. After `rewind` it may stand among what is to be sent again. */
  #dropFirst() {
    const bytes = this.#items.shift().pcm.byteLength;
    if (this.#next > 0) this.#next -= 1;
    else this.#unsent -= bytes;
    this.#kept -= bytes;
    this.#before += bytes;
  }

  #dropUnsent() {
    const [{ pcm }] = this.#items.splice(this.#items.findIndex((item) => item.pcm), 1);
    this.#kept -= pcm.byteLength;
    this.#unsent -= pcm.byteLength;
    return pcm.byteLength;
  }

  #ms(bytes) {
    return Math.floor((bytes / 2 / this.#rate) * 1000);
  }
}
