// Plays the learner's own recording and the model voice, one at a time.

const FADE_S = 0.01; // a cut without it clicks
const TAIL_MS = 200; // of the room, before the microphone counts again

export class Sounds {
  #context = null;
  #source = null;
  #asked = 0; // the sound that was asked for last
  #busy = 0; // sounds that are playing
  #until = 0; // ms

  /** Whether the loudspeaker is heard now: the learner is not speaking. */
  get isPlaying() {
    return this.#busy > 0 || performance.now() < this.#until;
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

  /** Speaks a text with the browser's own voice. */
  say(text, language) {
    this.stop();
    const voice = voiceFor(language);
    if (!voice) return;
    const utterance = new SpeechSynthesisUtterance(text);
    Object.assign(utterance, { voice, lang: voice.lang, rate: 0.9 });
    utterance.onend = utterance.onerror = () => this.#end();
    this.#begin();
    speechSynthesis.speak(utterance);
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
export function voiceFor(language) {
  const subtag = language.split("-")[0];
  const voices = globalThis.speechSynthesis?.getVoices() ?? [];
  const fitting = voices.filter(({ lang }) => lang.split(/[-_]/)[0] === subtag);
  return fitting.find(({ localService }) => localService) ?? fitting[0];
}
