// Plays the tutor's speech of a `PracticeClient`, and tells the server what was heard.
//
// Events:
//   "begin"    {reply, utterance, text}   the first sound of a reply
//   "word"     {reply, index, text}       a word begins to be said
//   "end"      {reply, cancelled}         it was said to its end, or broken off
//   "underrun" {reply, ms}                so much silence in its midst: the network, or a busy server

import { Emitter } from "./emitter.js";

const WORKLET = new URL("./speaker-worklet.js", import.meta.url);
const REPORT_MS = 250; // of what was played, between two messages to the server
export const DUCKED = 0.1; // how loud the tutor is while the learner may be speaking: -20 dB

export class Speaker extends Emitter {
  #client;
  #makeContext;
  #context = null;
  #node = null;
  #stops = []; // of listening to the client
  #replies = new Map(); // number → {utterance, text, rate, words, next, toldAt}
  #ducked;
  #volume = 1;
  #isSoft = false;
  #now;

  /**
   * `client`: whose tutor is played. `ducked`: its loudness, 0 to 1, while somebody may be
   * speaking. `context`: makes the `AudioContext` for a sample rate.
   */
  constructor(client, { ducked = DUCKED, context = (sampleRate) => new AudioContext({ sampleRate }), now = () => performance.now() } = {}) {
    super();
    this.#client = client;
    this.#ducked = ducked;
    this.#makeContext = context;
    this.#now = now;
  }

  /** Why nothing can be played here: "unsupported" or null. */
  static obstacle() {
    return globalThis.AudioContext && globalThis.AudioWorkletNode ? null : "unsupported";
  }

  /**
   * Begins to play what comes, at the rate that `session.start` asks for in `speech.sample_rate`.
   * Browsers let a page sound only after a click or a key: call it from there.
   */
  async open(sampleRate = 24000) {
    this.#context = this.#makeContext(sampleRate);
    try {
      await this.#context.audioWorklet.addModule(WORKLET);
      this.#node = new AudioWorkletNode(this.#context, "tutor-speech", { numberOfInputs: 0, outputChannelCount: [1] });
    } catch (error) {
      this.#context?.close();
      this.#context = null;
      throw error;
    }
    this.#node.port.onmessage = ({ data }) => this.#receiveReport(data);
    this.#node.connect(this.#context.destination);
    this.#listen();
    await this.#context.resume();
  }

  get isOpen() {
    return this.#node !== null;
  }

  /** Loudness of the tutor, 0 to 1; it stays while it is soft for the learner's sake. */
  set volume(volume) {
    this.#volume = Math.max(0, Math.min(1, volume));
    this.#tune();
  }

  get volume() {
    return this.#volume;
  }

  /** Plays softly, as `tutor.speech.ducked` does. */
  duck() {
    this.#isSoft = true;
    this.#tune();
  }

  /** Plays as loudly as before. */
  unduck() {
    this.#isSoft = false;
    this.#tune();
  }

  /** Silent at once, and the rest of what the tutor was saying is not said. */
  stop() {
    if (!this.#replies.size) return;
    this.#flush(Math.max(0, ...this.#replies.keys()), true);
    this.#client.hush();
  }

  /** Plays nothing any more. */
  close() {
    for (const stop of this.#stops) stop();
    this.#stops = [];
    this.#node?.port.postMessage({ close: true });
    this.#node?.disconnect();
    this.#context?.close();
    this.#node = this.#context = null;
    this.#replies.clear();
  }

  #listen() {
    const on = (type, receive) => this.#stops.push(this.#client.on(type, receive));
    on("connected", ({ recovered }) => { if (!recovered) this.#forget(); });
    on("tutor.speech.started", (event) => this.#begin(event));
    on("tutor.speech.marks", ({ reply, words }) => this.#replies.get(reply)?.words.push(...words));
    on("tutor.speech.ducked", () => this.duck());
    on("tutor.speech.unducked", () => this.unduck());
    on("tutor.speech.cancelled", ({ reply }) => this.#flush(reply, true));
    on("tutor.audio", ({ reply, position, pcm, last }) => {
      this.#node.port.postMessage({ chunk: { reply, position, samples: pcm, last } });
    });
  }

  #begin({ reply, utterance, text, sample_rate: rate }) {
    this.unduck();
    this.#replies.set(reply, { utterance, text, rate, words: [], next: 0, toldAt: -Infinity, begun: false });
  }

  #tune() {
    this.#node?.port.postMessage({ gain: this.#volume * (this.#isSoft ? this.#ducked : 1) });
  }

  #forget() {
    this.#flush(Infinity, true);
    this.#replies.clear();
  }

  #flush(upTo, cancelled) {
    this.#node?.port.postMessage({ flush: upTo });
    this.unduck();
    for (const reply of [...this.#replies.keys()].filter((number) => number <= upTo)) {
      this.#replies.delete(reply);
      this.emit("end", { reply, cancelled });
    }
  }

  #receiveReport({ reply, played, last, missing }) {
    const known = this.#replies.get(reply);
    if (!known) return;
    if (missing) {
      this.emit("underrun", { reply, ms: Math.round((missing * 1000) / known.rate) });
      return;
    }
    const ms = Math.floor((played * 1000) / known.rate);
    this.#tellWords(reply, known, ms);
    if (last || this.#now() - known.toldAt >= REPORT_MS) {
      known.toldAt = this.#now();
      this.#client.played(reply, ms);
    }
    if (last) {
      this.#replies.delete(reply);
      this.emit("end", { reply, cancelled: false });
    }
  }

  #tellWords(reply, known, ms) {
    if (!known.begun) {
      known.begun = true;
      this.emit("begin", { reply, utterance: known.utterance, text: known.text });
    }
    while (known.next < known.words.length && known.words[known.next].start_ms <= ms) {
      this.emit("word", { reply, index: known.next, text: known.words[known.next].text });
      known.next += 1;
    }
  }
}
