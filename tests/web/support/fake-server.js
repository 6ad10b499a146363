// A server of the page and of the practice protocol, in this process, that a test tells what to say.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { WebSocketServer } from "ws";
import { FakeAccounts } from "./fake-accounts.js";

const WEB = fileURLToPath(new URL("../../../web/", import.meta.url));
const MADE = process.env.PAGE ?? WEB; // the page as the gateway serves it; without it, its modules one by one
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".svg": "image/svg+xml", ".webmanifest": "application/manifest+json" };
// As the gateway sends it; tests/system/gateway/test_app.py reads the gateway's.
const POLICY = "default-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export const LIMITS = { max_frame_bytes: 65536, max_session_s: 3600, max_utterance_ms: 30000, idle_timeout_s: 120, max_speed: 2, speed_burst_ms: 5000 };

export class FakeServer {
  #http = createServer((request, response) => this.#serve(request, response));
  #sockets = null;
  exercises = [];
  voices = []; // as /v1/voices tells them
  spoken = []; // what was asked of /v1/audio/speech
  accounts = new FakeAccounts();
  sessions = []; // one {messages, bytes, tell, drop} a socket
  gates = {}; // "METHOD /path" → what its answer waits for, see `hold`

  /** `onSession(session)` is called with each session that has begun; `recovers`: resumes them; `refuses`: has none. */
  constructor({ onSession = () => {}, recovers = false, refuses = false } = {}) {
    this.onSession = onSession;
    this.recovers = recovers;
    this.refuses = refuses;
  }

  async start(port = 0) {
    await new Promise((resolve) => this.#http.listen(port, "127.0.0.1", resolve));
    this.#sockets = new WebSocketServer({ server: this.#http, path: "/v1/practice" });
    this.#sockets.on("connection", (socket, request) => this.#accept(socket, request));
    this.port = this.#http.address().port;
    this.url = `http://127.0.0.1:${this.port}`;
    return this;
  }

  /** Holds back the answers to what is asked from now on; the function that it returns lets them go. */
  hold(name) {
    let open;
    this.gates[name] = new Promise((resolve) => { open = resolve; });
    return () => {
      delete this.gates[name];
      open();
    };
  }

  async stop() {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#sockets.close();
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  #accept(socket, request) {
    if (this.refuses) return socket.terminate();
    const session = new Session(socket, this.sessions.length + 1);
    session.protocols = request.headers["sec-websocket-protocol"] ?? null;
    this.sessions.push(session);
    socket.on("message", (data, isBinary) => session.receive(data, isBinary, this));
  }

  async #serve(request, response) {
    const { pathname: path, searchParams: query } = new URL(request.url, "http://x");
    const body = (await request.toArray()).join("");
    const gate = this.gates[`${request.method} ${path}`];
    const told = this.accounts.answer({ method: request.method, path, query, headers: request.headers, body });
    if (told) {
      await Promise.all([setTimeout(this.accounts.latencyMs), gate]);
      return this.#tell(response, told);
    }
    await gate;
    const kept = /^\/static\/(app|style)-/.test(path) ? { "cache-control": "public, max-age=31536000, immutable" } : {};
    const answer = (body, type) => response.writeHead(200, { "content-type": type, "content-security-policy": POLICY, ...kept }).end(body);
    if (path === "/v1/exercises" && this.exercises === null) return response.writeHead(503).end();
    if (path === "/v1/exercises") return answer(JSON.stringify(this.exercises), "application/json");
    if (path === "/v1/scenarios") return answer(JSON.stringify(this.scenarios ?? []), "application/json");
    if (path === "/v1/voices") return answer(JSON.stringify({ data: this.voices }), "application/json");
    if (path === "/v1/audio/speech") return this.#speak(response, JSON.parse(body));
    if (path === "/v1/interfaces") return answer('{"ar": "العربية", "de": "Deutsch", "en": "English", "es": "Español", "fr": "Français", "ru": "Русский", "zh": "中文"}', "application/json");
    const file = path === "/" ? "index.html" : normalize(path.replace(/^\/static\//, ""));
    const folder = path === "/" || /^(app|style)-[0-9a-f]+\.(js|css)$/.test(file) ? MADE : WEB;
    try {
      answer(await readFile(join(folder, file)), TYPES[extname(file)] ?? "application/octet-stream");
    } catch {
      response.writeHead(404).end();
    }
  }

  /** Two seconds of a voice that glides from 100 to 200 Hz. */
  #speak(response, wish) {
    this.spoken.push(wish);
    const pcm = new Int16Array(2 * 24_000);
    let phase = 0;
    for (let at = 0; at < pcm.length; at += 1) {
      phase += (100 * 2 ** (at / pcm.length)) / 24_000;
      for (let n = 1; n < 9; n += 1) pcm[at] += (2500 / n) * Math.sin(2 * Math.PI * n * phase);
    }
    response.writeHead(200, { "content-type": "audio/pcm" }).end(Buffer.from(pcm.buffer));
  }

  #tell(response, { status = 200, body, headers = {} }) {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  }
}

class Session {
  #seq = 0;
  messages = [];
  bytes = 0; // of audio

  constructor(socket, number) {
    this.socket = socket;
    this.number = number;
  }

  receive(data, isBinary, { onSession, recovers }) {
    if (isBinary) {
      this.bytes += data.length;
      return;
    }
    const message = JSON.parse(data);
    this.messages.push(message);
    if (message.type === "session.start") {
      const recovered = message.resume ? { recovered: recovers } : {};
      if (recovered.recovered) this.#seq = message.resume.after - 1;
      this.tell({ type: "session.started", session: `s${this.number}`, token: "t", limits: LIMITS, ...recovered });
      if (recovered.recovered) this.tell({ type: "audio.ack", received_ms: 0 });
      onSession(this);
    }
    if (message.type === "session.end") this.end();
  }

  tell(...events) {
    for (const event of events) {
      this.#seq += 1;
      this.socket.send(JSON.stringify({ ...event, seq: this.#seq }));
    }
  }

  summary = { type: "session.summary", utterances: 0, words: 0, audio_ms: 0, speech_ms: 0, practise: [] };

  end() {
    this.tell(this.summary);
    this.socket.close(1000);
  }

  drop() {
    this.socket.terminate();
  }
}
