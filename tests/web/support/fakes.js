// A clock that moves when told to, and sockets that a test answers for.

export class FakeClock {
  #now = 0;
  #timers = new Map(); // id → {at, run}
  #id = 0;

  now = () => this.#now;

  setTimeout = (run, ms) => {
    this.#id += 1;
    this.#timers.set(this.#id, { at: this.#now + Math.max(0, ms), run });
    return this.#id;
  };

  clearTimeout = (id) => this.#timers.delete(id);

  get pending() {
    return this.#timers.size;
  }

  /** Lets time pass, and everything that is due happen. */
  async advance(ms) {
    const end = this.#now + ms;
    for (;;) {
      const due = [...this.#timers].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at)[0];
      if (!due) break;
      const [id, { at, run }] = due;
      this.#timers.delete(id);
      this.#now = at;
      run();
      await null;
    }
    this.#now = end;
    await null;
  }
}

/** Makes a WebSocket class whose instances are kept in `sockets`. */
export function fakeSockets() {
  const sockets = [];
  class FakeSocket {
    bufferedAmount = 0;
    isClosed = false;
    sent = []; // messages as objects, audio as Uint8Array

    constructor(url, protocols) {
      this.url = url;
      this.protocols = protocols;
      sockets.push(this);
    }

    send(data) {
      if (this.isClosed) throw new Error("send on a closed socket");
      this.sent.push(typeof data === "string" ? JSON.parse(data) : new Uint8Array(data));
    }

    close(code) {
      this.isClosed = true;
      this.closedWith = code;
    }

    // ---------------------------------------------------------------- the server's side

    open() {
      this.onopen({});
    }

    tell(...events) {
      for (const event of events) this.onmessage({ data: JSON.stringify(event) });
    }

    begin(fields = {}) {
      this.open();
      this.tell({ type: "session.started", seq: 1, session: "s", token: "t", limits: {}, ...fields });
    }

    fail(code = 1006, reason = "") {
      this.isClosed = true;
      this.onclose({ code, reason });
    }

    get messages() {
      return this.sent.filter((each) => !(each instanceof Uint8Array));
    }

    /** The first byte of each audio frame: tests mark frames by it. */
    get audio() {
      return this.sent.filter((each) => each instanceof Uint8Array).map(([first]) => first);
    }
  }
  return { sockets, FakeSocket };
}

/** 40 ms of audio at 16 kHz whose first byte is `mark`. */
export function frame(mark) {
  const pcm = new Uint8Array(1280);
  pcm[0] = mark;
  return pcm.buffer;
}
