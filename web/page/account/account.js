// Who practises here: somebody who has signed in, or a guest. Emits "change", and "expired" when the
// login has ended by itself or elsewhere.
// The access token stays in this page's memory. What continues the login is an HttpOnly cookie that
// no script can read; whether it is worth asking for is a preference.

import { Emitter } from "../../sdk/emitter.js";
import { RefusedError } from "../../sdk/index.js";

const SPARE_S = 90; // before its end a token is renewed; the server warns an open session at 60
const LOCK = "voice-tutor-login"; // a refresh token is good once: the tabs take turns
const FINAL = new Set(["unauthenticated", "quota_exhausted"]); // another ticket would not be had either

/** What the server refused, with its code; `waitS`: seconds until another try may do. */
export class Problem extends Error {
  constructor(code, { detail = code, errors = [], waitS = 0 } = {}) {
    super(detail);
    this.code = code;
    this.fields = errors.map(({ field }) => field);
    this.waitS = waitS;
  }
}

export class Account extends Emitter {
  #preferences;
  #token = null;
  #renewAt = 0; // ms, of performance.now()
  #renewal = null; // the one that is on its way
  #hasExpired = false; // the login has ended, and nobody has been told yet
  me = null; // as /v1/me tells it; null: a guest
  isRequired = false;
  minPassword = 8;
  taught = null; // languages that have exercises; null: the server does not say

  constructor(preferences) {
    super();
    this.#preferences = preferences;
  }

  get mustSignIn() {
    return this.isRequired && !this.me;
  }

  /** Learns what holds on this server, and goes on with the login of before, if there is one. */
  async load() {
    const facts = await ask("GET", "/v1/server");
    this.isRequired = facts.accounts === "required";
    this.minPassword = facts.min_password;
    this.taught = facts.languages ?? null;
    if (this.#preferences.get("hasLogin")) await this.refresh().catch(() => {});
    this.acceptGuest();
  }

  async signIn(email, password) {
    this.#take(await ask("POST", "/v1/token", { body: form({ grant_type: "password", username: email, password }) }));
    this.acceptGuest();
    await this.refresh();
  }

  async register(email, password, language) {
    await ask("POST", "/v1/accounts", { body: { email, password, native_language: language } });
    await this.signIn(email, password);
  }

  async signOut({ everywhere = false } = {}) {
    try {
      await this.request("POST", "/v1/logout", { body: form({ everywhere }) });
    } catch (problem) {
      if (problem.code !== "unauthenticated") throw problem; // else it had ended already
    }
    this.#preferences.forgetLearner();
    this.#forget();
  }

  /** `password`: needed by a login that is no longer fresh. */
  async delete(password) {
    await this.request("DELETE", "/v1/me", password ? { body: { password } } : {});
    this.#preferences.forgetLearner();
    this.#forget();
  }

  /** Asks for the account as it is now. */
  async refresh() {
    this.#show(await this.request("GET", "/v1/me"));
  }

  async change(fields) {
    this.#show(await this.request("PATCH", "/v1/me", { body: fields }));
  }

  /** All other logins end by it; this one goes on. */
  async changePassword(current, next) {
    await this.request("POST", "/v1/me/password", { body: { current_password: current, new_password: next } });
  }

  /** Goes on as a guest where the login has ended. */
  acceptGuest() {
    this.#hasExpired = false;
  }

  /** A ticket for the practice socket; null for a guest. */
  async ticket() {
    if (this.mustSignIn || this.#hasExpired) throw new RefusedError("unauthenticated");
    if (!this.me) return null;
    try {
      return (await this.request("POST", "/v1/tickets")).ticket;
    } catch (problem) {
      throw FINAL.has(problem.code) ? new RefusedError(problem.code, problem.message) : problem;
    }
  }

  /** Asks the API in the account's name; throws a `Problem`. `read`: "json", "blob", "arrayBuffer". */
  async request(method, path, options = {}) {
    if (!this.#token || performance.now() > this.#renewAt) await this.#renew();
    try {
      return await ask(method, path, { ...options, token: this.#token });
    } catch (problem) {
      if (problem.code !== "unauthenticated") throw problem;
    }
    await this.#renew(); // the login may have ended elsewhere, the cookie knows
    return ask(method, path, { ...options, token: this.#token });
  }

  /** Asks what guests may ask, too: in the account's name where there is one. */
  ask(method, path, options = {}) {
    return this.me ? this.request(method, path, options) : ask(method, path, options);
  }

  /** Saves what the API gives as a file. */
  async download(path, name) {
    const blob = await this.request("GET", path, { read: "blob" });
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // the download has begun by then
  }

  // ------------------------------------------------------------ the token

  #renew() {
    this.#renewal ??= alone(() => this.#askToken()).finally(() => { this.#renewal = null; });
    return this.#renewal;
  }

  async #askToken() {
    try {
      this.#take(await ask("POST", "/v1/token", { body: form({ grant_type: "refresh_token" }) }));
    } catch (problem) {
      if (problem.code !== "invalid_grant") throw problem;
      this.#hasExpired = true;
      this.#forget();
      this.emit("expired");
      throw new Problem("unauthenticated");
    }
  }

  #take({ access_token: token, expires_in: lifeS }) {
    this.#token = token;
    this.#renewAt = performance.now() + Math.max(1, lifeS - SPARE_S) * 1000;
    this.#preferences.set("hasLogin", true);
  }

  #forget() {
    this.#token = null;
    this.#preferences.set("hasLogin", false);
    this.#show(null);
  }

  #show(me) {
    this.me = me;
    this.emit("change");
  }
}

const form = (fields) => new URLSearchParams(fields);

const alone = (run) => (navigator.locks ? navigator.locks.request(LOCK, run) : run());

async function ask(method, path, { body, token, read = "json" } = {}) {
  const isJson = body && !(body instanceof URLSearchParams);
  const answer = await fetch(path, {
    method,
    body: isJson ? JSON.stringify(body) : body,
    headers: { ...(isJson && { "Content-Type": "application/json" }), ...(token && { Authorization: `Bearer ${token}` }) },
  }).catch(() => { throw new Problem("unreachable"); });
  if (!answer.ok) throw await problemOf(answer);
  return answer.status === 204 ? null : answer[read]();
}

async function problemOf(answer) {
  const { code = "internal", detail, errors } = await answer.json().catch(() => ({}));
  return new Problem(code, { detail, errors, waitS: Number(answer.headers.get("Retry-After")) });
}
