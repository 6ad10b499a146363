// Runs on the audio thread: plays the tutor's speech out of a queue, and tells how far it has come.

const REPORT_SECONDS = 0.1;
const RAMP_SECONDS = 0.02; // of a change of loudness, or it would click

class SpeechPlayer extends AudioWorkletProcessor {
  constructor() {
    super();
    this.chunks = []; // {reply, position, samples, last}
    this.at = 0; // samples of the first chunk that were played
    this.gain = this.target = 1;
    this.reply = 0; // that is being played
    this.played = 0; // samples of it
    this.reported = 0; // samples since the last report
    this.waits = false; // whether more of the reply is to come, and is not there
    this.missing = 0; // samples of silence in its midst
    this.running = true;
    this.port.onmessage = ({ data }) => this.receive(data);
  }

  receive({ chunk, gain, flush, close }) {
    if (chunk) this.chunks.push(chunk);
    if (gain !== undefined) this.target = gain;
    if (flush !== undefined) this.flush(flush);
    if (close) this.running = false;
  }

  /** Drops what is there of the replies up to a number. */
  flush(reply) {
    if (this.chunks.length && this.chunks[0].reply <= reply) this.at = 0;
    this.chunks = this.chunks.filter((chunk) => chunk.reply > reply);
    if (this.reply <= reply) this.waits = false;
  }

  process(_, [output]) {
    const step = 1 / (RAMP_SECONDS * sampleRate);
    const [channel] = output;
    for (let n = 0; n < channel.length; n += 1) {
      this.gain += Math.max(-step, Math.min(step, this.target - this.gain));
      channel[n] = this.next() * this.gain;
    }
    for (const other of output.slice(1)) other.set(channel);
    if (this.reported >= REPORT_SECONDS * sampleRate) this.report();
    return this.running;
  }

  next() {
    const [chunk] = this.chunks;
    if (!chunk) {
      this.missing += this.waits;
      return 0;
    }
    if (chunk.reply !== this.reply || this.missing) this.begin(chunk);
    const sample = chunk.samples[this.at] / 32768;
    this.at += 1;
    this.played = chunk.position + this.at;
    this.reported += 1;
    if (this.at >= chunk.samples.length) this.finish(chunk);
    return sample;
  }

  begin(chunk) {
    if (chunk.reply === this.reply) this.port.postMessage({ reply: this.reply, missing: this.missing });
    this.reply = chunk.reply;
    this.missing = 0;
    this.report();
  }

  finish(chunk) {
    this.chunks.shift();
    this.at = 0;
    this.waits = !chunk.last;
    if (chunk.last || !this.chunks.length) this.report(chunk.last);
  }

  report(last = false) {
    this.reported = 0;
    this.port.postMessage({ reply: this.reply, played: this.played, last });
  }
}

registerProcessor("tutor-speech", SpeechPlayer);
