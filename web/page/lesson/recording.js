// What the learner said, in memory only and bounded: the last seconds of the running session, and
// of each finished utterance its own piece.

const RECENT_SECONDS = 45; // an utterance is 30 s at most, and its final follows
const KEPT_BYTES = 12_000_000; // about six minutes of speech at 16 kHz
const MARGIN_MS = 150;

export class Recording {
  #rate = 16000;
  #recent = []; // {pcm: Int16Array, atMs}
  #kept = []; // {pcm: Int16Array, fromMs, rate}, the oldest first
  #bytes = 0; // in kept

  /** A session's clock begins anew. */
  begin(rate) {
    this.#rate = rate;
    this.#recent = [];
  }

  receive(pcm, atMs) {
    this.#recent.push({ pcm: new Int16Array(pcm), atMs });
    while (this.#recent[0].atMs < atMs - RECENT_SECONDS * 1000) this.#recent.shift();
  }

  /** Keeps a stretch of the session; returns the piece, which may lose its sound when room is short. */
  keep(startMs, endMs) {
    const fromMs = Math.max(0, startMs - MARGIN_MS);
    const piece = { pcm: this.#cut(fromMs, endMs + MARGIN_MS), fromMs, rate: this.#rate };
    this.#kept.push(piece);
    this.#bytes += piece.pcm.byteLength;
    while (this.#bytes > KEPT_BYTES) this.#forgetOldest();
    return piece;
  }

  get keptBytes() {
    return this.#bytes;
  }

  #forgetOldest() {
    const piece = this.#kept.shift();
    this.#bytes -= piece.pcm.byteLength;
    piece.pcm = new Int16Array(0);
  }

  #cut(fromMs, toMs) {
    const index = (ms) => Math.round((ms * this.#rate) / 1000);
    const cut = new Int16Array(Math.max(0, index(toMs) - index(fromMs)));
    for (const { pcm, atMs } of this.#recent) {
      const offset = index(atMs) - index(fromMs);
      const part = pcm.subarray(Math.max(0, -offset), Math.max(0, cut.length - offset));
      if (part.length && offset < cut.length) cut.set(part, Math.max(0, offset));
    }
    return cut;
  }
}

/** The samples of a stretch of a piece, with a little before and after. */
export function stretch({ pcm, fromMs, rate }, startMs, endMs) {
  const index = (ms) => Math.max(0, Math.round(((ms - fromMs) * rate) / 1000));
  return pcm.subarray(index(startMs - MARGIN_MS / 2), index(endMs + MARGIN_MS / 2));
}
