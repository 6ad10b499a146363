// A client of the practice protocol, version 1, for browsers and Node.
//
// Every server event is emitted by its `type` and, whatever its type, as "event". The client's own:
//   "connecting"    {attempt, delay_ms}   a socket is about to be opened, or opened again
//   "connected"     {recovered}           audio flows
//   "disconnected"  {cause, code?, message?}  cause: "ended" (as asked), "refused" (by the server),
//                   "unreachable" (never connected), "lost" (and not found again), "closed"
//   "tutor.audio"   {reply, position, pcm, last}  the tutor's speech, each sample once: `pcm` is an
//                   Int16Array, `position` its first sample in the reply (see `Speaker`)
//   "audio.sent"    {pcm, at_ms}          a frame, and where it begins on the session's clock
//   "audio.dropped" {ms}                  audio that never reaches the server: too long away

import { fullJitter } from "./backoff.js";
import { Emitter } from "./emitter.js";
import { Outbox } from "./outbox.js";
import { Pace } from "./pace.js";

export const KEPT_SECONDS = 30; // of audio that the server has not acknowledged
export const MAX_FRAME_BYTES = 32_000; // of one binary message
export const MAX_BUFFERED_BYTES = 64_000; // in the socket, before the outbox waits
const VERSION = "tutor.v1"; // the subprotocols of a socket that carries a ticket
const TICKET = "tutor.ticket.";
const START_MS = 10_000; // until session.started
const ANSWER_MS = 30_000; // without a connection, or until the close, after session.end
const SCORES_MS = 75_000; // between two messages after session.end: scores may be a minute late
const GIVE_UP_MS = 300_000; // without a session
const STABLE_MS = 5_000; // a shorter session does not reset the back-off
const RESUME_MS = 3_000; // until a recovered session says from where to send audio again
const SETTLE_MS = 100; // after the last of such answers: acknowledgements are replayed, too
const RENEW_MS = 5_000; // between two tries to get a ticket for an open socket
const POLL_MS = 50; // while the socket's buffer is full
const PLAY_MS = 96; // of one frame of `play`: three of the server's windows

/** Fatal errors after which another try may do. All others would come again. */
const PASSING = new Set([
  "busy", "unavailable", "going_away", "internal", "slow_consumer", "session_too_long",
  "audio_too_fast", // it was held back on its way: from here it goes slowly enough
]);
const PASSING_CLOSE = new Set([1000, 1001, 1005, 1006, 1011, 1012, 1013, 4408]);

const GOING_AWAY_CLOSE = 1012; // the server stops; another one has the session

const CLOCK = {
  now: () => performance.now(),
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (timer) => clearTimeout(timer),
};

/** The practice socket of a server, from its web address. */
export function practiceUrl(url) {
  return `${String(url).replace(/^http/, "ws").replace(/\/+$/, "")}/v1/practice`;
}

function checked(ticket) {
  if (ticket === null || ticket) return ticket;
  throw new TypeError("the ticket option gave no ticket");
}

const HEADER_BYTES = 12;
const LAST = 1;

/** The server's binary frame: version, kind, flags, number of the reply, first sample, PCM16. */
function decodeSpeech(data) {
  if (data.byteLength < HEADER_BYTES || data.byteLength % 2) return null;
  const view = new DataView(data);
  if (view.getUint8(0) !== 1 || view.getUint8(1) !== 1) return null; // a newer server's
  const pcm = new Int16Array(data.slice(HEADER_BYTES)); // all that browsers run on is little-endian
  return { reply: view.getUint32(4, true), position: view.getUint32(8, true), last: (view.getUint16(2, true) & LAST) > 0, pcm };
}

/** An event of the server's; null: whatever answers there, it is none. */
function parsed(text) {
  try {
    const event = JSON.parse(text);
    return typeof event?.type === "string" ? event : null;
  } catch {
    return null;
  }
}

/** Thrown by a `ticket` callback when another try would not help: the session ends with this code. */
export class RefusedError extends Error {
  name = "RefusedError";

  constructor(code, message = code) {
    super(message);
    this.code = code;
  }
}

const bytesOf = (pcm) =>
  ArrayBuffer.isView(pcm) ? new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength) : new Uint8Array(pcm);

export class PracticeClient extends Emitter {
  #url;
  #WebSocket;
  #clock;
  #random;
  #keptSeconds;
  #ticket; // asks the page's server for a socket ticket

  #state = "disconnected";
  #start; // the first message of the next session
  #before; // the same, as it was before the last update
  #socket = null;
  #socketId = 0; // callbacks of other sockets are dropped
  #timer; // until something must have come
  #pumpTimer;
  #outbox = null;
  #pace = null;
  #session = null; // {session, token}
  #seq = 0; // of the last event
  #heard = null; // {reply, end, rate}: the tutor's audio up to there was received
  #played = null; // the last that was told of it, as a message
  #attempt = 0;
  #awaySince = 0;
  #connectedAt = null;
  #isHeld = false; // nothing is sent until a recovered session has said from where
  #fatal = null; // the error that ended the session
  #ending = null; // {at, promise, resolve, isSent} since `end`
  #summary = null;

  constructor(url, { WebSocket = globalThis.WebSocket, clock = CLOCK, random = Math.random, keptSeconds = KEPT_SECONDS, ticket } = {}) {
    super();
    if (!WebSocket) throw new TypeError("there is no WebSocket here: give one in the options");
    this.#url = practiceUrl(url);
    this.#WebSocket = WebSocket;
    this.#clock = clock;
    this.#random = random;
    this.#keptSeconds = keptSeconds;
    this.#ticket = ticket;
  }

  /** "disconnected", "connecting" or "connected". */
  get state() {
    return this.#state;
  }

  /** Milliseconds of audio that wait to be sent. */
  get unsentMs() {
    return this.#outbox?.unsentMs ?? 0;
  }

  /** Opens a session; takes the fields of `session.start`. Audio may be sent from now on. */
  start(fields = {}) {
    if (this.#state !== "disconnected") throw new Error(`start needs disconnected, not ${this.#state}`);
    const audio = { encoding: "pcm_s16le", sample_rate: 16000, ...fields.audio };
    this.#start = { language: "en", ...fields, audio };
    const rate = audio.sample_rate;
    this.#outbox = new Outbox({
      rate,
      limit: this.#keptSeconds * rate * 2,
      onDrop: (ms) => this.emit("audio.dropped", { ms }),
    });
    this.#session = this.#fatal = this.#ending = this.#summary = this.#connectedAt = null;
    this.#attempt = 0;
    this.#awaySince = this.#clock.now();
    this.#connect(0);
  }

  /** Sends mono PCM16; what cannot be sent now is kept, `KEPT_SECONDS` of it. */
  sendAudio(pcm) {
    if (this.#state === "disconnected" || this.#ending) return;
    const bytes = bytesOf(pcm);
    for (let at = 0; at < bytes.length; at += MAX_FRAME_BYTES) {
      this.#outbox.addAudio(bytes.slice(at, at + MAX_FRAME_BYTES).buffer);
    }
    this.#pump();
  }

  /** Sends a recording as fast as it was spoken; resolves when all of it was handed over. */
  async play(pcm, speed = 1) {
    const bytes = bytesOf(pcm);
    const rate = this.#start.audio.sample_rate;
    const size = 2 * Math.round((rate * PLAY_MS) / 1000);
    const began = this.#clock.now();
    for (let at = 0; at < bytes.length && this.#state !== "disconnected"; at += size) {
      const due = began + (at + size) / (2 * rate * speed) * 1000;
      await new Promise((resolve) => this.#clock.setTimeout(resolve, due - this.#clock.now()));
      this.sendAudio(bytes.subarray(at, at + size));
    }
  }

  /** Ends the utterance now. */
  commit() {
    this.#enqueue({ type: "utterance.commit" });
  }

  /** Lets the learner think: no silence ends the utterance for `ms`, unless they speak on; 0: no more. */
  hold(ms) {
    this.#enqueue({ type: "turn.hold", ms });
  }

  /** Changes `exercise`, `language`, `endpoint_silence_ms`, `patience` or `vocabulary` between utterances. */
  update(fields) {
    this.#enqueue({ type: "session.update", ...fields });
  }

  /** Asks what could be said now in a conversation; `conversation.state` with a `hint` is the answer. */
  hint() {
    this.#enqueue({ type: "conversation.hint" });
  }

  /** Says something in a conversation by typing. */
  say(text) {
    this.#enqueue({ type: "conversation.say", text });
  }

  /** Tells up to where a reply of the tutor's was heard; `Speaker` does it. */
  played(reply, positionMs) {
    this.#played = { type: "speech.played", reply, position_ms: positionMs };
    if (this.#state === "connected" && !this.#isHeld) this.#sendNow(this.#played);
  }

  /** The tutor is to be silent. */
  hush() {
    this.#enqueue({ type: "speech.stop" });
  }

  /** Shows a newer `token` or `ticket` in mid-session; `session.authenticated` is the answer. */
  authenticate(credential) {
    if (this.#state === "connected") this.#sendNow({ type: "session.authenticate", ...credential });
  }

  /** No more audio comes. Resolves with the summary, or with null when it cannot be had. */
  end() {
    if (this.#state === "disconnected") return Promise.resolve(null);
    if (!this.#ending) {
      this.#ending = { at: this.#clock.now() };
      this.#ending.promise = new Promise((resolve) => { this.#ending.resolve = resolve; });
      this.#enqueue({ type: "session.end" });
    }
    return this.#ending.promise;
  }

  /** Closes at once; nothing more comes. */
  close() {
    if (this.#state !== "disconnected") this.#leave({ cause: "closed" });
  }

  // ------------------------------------------------------------ the socket

  #connect(delayMs) {
    this.#enter("connecting", { attempt: this.#attempt, delay_ms: delayMs });
    if (delayMs) this.#expect(delayMs, () => this.#open());
    else this.#open();
  }

  #open() {
    this.#expect(START_MS, () => this.#lose());
    if (!this.#ticket) return this.#openSocket();
    const goOn = (ticket) => this.#openSocket(ticket === null ? null : [VERSION, TICKET + ticket]);
    return this.#askTicket(goOn, (error) => {
      if (error instanceof RefusedError) this.#leave({ cause: "refused", code: error.code, message: error.message });
      else this.#lose();
    });
  }

  /** Asks for a ticket and goes on with it (null: a guest's), unless the socket is another by then. */
  async #askTicket(goOn, fail) {
    const id = this.#socketId;
    const whileCurrent = (run) => (value) => { if (id === this.#socketId) run(value); };
    await Promise.resolve().then(this.#ticket).then(checked).then(whileCurrent(goOn), whileCurrent(fail));
  }

  /** Shows a newer ticket; one that cannot be had is asked for again until the login ends (ms). */
  #renew(end) {
    this.#askTicket((ticket) => { if (ticket) this.authenticate({ ticket }); }, (error) => {
      const isOver = error instanceof RefusedError || this.#clock.now() + RENEW_MS > end;
      if (!isOver) this.#clock.setTimeout(() => this.#renew(end), RENEW_MS);
    });
  }

  #openSocket(protocols) {
    const id = ++this.#socketId;
    const socket = new this.#WebSocket(this.#url, ...(protocols ? [protocols] : []));
    const whileCurrent = (receive) => (event) => { if (id === this.#socketId) receive(event); };
    socket.binaryType = "arraybuffer";
    socket.onopen = whileCurrent(() => this.#sendNow(this.#firstMessage()));
    socket.onmessage = whileCurrent(({ data }) => {
      if (typeof data === "string") this.#receive(data);
      else this.#receiveAudio(data);
    });
    socket.onclose = whileCurrent((event) => this.#receiveClose(event));
    socket.onerror = () => {}; // a close follows
    this.#socket = socket;
  }

  #firstMessage() {
    const resume = this.#session && { ...this.#session, after: this.#seq };
    if (resume && this.#heard) {
      const { reply, end, rate } = this.#heard;
      resume.speech = { reply, position_ms: Math.floor((end * 1000) / rate) };
    }
    return { type: "session.start", ...this.#start, ...(resume ? { resume } : {}) };
  }

  #receiveClose({ code, reason }) {
    const refused = this.#fatal
      ? !PASSING.has(this.#fatal.code)
      : !PASSING_CLOSE.has(code) && !PASSING.has(reason);
    if (!refused) return this.#lose({ atOnce: code === GOING_AWAY_CLOSE && !this.#fatal });
    this.#leave({ cause: "refused", code: this.#fatal?.code ?? (reason || String(code)), message: this.#fatal?.message ?? reason });
  }

  /** The socket is gone, or useless: try again, if there is anything to win by it. */
  #lose({ atOnce = false } = {}) {
    this.#abandonSocket(); // without a code: 1000 would tell the server that the learner has left
    const now = this.#clock.now();
    if (this.#connectedAt !== null) {
      if (now - this.#connectedAt > STABLE_MS) this.#attempt = 0;
      this.#awaySince = now;
      this.#connectedAt = null;
    }
    const cause = this.#session ? "lost" : "unreachable";
    const isTooLong = this.#ending
      ? now - Math.max(this.#awaySince, this.#ending.at) >= ANSWER_MS
      : now - this.#awaySince >= GIVE_UP_MS;
    if (isTooLong || (this.#isDone && (this.#fatal || !this.#session))) return this.#leave({ cause });
    if (this.#fatal?.code === "session_too_long") this.#session = null;
    this.#fatal = null;
    const delay = atOnce && this.#attempt === 0 ? 0 : fullJitter(this.#attempt, this.#random);
    this.#attempt += 1;
    this.#connect(delay);
  }

  /** Whether nothing is left to say: only the old session could give the last answers. */
  get #isDone() {
    return this.#ending && this.#outbox.isSettled;
  }

  #leave(detail) {
    this.#abandonSocket(1000);
    this.#outbox = null;
    const ending = this.#ending;
    this.#enter("disconnected", detail);
    ending?.resolve(this.#summary);
  }

  #abandonSocket(code) {
    this.#clock.clearTimeout(this.#timer);
    this.#clock.clearTimeout(this.#pumpTimer);
    this.#isHeld = false;
    const socket = this.#socket;
    this.#socket = null;
    this.#socketId += 1;
    try {
      socket?.close(...(code ? [code] : []));
    } catch { /* it was never open */ }
  }

  #enter(state, detail) {
    this.#state = state;
    this.emit(state, detail);
  }

  #expect(milliseconds, otherwise) {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = this.#clock.setTimeout(otherwise, milliseconds);
  }

  // ------------------------------------------------------------ in

  #receive(text) {
    const event = parsed(text);
    if (!event) return;
    if (event.type === "session.started") return this.#begin(event);
    if (event.seq <= this.#seq) return; // replayed, and seen before
    this.#seq = event.seq;
    if (this.#ending || this.#fatal) this.#expect(SCORES_MS, () => this.#lose());
    if (event.type === "audio.ack") this.#receiveAck(event);
    if (event.type === "tutor.speech.started") this.#heard = { reply: event.reply, end: 0, rate: event.sample_rate };
    if (event.type === "error" && event.fatal) this.#receiveFatal(event);
    else if (event.about === "session.update") this.#start = this.#before ?? this.#start; // it had no effect
    if (event.type === "session.expiring" && this.#ticket) {
      this.#renew(this.#clock.now() + event.expires_in_s * 1000);
    }
    if (event.type === "session.summary") this.#summary = event;
    this.#tell(event);
    if (this.#summary && this.#ending && !this.#fatal && this.#outbox) this.#leave({ cause: "ended" });
  }

  #begin(event) {
    this.#clock.clearTimeout(this.#timer);
    const recovered = event.recovered === true;
    if (!recovered) {
      this.#seq = event.seq;
      this.#heard = this.#played = null;
      this.#summary = null; // of a session before this one
    }
    if (this.#session && !recovered && this.#isDone) return this.#leave({ cause: "lost" });
    this.#outbox.rewind({ isNewSession: !recovered });
    this.#session = { session: event.session, token: event.token };
    this.#pace = new Pace(event.limits, this.#clock.now());
    this.#connectedAt = this.#clock.now();
    this.#tell(event);
    this.#enter("connected", { recovered });
    if (this.#state !== "connected") return; // a listener closed it
    if (!recovered && this.#ending?.isSent && !this.#outbox.holds("session.end")) {
      this.#outbox.addMessage({ type: "session.end" }); // the session that had it is gone
    }
    if (recovered) this.#hold(RESUME_MS);
    else this.#pump();
  }

  /** The tutor's speech; what came on another connection, too, is passed over. */
  #receiveAudio(data) {
    const frame = decodeSpeech(data);
    const heard = this.#heard;
    if (!frame || frame.reply !== heard?.reply) return;
    const { reply, position, last } = frame;
    const pcm = frame.pcm.slice(Math.max(0, heard.end - position));
    if (!pcm.length) return;
    const begin = Math.max(position, heard.end);
    heard.end = begin + pcm.length;
    this.emit("tutor.audio", { reply, position: begin, pcm, last });
  }

  #receiveAck(event) {
    this.#outbox.acknowledge(event.received_ms, event.messages);
    if (this.#isHeld) this.#hold(SETTLE_MS);
  }

  #hold(milliseconds) {
    this.#isHeld = true;
    this.#clock.clearTimeout(this.#pumpTimer);
    this.#pumpTimer = this.#clock.setTimeout(() => {
      this.#isHeld = false;
      if (this.#played) this.#sendNow(this.#played); // it may have been on the way when the connection broke
      this.#pump();
    }, milliseconds);
  }

  #receiveFatal(event) {
    this.#fatal = event; // finals of what was said before follow, then the close
    this.#expect(ANSWER_MS, () => this.#receiveClose({ code: 1006, reason: "" }));
  }

  #tell(event) {
    this.emit(event.type, event);
    this.emit("event", event);
  }

  // ------------------------------------------------------------ out

  #enqueue(message) {
    if (this.#state === "disconnected") return;
    this.#outbox.addMessage(message);
    this.#pump();
  }

  #pump() {
    if (this.#isHeld) return;
    this.#clock.clearTimeout(this.#pumpTimer);
    while (this.#state === "connected" && !this.#fatal) {
      const item = this.#outbox.peek();
      if (!item) return;
      const wait = this.#wait(item);
      if (wait > 0) {
        this.#pumpTimer = this.#clock.setTimeout(() => this.#pump(), wait);
        return;
      }
      this.#send(this.#outbox.take());
    }
  }

  #wait({ pcm }) {
    if (this.#socket.bufferedAmount > MAX_BUFFERED_BYTES) return POLL_MS;
    if (!pcm) return 0;
    return this.#pace.wait(pcm.byteLength / 2 / this.#start.audio.sample_rate, this.#clock.now());
  }

  #send({ pcm, message, at_ms }) {
    if (pcm) {
      this.#socket.send(pcm);
      this.emit("audio.sent", { pcm, at_ms });
      return;
    }
    this.#sendNow(message);
    const { type, ...fields } = message;
    if (type === "session.update") [this.#before, this.#start] = [this.#start, { ...this.#start, ...fields }]; // as the next session begins
    if (type === "session.end") {
      this.#ending.isSent = true;
      this.#expect(SCORES_MS, () => this.#lose());
    }
  }

  #sendNow(message) {
    this.#socket.send(JSON.stringify(message));
  }
}
