// A lesson: microphone → client, and in which phase it is.
// Phases: idle · asking (for the microphone) · waking (it gives no sound yet) · connecting · listening · away (the server is) ·
// finishing (the last answers come) · leaving (the same, but the server is away).
// Events: "phase" {phase, problem?, cause?, code?, message?}, "level" dBFS, "hearing" yes or no,
// "unfit" (the server's error: what was to be practised from now on cannot be),
// "recovered" (the microphone was away, and another one or the same has taken its place), and
// the server's.

import { Emitter } from "../../sdk/emitter.js";
import { Microphone, PracticeClient, Speaker } from "../../sdk/index.js";
import { TOO_QUIET } from "./level-meter.js";

const QUIET_MS = 5000;
const PROMPT_MS = 300; // a microphone that takes longer is said to be waking up
const WAKE_MS = 3000; // a Bluetooth headset takes up to two seconds; one that is muted never sounds
const OPENING = new Set(["asking", "waking"]);
const NOISE_MS = 8000; // of sound without a word: longer than a first sentence waits for its recognition

export class Lesson extends Emitter {
  #client;
  #Input;
  #sounds;
  #speaker;
  #microphone = null;
  #wake = () => {}; // the first sound has come
  #soundAt = 0; // ms, when the microphone last was loud enough
  #signalAt = 0; // ms, when it last was not digital silence
  #listenedAt = 0; // ms, since when the server listens
  #wasHeard = false; // the server has heard speech from it: it is near enough, whoever pauses now
  #fields = null; // of the session that is about to start
  #later = null; // a change that waits for the utterance's end
  #unsure = null; // what was changed since the last one: the server refuses it where the next has begun
  phase = "idle";
  isHearing = false;

  /** `ticket`: as the client's option. */
  constructor({ url, sounds, ticket, Client = PracticeClient, Input = Microphone, Voice = Speaker }) {
    super();
    this.#Input = Input;
    this.#sounds = sounds;
    this.#client = new Client(url, { ticket });
    this.#speaker = new Voice(this.#client);
    this.#client.on("event", (event) => this.#receive(event));
    this.#client.on("connecting", ({ attempt }) => attempt && this.#enter(this.#isOver ? "leaving" : "away"));
    this.#client.on("connected", () => this.#enter(this.#isOver ? "finishing" : "listening"));
    this.#client.on("disconnected", (detail) => this.#disconnected(detail));
    for (const type of ["audio.sent", "audio.dropped"]) this.#client.on(type, (detail) => this.emit(type, detail));
  }

  get sampleRate() {
    return this.#microphone?.sampleRate ?? 16000;
  }

  /** Seconds of what was said that wait for the server. */
  get waitingSeconds() {
    return Math.round(this.#client.unsentMs / 1000);
  }

  /** "muted", "quiet", "noise" (there is sound, and no speech in it) or null. */
  get silence() {
    const now = performance.now();
    if (this.#microphone?.muted || now - this.#signalAt > QUIET_MS) return "muted";
    if (this.#wasHeard) return null; // a learner who reads the answer, or thinks, is no fault
    if (now - this.#soundAt > QUIET_MS) return "quiet";
    return now - this.#listenedAt > NOISE_MS ? "noise" : null;
  }

  /** `fields` of `session.start`; `microphone` options. */
  async start(fields, microphone) {
    const opening = new this.#Input(microphone);
    this.#microphone = opening;
    this.#fields = fields;
    this.#later = this.#unsure = null;
    this.#enter("asking");
    // One that is being closed still gives its last frames: they belong to no later session.
    this.#hearFrom(opening, microphone);
    const sounds = new Promise((resolve) => { this.#wake = resolve; });
    try {
      await opening.open();
    } catch (error) {
      if (this.#microphone === opening) this.#enter("idle", { problem: error.name });
      return;
    }
    await this.#untilAwake(opening, sounds);
    if (this.#microphone !== opening) return void opening.close(); // cancelled meanwhile
    this.#soundAt = this.#signalAt = performance.now();
    this.#wasHeard = false;
    if (this.#fields.speech) await this.#findVoice(opening);
    if (this.#microphone !== opening) return;
    this.#enter("connecting");
    this.#client.start({ ...this.#fields, audio: { encoding: "pcm_s16le", sample_rate: opening.sampleRate } });
  }

  #hearFrom(input, options) {
    input.on("frame", (frame) => this.#microphone === input && this.#receiveFrame(frame));
    input.on("lost", () => this.#microphone === input && this.#recover(input, options));
  }

  /** A call or an unplugged headset has taken the microphone away: what there is now takes its place, or the lesson ends. */
  async #recover(lost, options) {
    if (OPENING.has(this.phase)) return this.stop("unplugged");
    const next = new this.#Input({ ...options, deviceId: undefined }); // the chosen one may be gone
    this.#hearFrom(next, options);
    const isOpen = await next.open().then(() => true, () => false);
    const fits = isOpen && this.#microphone === lost && next.sampleRate === lost.sampleRate; // the session keeps its rate
    if (!fits) {
      if (isOpen) next.close();
      return this.#microphone === lost && !this.#isOver ? this.stop("unplugged") : undefined;
    }
    this.#microphone = next;
    lost.close();
    this.#soundAt = this.#signalAt = performance.now();
    this.emit("recovered", {});
  }

  /** Where nothing can be played the tutor writes. */
  async #findVoice(opening) {
    try {
      await this.#speaker.open(this.#fields.speech.sample_rate);
    } catch {
      delete this.#fields.speech;
    }
    if (this.#microphone !== opening) this.#speaker.close();
  }

  /** Speech is asked for when it is heard: what comes before is the silence of a headset that wakes up. */
  async #untilAwake(opening, sounds) {
    if (await within(PROMPT_MS, sounds)) return;
    if (this.#microphone !== opening) return;
    this.#enter("waking");
    await within(WAKE_MS, sounds);
  }

  /** Begins without a microphone, for who types. `fields` of `session.start`. */
  type(fields) {
    this.#microphone = null;
    this.#fields = fields;
    this.#later = this.#unsure = null;
    this.#enter("connecting");
    this.#client.start(fields);
  }

  /** Says something in a conversation by typing. */
  say(text) {
    this.#client.say(text);
  }

  /** Asks what could be said now in a conversation. */
  hint() {
    this.#client.hint();
  }

  async stop(problem = null) {
    if (this.phase === "idle" || this.phase === "finishing") return;
    if (this.phase === "leaving") return this.#client.close();
    if (OPENING.has(this.phase)) {
      const opening = this.#microphone;
      this.#microphone = null;
      this.#enter("idle", { problem });
      return opening.close(); // now, not when it has woken up: the browser shows that it is open
    }
    this.#enter(this.#client.state === "connected" ? "finishing" : "leaving", { problem });
    if (this.#speaker.isOpen) this.#speaker.stop(); // of what was said now: the last answer is heard
    const closing = this.#microphone;
    await closing?.close();
    this.emit("level", -Infinity);
    if (this.#microphone === closing) this.#client.end(); // else the lesson is over already
  }

  /** What the tutor says now is heard no further: something else is played. */
  hush() {
    if (this.#speaker.isOpen) this.#speaker.stop();
  }

  /** No silence ends the turn for so long, unless the learner speaks on; 0: no more. */
  hold(ms) {
    if (this.phase === "listening") this.#client.hold(ms);
  }

  /** Another exercise, language or patience: now, or when the learner has finished the utterance. */
  update(fields) {
    if (OPENING.has(this.phase)) this.#fields = { ...this.#fields, ...fields };
    if (!["listening", "away", "connecting"].includes(this.phase)) return;
    this.#later = { ...this.#later, ...fields };
    if (!this.isHearing) this.#updateNow();
  }

  #updateNow() {
    if (!this.#later || this.#isOver) return;
    this.#client.update(this.#later);
    this.#unsure = { ...this.#unsure, ...this.#later };
    this.#later = null;
  }

  #receiveFrame({ pcm, level }) {
    const now = performance.now();
    if (level > -Infinity) {
      this.#signalAt = now;
      this.#wake(true);
    }
    if (level > TOO_QUIET || this.#sounds.isPlaying) this.#soundAt = now;
    // What the page itself plays is not the learner; the clock goes on.
    this.#client.sendAudio(this.#sounds.isPlaying ? new ArrayBuffer(pcm.byteLength) : pcm);
    this.emit("level", this.#sounds.isPlaying ? -Infinity : level);
  }

  #receive(event) {
    if (event.type === "speech.started") this.#hear(true);
    if (event.type === "speech.stopped") this.#hear(false);
    if (event.type === "session.started" && !event.recovered) this.#beginAnew();
    if (event.type === "error" && event.code === "utterance_open") return this.#postpone();
    if (event.type === "error" && event.about === "session.update" && !event.fatal) return this.#refuse(event);
    this.emit(event.type, event);
  }

  #hear(now) {
    this.isHearing = now;
    this.#wasHeard = true; // what the server hears is not too quiet
    if (!now) {
      this.#unsure = null;
      this.#updateNow();
    }
    this.emit("hearing", now);
  }

  /** No end of the sentence comes any more. */
  #beginAnew() {
    this.isHearing = false;
    this.#updateNow();
  }

  /** A change and the beginning of an utterance have crossed on the way. */
  #postpone() {
    this.#later = { ...this.#unsure, ...this.#later };
  }

  /** What the page shows is not what the server would hear: the lesson ends. */
  #refuse(event) {
    this.#unsure = null;
    this.emit("unfit", event);
    this.stop();
  }

  get #isOver() {
    return this.phase === "finishing" || this.phase === "leaving";
  }

  #disconnected(detail) {
    const microphone = this.#microphone;
    this.#microphone = null;
    this.#speaker.close();
    this.#enter("idle", detail);
    microphone?.close().then(() => this.emit("level", -Infinity));
  }

  #enter(phase, detail = {}) {
    this.phase = phase;
    if (phase === "listening") this.#listenedAt = performance.now();
    // A sentence may go on after a lost connection.
    if (!["away", "listening"].includes(phase)) this.isHearing = false;
    this.emit("phase", { phase, ...detail });
  }
}

/** What a promise gives, or false when it takes longer. */
const within = (ms, promise) => Promise.race([promise, new Promise((resolve) => setTimeout(resolve, ms, false))]);
