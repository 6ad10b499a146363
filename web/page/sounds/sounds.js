// Plays the learner's own recording and the model's voice, one at a time. The model is a voice of the
// server where it has one for the language, else one of the browser.

const FADE_S = 0.01; // a cut without it clicks
const TAIL_MS = 200; // of the room, before the microphone counts again
const BROWSERS_PACE = 0.9; // of a browser's voice: most of them hurry
const SLOW = 0.7; // of the pace, for who wants it slower

export class Sounds {
  #context = null;
  #source = null;
  #server;
  #onSilent;
  #asked = 0; // the sound that was asked for last
  #busy = 0; // sounds that are playing
  #until = 0; // ms

  /** `server`: a ServerVoice, or null; `onSilent()`: what was to be spoken cannot be. */
  constructor(server = null, onSilent = () => {}) {
    this.#server = server;
    this.#onSilent = onSilent;
  }

  /** Whether the loudspeaker is heard now: the learner is not speaking. */
  get isPlaying() {
    return this.#busy > 0 || performance.now() < this.#until;
  }

  /** Whether there is a voice for a language. */
  canSay(language) {
    return Boolean(this.#server?.speaks(language) || browsersVoice(language));
  }

  /** Whether a model's reading in a language can be had as sound, to be looked at, too. */
  hasReading(language) {
    return Boolean(this.#server?.speaks(language));
  }

  /** A promise of the model's reading of a text: {samples, rate}. */
  reading(text, language) {
    return this.#server.reading(text, language);
  }

  /** Once it is known which voices there are. */
  async learnVoices() {
    await this.#server?.load();
  }

  /** Plays PCM16. */
  async play(samples, rate) {
    this.stop();
    if (!samples.length) return;
    const asked = this.#asked;
    await this.#wake();
    if (asked === this.#asked) this.#start(this.#buffer(samples, rate));
  }

  /** Plays a recording in any format that the browser reads. */
  async playFile(blob) {
    this.stop();
    const asked = this.#asked;
    await this.#wake();
    const buffer = await this.#context.decodeAudioData(await blob.arrayBuffer());
    if (asked === this.#asked) this.#start(buffer);
  }

  /** Speaks a text; where the server's voice fails, the browser's takes its place. */
  async say(text, language, { isSlow = false } = {}) {
    this.stop();
    const asked = this.#asked;
    if (this.#server?.speaks(language)) {
      const waking = this.#wake(); // within the click: a browser lets nothing sound later
      try {
        const { samples, rate } = await this.#server.reading(text, language, isSlow ? SLOW : 1);
        await waking;
        if (asked === this.#asked) this.#start(this.#buffer(samples, rate));
        return;
      } catch {
        if (asked !== this.#asked) return; // nobody waits for it
      }
    }
    if (!this.#sayHere(text, language, isSlow)) this.#onSilent();
  }

  #sayHere(text, language, isSlow) {
    const voice = browsersVoice(language);
    if (!voice) return false;
    const utterance = new SpeechSynthesisUtterance(text);
    Object.assign(utterance, { voice, lang: voice.lang, rate: BROWSERS_PACE * (isSlow ? SLOW : 1) });
    utterance.onend = utterance.onerror = () => this.#end();
    this.#begin();
    speechSynthesis.speak(utterance);
    return true;
  }

  #wake() {
    this.#context ??= new AudioContext();
    return this.#context.resume();
  }

  #start(buffer) {
    const source = new AudioBufferSourceNode(this.#context, { buffer });
    source.connect(this.#context.destination);
    this.#source = source;
    this.#begin();
    source.onended = () => this.#end();
    source.start();
  }

  #buffer(samples, rate) {
    const buffer = this.#context.createBuffer(1, samples.length, rate);
    const fade = Math.min(samples.length >> 1, Math.round(FADE_S * rate));
    const data = buffer.getChannelData(0);
    for (let at = 0; at < samples.length; at += 1) {
      const edge = Math.min(at, samples.length - 1 - at);
      data[at] = (samples[at] / 32768) * Math.min(1, edge / fade || 1);
    }
    return buffer;
  }

  stop() {
    this.#asked += 1;
    this.#source?.stop();
    this.#source = null;
    globalThis.speechSynthesis?.cancel();
  }

  #begin() {
    this.#busy += 1;
  }

  #end() {
    this.#busy = Math.max(0, this.#busy - 1);
    this.#until = performance.now() + TAIL_MS;
  }
}

/** The browser's voice for a language, or undefined. */
function browsersVoice(language) {
  const subtag = language.split("-")[0];
  const voices = globalThis.speechSynthesis?.getVoices() ?? [];
  const fitting = voices.filter(({ lang }) => lang.split(/[-_]/)[0] === subtag);
  return fitting.find(({ localService }) => localService) ?? fitting[0];
}
