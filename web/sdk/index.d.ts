import type { ServerEvent, ServerEvents, SessionStart, SessionSummary, SessionUpdate } from "./protocol.js";

export type * from "./protocol.js";

export type State = "disconnected" | "connecting" | "connected";

/** What the client itself tells, beside the server's events. */
export interface ClientEvents {
  /** Every server event, whatever its type. */
  event: ServerEvent;
  /** A socket is about to be opened, or opened again after a loss. */
  connecting: { attempt: number; delay_ms: number };
  /** Audio flows. `recovered`: the same session goes on after a loss. */
  connected: { recovered: boolean };
  disconnected: Disconnected;
  /** The tutor's speech, each sample once; `position` is the first one's place in the reply. */
  "tutor.audio": { reply: number; position: number; pcm: Int16Array; last: boolean };
  /** A frame went out; `at_ms` is where it begins on the session's clock. */
  "audio.sent": { pcm: ArrayBuffer; at_ms: number };
  /** So much of what was said never reaches the server: it was away for too long. */
  "audio.dropped": { ms: number };
}

export interface Disconnected {
  /**
   * "ended" as `end` asked; "refused" by the server, `code` and `message` say why; "unreachable":
   * there never was a session; "lost": there was one, and the server was not found again;
   * "closed" by `close`.
   */
  cause: "ended" | "refused" | "unreachable" | "lost" | "closed";
  code?: string;
  message?: string;
}

export type Events = ServerEvents & ClientEvents;

/** The part of a WebSocket that the client uses: the browser's, Node's, or that of `ws`. */
export interface WebSocketLike {
  binaryType: string;
  readonly bufferedAmount: number;
  onopen: ((event: any) => void) | null;
  onmessage: ((event: any) => void) | null;
  onclose: ((event: any) => void) | null;
  onerror: ((event: any) => void) | null;
  send(data: any): void;
  close(code?: number): void;
}

export interface Clock {
  /** Milliseconds, steady. */
  now(): number;
  setTimeout(run: () => void, ms: number): unknown;
  clearTimeout(timer: any): void;
}

export interface ClientOptions {
  /** Where there is no global one (Node before 22). */
  WebSocket?: new (url: string, protocols?: string[]) => WebSocketLike;
  clock?: Clock;
  /** 0 to 1, for the back-off. */
  random?: () => number;
  /** Audio that is kept while the server is away, seconds. */
  keptSeconds?: number;
  /**
   * Asks for a socket ticket (`POST /v1/tickets`), once for each socket and when a login ends soon;
   * null: a guest comes without one. When it fails it is asked again later, unless it fails with a
   * `RefusedError`.
   */
  ticket?: () => string | null | Promise<string | null>;
}

/** Thrown by `ticket` when another try would not help: `disconnected` comes with this code. */
export class RefusedError extends Error {
  constructor(code: string, message?: string);
  readonly code: string;
}

/** Bytes of PCM16: an `Int16Array`, a `Buffer`, an `ArrayBuffer`. */
export type Pcm = ArrayBuffer | ArrayBufferView;

export class PracticeClient {
  /** `url`: the server's web address, such as `https://tutor.example`. */
  constructor(url: string | URL, options?: ClientOptions);
  readonly state: State;
  /** Milliseconds of audio that wait to be sent. */
  readonly unsentMs: number;

  /** Calls `listener` on each event of a type; returns a function that stops it. */
  on<Type extends keyof Events>(type: Type, listener: (event: Events[Type]) => void): () => void;
  off<Type extends keyof Events>(type: Type, listener: (event: Events[Type]) => void): void;

  /** Opens a session. Audio may be sent from now on; it waits until it can go. */
  start(fields?: Partial<Omit<SessionStart, "type" | "resume">>): void;
  /** Sends mono PCM16 at the session's sample rate. */
  sendAudio(pcm: Pcm): void;
  /** Sends a recording `speed` times as fast as it was spoken. */
  play(pcm: Pcm, speed?: number): Promise<void>;
  /** Ends the utterance now. */
  commit(): void;
  /** Lets the learner think: no silence ends the utterance for `ms` (30,000 at most), unless they speak on; 0: no more. */
  hold(ms: number): void;
  /** Changes exercise, language, endpoint silence or patience between utterances. */
  update(fields: Omit<SessionUpdate, "type">): void;
  /** Asks what could be said now in a conversation; `conversation.state` with a `hint` is the answer. */
  hint(): void;
  /** Says something in a conversation by typing, 500 characters at most. */
  say(text: string): void;
  /** Tells up to where a reply of the tutor's was heard; a `Speaker` does it by itself. */
  played(reply: number, positionMs: number): void;
  /** The tutor is to be silent: what it says is cancelled. */
  hush(): void;
  /** Shows a newer credential in mid-session; `session.authenticated` is the answer. */
  authenticate(credential: { token: string } | { ticket: string }): void;
  /** No more audio comes. Resolves with the summary, or null where it cannot be had. */
  end(): Promise<SessionSummary | null>;
  /** Closes at once. */
  close(): void;
}

/** Seconds of audio that are kept while the server is away. */
export const KEPT_SECONDS: number;
/** Bytes of one binary message. */
export const MAX_FRAME_BYTES: number;
/** Bytes in the socket before further audio waits. */
export const MAX_BUFFERED_BYTES: number;

/** The practice socket of a server, from its web address. */
export function practiceUrl(url: string | URL): string;

export interface MicrophoneOptions {
  echoCancellation?: boolean;
  /** Off by default: it eats the quiet consonants a learner is judged by. */
  noiseSuppression?: boolean;
  autoGainControl?: boolean;
  deviceId?: string;
}

export interface MicrophoneEvents {
  /** 96 ms of mono PCM16 and their level in dBFS. */
  frame: { pcm: ArrayBuffer; level: number };
  /** The device went away. */
  lost: undefined;
}

/** The microphone of a browser, as PCM16. */
export class Microphone {
  constructor(options?: MicrophoneOptions);
  /** Why there can be no microphone here, or null. */
  static obstacle(): "insecure" | "unsupported" | null;
  /** Samples per second of the frames, once it is open. */
  readonly sampleRate: number;
  readonly muted: boolean;
  on<Type extends keyof MicrophoneEvents>(type: Type, listener: (event: MicrophoneEvents[Type]) => void): () => void;
  open(): Promise<void>;
  /** Resolves when the last frame has been given. */
  close(): Promise<void>;
}

export interface SpeakerEvents {
  /** The first sound of a reply. */
  begin: { reply: number; utterance: string; text: string };
  /** A word begins to be said: for captions. `index` counts the words of the reply. */
  word: { reply: number; index: number; text: string };
  /** The reply was said to its end, or broken off. */
  end: { reply: number; cancelled: boolean };
  /** So much silence in the midst of a reply. */
  underrun: { reply: number; ms: number };
}

export interface SpeakerOptions {
  /** Loudness while somebody may be speaking, 0 to 1. */
  ducked?: number;
  /** Makes the audio context for a sample rate. */
  context?: (sampleRate: number) => AudioContext;
  now?: () => number;
}

/** Loudness of the tutor while the learner may be speaking. */
export const DUCKED: number;

/** Plays the tutor's speech, softly while somebody may be speaking, and tells what was heard. */
export class Speaker {
  constructor(client: PracticeClient, options?: SpeakerOptions);
  /** Why nothing can be played here, or null. */
  static obstacle(): "unsupported" | null;
  readonly isOpen: boolean;
  volume: number;
  on<Type extends keyof SpeakerEvents>(type: Type, listener: (event: SpeakerEvents[Type]) => void): () => void;
  /** Begins to play; `sampleRate` is that of `session.start`. Call it from a click. */
  open(sampleRate?: number): Promise<void>;
  duck(): void;
  unduck(): void;
  /** Silent at once; the rest is not said. */
  stop(): void;
  close(): void;
}
