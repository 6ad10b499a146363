// What the learner has chosen, kept in this browser only.

const KEY = "voice-tutor";

const DEFAULTS = {
  interface: null,
  language: "en",
  level: "",
  kind: "free",
  ownText: "",
  echoCancellation: true,
  noiseSuppression: false,
  silenceMs: 0, // 0: by level
};

export class Preferences {
  #values = { ...DEFAULTS };

  constructor() {
    try {
      Object.assign(this.#values, JSON.parse(localStorage.getItem(KEY)));
    } catch { /* storage is off: the defaults do */ }
  }

  get(name) {
    return this.#values[name];
  }

  set(name, value) {
    this.#values[name] = value;
    try {
      localStorage.setItem(KEY, JSON.stringify(this.#values));
    } catch { /* it holds until the page is closed */ }
  }
}
