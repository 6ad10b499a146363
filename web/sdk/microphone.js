// The microphone of a browser as a stream of PCM16 mono little-endian frames of 96 ms.
// Events: "frame" {pcm: ArrayBuffer, level: dBFS}, "lost" when the device goes away.

import { Emitter } from "./emitter.js";

const PREFERRED_RATE = 16000; // Hz, what the recogniser hears; less to send
const HIGHEST_RATE = 48000; // Hz, the protocol's limit
const WORKLET = new URL("./microphone-worklet.js", import.meta.url);
const FLUSH_MS = 300; // a suspended audio thread never answers

export class Microphone extends Emitter {
  #constraints;
  #stream;
  #context;
  #node;
  sampleRate; // Hz, of the frames

  // Noise suppression is off by default: it eats the quiet consonants a learner is judged by.
  constructor({ echoCancellation = true, noiseSuppression = false, autoGainControl = true, deviceId } = {}) {
    super();
    this.#constraints = { channelCount: 1, echoCancellation, noiseSuppression, autoGainControl, deviceId };
  }

  /** Why there can be no microphone here: "insecure", "unsupported" or null. */
  static obstacle() {
    if (!globalThis.isSecureContext) return "insecure";
    const able = navigator.mediaDevices?.getUserMedia && globalThis.AudioWorkletNode;
    return able ? null : "unsupported";
  }

  get muted() {
    return this.#stream?.getAudioTracks().some((track) => track.muted) ?? false;
  }

  async open() {
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({ audio: this.#constraints });
      const source = this.#source();
      await this.#context.audioWorklet.addModule(WORKLET);
      await this.#listen(source);
    } catch (error) {
      this.#release();
      throw error;
    }
  }

  // Firefox refuses a context whose rate is not the device's; then the device's rate it is.
  #source() {
    try {
      this.#context = new AudioContext({ sampleRate: PREFERRED_RATE });
      return this.#context.createMediaStreamSource(this.#stream);
    } catch {
      this.#context?.close();
      this.#context = new AudioContext();
      return this.#context.createMediaStreamSource(this.#stream);
    }
  }

  async #listen(source) {
    const decimation = Math.ceil(this.#context.sampleRate / HIGHEST_RATE);
    this.sampleRate = this.#context.sampleRate / decimation;
    this.#node = new AudioWorkletNode(this.#context, "pcm-frames", {
      channelCount: 1,
      channelCountMode: "explicit",
      processorOptions: { decimation },
    });
    this.#node.port.onmessage = ({ data }) => this.#receive(data);
    // The node writes no output, so this plays silence; without it some browsers never run the node.
    source.connect(this.#node).connect(this.#context.destination);
    const [track] = this.#stream.getAudioTracks();
    track.onended = () => this.emit("lost");
    // A phone's call silences the track and interrupts the sound; behind it nobody else goes on with it.
    track.onunmute = () => this.#context?.resume();
    this.#context.onstatechange = () => ["interrupted", "suspended"].includes(this.#context?.state) && this.#context.resume();
    await this.#context.resume();
  }

  #receive(frame) {
    if (frame === null) return this.emit("flushed");
    this.emit("frame", { pcm: frame.pcm, level: 20 * Math.log10(frame.rms) });
  }

  /** Resolves when the last, shorter frame has been dispatched. */
  async close() {
    if (this.#node) {
      const flushed = new Promise((resolve) => {
        this.on("flushed", resolve);
        setTimeout(resolve, FLUSH_MS);
      });
      this.#node.port.postMessage("finish");
      await flushed;
    }
    this.#release();
  }

  #release() {
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#context?.close();
    this.#stream = this.#context = this.#node = null;
  }
}
