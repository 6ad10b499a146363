// What the learner has chosen, kept in this browser only.

const KEY = "voice-tutor";

const DEFAULTS = {
  interface: null,
  language: "en",
  level: "",
  kind: "lesson",
  ownText: "",
  lesson: null, // {shelf, day, items, at} of the one that goes on
  goalMinutes: 10, // a day
  hard: {}, // the words that were hard last time, by language
  done: {}, // the exercise practised last, by language and kind
  echoCancellation: true,
  noiseSuppression: false,
  voice: false, // the tutor speaks its answers
  deviceId: "", // of the microphone; "": the system's choice
  patience: "normal", // with a learner who pauses: quick, normal, patient
  hasLogin: false, // a cookie may go on with it
};

const OF_THE_LEARNER = ["ownText", "lesson", "hard"]; // who comes next to this browser has others

export class Preferences {
  #values = { ...DEFAULTS };
  #chosen = new Set();

  constructor() {
    this.#read();
  }

  /** Whether the learner has ever chosen it. */
  has(name) {
    return this.#chosen.has(name);
  }

  get(name) {
    return this.#values[name];
  }

  set(name, value) {
    this.#read(); // another tab may have set others
    this.#values[name] = value;
    this.#chosen.add(name);
    try {
      localStorage.setItem(KEY, JSON.stringify(Object.fromEntries([...this.#chosen].map((each) => [each, this.#values[each]]))));
    } catch { /* it holds until the page is closed */ }
  }

  /** Lets go of what the learner has written and said. */
  forgetLearner() {
    for (const name of OF_THE_LEARNER) this.set(name, DEFAULTS[name]);
  }

  /** Forgets all of it, as if nobody had been here. */
  clear() {
    this.#values = { ...DEFAULTS };
    this.#chosen.clear();
    try {
      localStorage.removeItem(KEY);
    } catch { /* there is nothing in it */ }
  }

  #read() {
    try {
      const kept = JSON.parse(localStorage.getItem(KEY)) ?? {};
      Object.assign(this.#values, kept);
      for (const name of Object.keys(kept)) this.#chosen.add(name);
    } catch { /* storage is off: the defaults do */ }
  }
}
