// The practice protocol, version 1, over a WebSocket.
// Every server message is dispatched as an event named by its type, the message as its detail.
// Every change of state is an event: "connecting", "connected" (audio flows), and "disconnected"
// with {cause: "ended" | "refused" | "unreachable" | "lost", message?}.

const START_MS = 10_000; // until session.started
const ANSWER_MS = 30_000; // between two messages after session.end
const EARLY_AUDIO_SECONDS = 5;

export class Practice extends EventTarget {
  #url;
  #WebSocket;
  #socket = null;
  #timer;
  #early = []; // frames recorded before session.started
  #earlyLimit; // bytes
  #ending = false;
  state = "disconnected";

  constructor(url, { WebSocket = globalThis.WebSocket } = {}) {
    super();
    this.#url = url;
    this.#WebSocket = WebSocket;
  }

  start({ language, sampleRate }) {
    if (this.state !== "disconnected") throw new Error(`start needs disconnected, not ${this.state}`);
    this.#early = [];
    this.#earlyLimit = EARLY_AUDIO_SECONDS * sampleRate * 2;
    this.#ending = false;
    this.#enter("connecting");
    this.#expect("unreachable", START_MS);

    const socket = new this.#WebSocket(this.#url);
    this.#socket = socket;
    const whileCurrent = (receive) => (event) => socket === this.#socket && receive(event);
    socket.onopen = whileCurrent(() =>
      this.#send({
        type: "session.start",
        language,
        exercise: { type: "free" },
        audio: { encoding: "pcm_s16le", sample_rate: sampleRate },
      }),
    );
    socket.onmessage = whileCurrent(({ data }) => typeof data === "string" && this.#receive(JSON.parse(data)));
    socket.onclose = whileCurrent(({ reason }) => {
      if (reason) this.#leave("refused", reason);
      else this.#leave(this.state === "connected" ? "lost" : "unreachable");
    });
  }

  sendAudio(pcm) {
    if (this.state === "connected") return this.#socket.send(pcm);
    this.#early.push(pcm);
    let bytes = this.#early.reduce((sum, frame) => sum + frame.byteLength, 0);
    while (bytes > this.#earlyLimit) bytes -= this.#early.shift().byteLength;
  }

  /** Asks for what is still missing; the summary and "disconnected" follow. */
  end() {
    this.#ending = true;
    if (this.state !== "connected") return;
    this.#send({ type: "session.end" });
    this.#expect("lost", ANSWER_MS);
  }

  #receive(message) {
    if (message.type === "session.started") this.#begin();
    else if (this.#ending && this.state === "connected") this.#expect("lost", ANSWER_MS);
    this.dispatchEvent(new CustomEvent(message.type, { detail: message }));
    if (message.type === "session.summary") this.#leave("ended");
    if (message.type === "error" && message.fatal) this.#leave("refused", message.message);
  }

  #begin() {
    clearTimeout(this.#timer);
    this.#early.splice(0).forEach((pcm) => this.#socket.send(pcm));
    this.#enter("connected");
    if (this.#ending) this.end();
  }

  #expect(cause, milliseconds) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#leave(cause), milliseconds);
  }

  #leave(cause, message) {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null; // from here on its callbacks are dropped
    socket.close(1000);
    this.#enter("disconnected", { cause, message });
  }

  #enter(state, detail) {
    this.state = state;
    this.dispatchEvent(new CustomEvent(state, { detail }));
  }

  #send(message) {
    this.#socket.send(JSON.stringify(message));
  }
}
