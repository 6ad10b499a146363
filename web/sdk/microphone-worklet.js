// Runs on the audio thread: turns the microphone's float blocks into PCM16 frames.

const FRAME_SECONDS = 0.096; // three of the server's windows; each frame costs it, whatever its length

class PcmFrames extends AudioWorkletProcessor {
  constructor({ processorOptions: { decimation } }) {
    super();
    this.decimation = decimation;
    this.frame = new DataView(new ArrayBuffer(2 * Math.round((FRAME_SECONDS * sampleRate) / decimation)));
    this.filled = 0; // samples
    this.energy = 0;
    this.sum = 0;
    this.summed = 0; // samples in sum
    this.running = true;
    this.port.onmessage = () => this.finish();
  }

  process([input]) {
    // A muted or not yet flowing source has no channel at all.
    for (const sample of input[0] ?? []) this.receive(sample);
    return this.running;
  }

  // Averaging is low-pass enough here: decimation happens only above 48 kHz, far from speech.
  receive(sample) {
    this.sum += sample;
    this.summed += 1;
    if (this.summed < this.decimation) return;
    const value = Math.max(-1, Math.min(1, this.sum / this.summed));
    this.sum = this.summed = 0;

    this.frame.setInt16(2 * this.filled, Math.min(32767, Math.round(value * 32768)), true);
    this.energy += value * value;
    this.filled += 1;
    if (2 * this.filled === this.frame.byteLength) this.post();
  }

  post() {
    const pcm = this.frame.buffer.slice(0, 2 * this.filled);
    this.port.postMessage({ pcm, rms: Math.sqrt(this.energy / this.filled) }, [pcm]);
    this.filled = this.energy = 0;
  }

  finish() {
    if (this.filled) this.post();
    this.running = false;
    this.port.postMessage(null);
  }
}

registerProcessor("pcm-frames", PcmFrames);
