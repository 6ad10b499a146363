// What has to reach the server, in order: audio and messages that it has not acknowledged, and those
// that are still to be sent. Bounded: the oldest audio goes first.

export class Outbox {
  #items = []; // {pcm: ArrayBuffer} or {message, number}
  #next = 0; // index of the first item that is still to be sent
  #kept = 0; // bytes of audio in items
  #unsent = 0; // bytes of them that are still to be sent
  #before = 0; // bytes that the session has received before the first item
  #messages = 0; // of this session, safe ones included
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
    this.#messages += 1;
    this.#items.push({ message, number: this.#messages });
  }

  /** Whether a message of this type is not safe yet. */
  holds(type) {
    return this.#items.some(({ message }) => message?.type === type);
  }

  /** The next item to be sent, or undefined. */
  peek() {
    return this.#items[this.#next];
  }

  /** The same, taken; audio comes with `at_ms`, where it begins on the session's clock. */
  take() {
    const item = this.#items[this.#next];
    this.#next += 1;
    if (item.message) return item;
    const at = this.#before + this.#kept - this.#unsent;
    this.#unsent -= item.pcm.byteLength;
    return { ...item, at_ms: this.#ms(at) };
  }

  /** So much of this session's audio, and so many of its messages, are safe: they need not be kept. */
  acknowledge(receivedMs, messages) {
    let end = this.#before;
    for (let index = 0; index < this.#items.length;) {
      const { pcm, number } = this.#items[index];
      end += pcm?.byteLength ?? 0;
      // A server that counts no messages has what was sent.
      const isSafe = pcm ? this.#ms(end) <= receivedMs : (messages === undefined ? index < this.#next : number <= messages);
      if (isSafe) this.#remove(index);
      else index += 1;
    }
  }

  /** The socket is another one: what was not acknowledged is to be sent again. */
  rewind({ isNewSession }) {
    if (isNewSession) {
      this.#before = this.#messages = 0;
      for (const item of this.#items) if (item.message) item.number = ++this.#messages;
    }
    this.#next = 0;
    this.#unsent = this.#kept;
  }

  #makeRoom() {
    let dropped = 0; // bytes that the server never got
    while (this.#kept > this.#limit) {
      const oldest = this.#items.findIndex((item) => item.pcm);
      if (oldest < this.#next) this.#remove(oldest);
      else dropped += this.#dropUnsent(oldest);
    }
    if (dropped) this.#onDrop(this.#ms(dropped));
  }

  /** The server has it. After `rewind` it may stand among what is to be sent again. */
  #remove(index) {
    const [{ pcm }] = this.#items.splice(index, 1);
    const bytes = pcm?.byteLength ?? 0;
    if (index < this.#next) this.#next -= 1;
    else this.#unsent -= bytes;
    this.#kept -= bytes;
    this.#before += bytes;
  }

  #dropUnsent(index) {
    const [{ pcm }] = this.#items.splice(index, 1);
    this.#kept -= pcm.byteLength;
    this.#unsent -= pcm.byteLength;
    return pcm.byteLength;
  }

  #ms(bytes) {
    return Math.floor((bytes / 2 / this.#rate) * 1000);
  }
}
