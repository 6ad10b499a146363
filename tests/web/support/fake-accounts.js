// The account's part of a fake server: one account, tokens that are good or not, tickets.

const problem = (status, code, more = {}, headers = {}) => ({ status, headers, body: { type: "about:blank", status, code, detail: code, ...more } });

export class FakeAccounts {
  mode = "optional";
  taught = undefined; // languages that have exercises; undefined: the server does not say
  lifeS = 600; // of an access token
  latencyMs = 0; // from a request's arrival to its answer
  account = null; // {email, password, plan, keep_audio}
  usage = { used_s: 1800, quota_s: 7200, left_s: 5400 };
  sessions = []; // as /v1/me/sessions/{id} tells them
  words = [];
  progress = []; // as /v1/me/progress tells the sessions
  asked = []; // {method, path, query, body}: all that the page has asked
  answers = {}; // "METHOD /path" → an answer that the test wants instead
  refused = problem;
  #number = 0;
  #cookie = null; // the one that is good now
  #tokens = new Set();

  /** Ends the login, as another device or the time does. */
  endLogin() {
    this.#cookie = null;
    this.#tokens.clear();
  }

  /** The answer to a request: {status, body, headers}; null where it is not the account's. */
  answer({ method, path, query, headers, body }) {
    if (!/^\/v1\/(server|token|logout|accounts|me|tickets)/.test(path)) return null;
    this.asked.push({ method, path, query, body });
    const name = `${method} ${path}`;
    if (name in this.answers) return this.answers[name];
    if (name === "GET /v1/server") return { body: { accounts: this.mode, min_password: 8, languages: this.taught } };
    if (name === "POST /v1/accounts") return this.#register(JSON.parse(body));
    if (name === "POST /v1/token") return this.#token(new URLSearchParams(body), headers.cookie ?? "");
    if (!this.#tokens.has(headers.authorization)) return problem(401, "unauthenticated");
    return this.#own(name, path, query, body);
  }

  #register({ email, password, native_language: language }) {
    if (this.account?.email === email) return problem(409, "email_taken");
    this.account = { email, password, native_language: language, plan: "free", keep_audio: false };
    return { status: 201, body: this.#me() };
  }

  #token(form, cookie) {
    const isRight = form.get("grant_type") === "password"
      ? this.account && form.get("username") === this.account.email && form.get("password") === this.account.password
      : this.#cookie && cookie.includes(this.#cookie);
    if (!isRight && form.get("grant_type") === "refresh_token") this.endLogin(); // somebody has stolen it
    if (!isRight) return problem(400, "invalid_grant");
    this.#number += 1;
    this.#cookie = `tutor_refresh=r${this.#number}.`;
    this.#tokens.add(`Bearer t${this.#number}`);
    return { body: { access_token: `t${this.#number}`, expires_in: this.lifeS }, headers: { "set-cookie": `${this.#cookie}; HttpOnly; SameSite=Strict; Path=/v1` } };
  }

  #own(name, path, query, body) {
    const found = this.sessions.find(({ id }) => path === `/v1/me/sessions/${id}`);
    const routes = {
      "GET /v1/me": () => ({ body: this.#me() }),
      "PATCH /v1/me": () => { Object.assign(this.account, JSON.parse(body)); return { body: this.#me() }; },
      "POST /v1/me/password": () => this.#changePassword(JSON.parse(body)),
      "DELETE /v1/me": () => this.#delete(body),
      "POST /v1/logout": () => { this.endLogin(); return { status: 204 }; },
      "POST /v1/tickets": () => ({ status: 201, body: { ticket: `ticket${(this.#number += 1)}` } }),
      "GET /v1/me/words": () => ({ body: { words: this.words } }),
      "GET /v1/me/sessions": () => ({ body: this.#page(query) }),
      "POST /v1/me/sessions": () => ({ status: 201, body: { utterances: JSON.parse(body).spoken.length } }),
      "GET /v1/me/progress": () => ({ body: { sessions: this.progress } }),
      "GET /v1/me/words.csv": () => ({ body: "language,word" }),
      "GET /v1/me/export": () => ({ body: { account: this.#me() } }),
    };
    return found ? { body: found } : routes[name]?.() ?? problem(404, "not_found");
  }

  /** A login that is old needs the password for it. */
  #delete(body) {
    if (this.isOld && !body) return problem(403, "password_needed");
    if (body && JSON.parse(body).password !== this.account.password) return problem(400, "wrong_password");
    this.account = null;
    this.endLogin();
    return { status: 204 };
  }

  #changePassword({ current_password: current, new_password: next }) {
    if (current !== this.account.password) return problem(400, "wrong_password");
    this.account.password = next;
    return { status: 204 };
  }

  #page(query) {
    const from = this.sessions.findIndex(({ id }) => id === query.get("before")) + 1;
    const page = this.sessions.slice(from, from + Number(query.get("limit")));
    const hasMore = from + page.length < this.sessions.length;
    return { sessions: page.map(({ spoken, ...rest }) => ({ ...rest, utterances: spoken.length })), next: hasMore ? page.at(-1).id : null };
  }

  #me() {
    const { password, ...shown } = this.account;
    return { id: "a1", ...shown, usage: this.usage };
  }
}
