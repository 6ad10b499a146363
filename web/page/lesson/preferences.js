// What the learner has chosen, kept in this browser only.

const KEY = "voice-tutor";

const DEFAULTS = {
  interface: null,
  language: "en",
  level: "",
  kind: "free",
  ownText: "",
  done: {}, // the exercise practised last, by language and kind
  echoCancellation: true,
  noiseSuppression: false,
  silenceMs: 0, // 0: by level
  hasLogin: false, // a cookie may go on with it
};

export class Preferences {
  #values = { ...DEFAULTS };

  constructor() {
    this.#read();
  }

  get(name) {
    return this.#values[name];
  }

  set(name, value) {
    this.#read(); // another tab may have set others
    this.#values[name] = value;
    try {
      localStorage.setItem(KEY, JSON.stringify(this.#values));
    } catch { /* it holds until the page is closed */ }
  }

  #read() {
    try {
      Object.assign(this.#values, JSON.parse(localStorage.getItem(KEY)));
    } catch { /* storage is off: the defaults do */ }
  }
}
