// The server's voices, and what they read aloud: a model to listen to, and to lay one's own melody over.

const RATE = 24_000; // Hz, of `pcm`
const MOST_READINGS = 20; // that are kept, so that a second click asks for nothing

export class ServerVoice {
  #ask;
  #loading = null;
  #voices = new Map(); // primary language → id of the voice that speaks it
  #readings = new Map(); // text, voice and pace → the promise of a reading, the oldest first

  /** `ask(method, path, {body, read})`: asks the server's API, and throws where it refuses. */
  constructor(ask) {
    this.#ask = ask;
  }

  /** Learns, once, which languages are spoken; none where no voice is ready. */
  load() {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  async #load() {
    const found = await this.#ask("GET", "/v1/voices").catch(() => null);
    for (const { id, language } of found?.data ?? []) {
      const subtag = language?.split("-")[0];
      if (subtag && !this.#voices.has(subtag)) this.#voices.set(subtag, id);
    }
  }

  speaks(language) {
    return this.#voices.has(language.split("-")[0]);
  }

  /** A text as it is read, {samples (PCM16), rate}; `pace`: 1 is the voice's own. Rejects where it cannot be had. */
  reading(text, language, pace = 1) {
    const voice = this.#voices.get(language.split("-")[0]);
    const name = `${voice} ${pace} ${text}`;
    const reading = this.#readings.get(name) ?? this.#read(text, voice, pace);
    this.#readings.delete(name);
    this.#readings.set(name, reading);
    reading.catch(() => this.#readings.delete(name)); // asked again next time
    if (this.#readings.size > MOST_READINGS) this.#readings.delete(this.#readings.keys().next().value);
    return reading;
  }

  async #read(text, voice, pace) {
    const body = { input: text, model: "tts-1", voice, speed: pace, response_format: "pcm" };
    const sound = await this.#ask("POST", "/v1/audio/speech", { body, read: "arrayBuffer" });
    return { samples: new Int16Array(sound.slice(0, sound.byteLength & ~1)), rate: RATE };
  }
}
