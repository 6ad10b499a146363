// A room in which the learner's microphone hears the tutor's loudspeaker, and what is said in it.

/** Goes into the page before its own code: what the page plays is recorded, and comes back into its microphone. */
export function furnish({ echo, lateS }) {
  const ears = { context: null, microphone: null, chunks: [], levels: [] };
  const room = () => {
    if (ears.context) return ears;
    ears.context = new Real({ sampleRate: 48000 });
    ears.microphone = ears.context.createMediaStreamDestination();
    return ears;
  };
  const Real = globalThis.AudioContext;
  const connect = AudioNode.prototype.connect;

  AudioNode.prototype.connect = function (to, ...rest) {
    if (to === this.context.destination && this.context !== ears.context && !this.isEar) listen(this);
    return connect.call(this, to, ...rest);
  };

  function listen(node) {
    const { context } = node;
    const ear = context.createScriptProcessor(1024, 1, 1);
    ear.isEar = true;
    ear.onaudioprocess = ({ inputBuffer }) => {
      const samples = inputBuffer.getChannelData(0).slice();
      ears.chunks.push(samples);
      ears.levels.push([performance.now(), Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length)]);
    };
    connect.call(node, ear);
    connect.call(ear, context.destination); // or it would not run
    const loudspeaker = context.createMediaStreamDestination();
    connect.call(node, loudspeaker);
    const { context: air, microphone } = room();
    const delay = new DelayNode(air, { delayTime: lateS, maxDelayTime: 1 });
    connect.call(connect.call(connect.call(air.createMediaStreamSource(loudspeaker.stream), delay), new GainNode(air, { gain: echo })), microphone);
  }

  navigator.mediaDevices.getUserMedia = async () => {
    const { context, microphone } = room();
    await context.resume();
    return microphone.stream.clone();
  };

  globalThis.room = {
    /** Says a recording (base64 of a file); when it began (ms), and how long it is. */
    async say(base64) {
      const { context, microphone } = room();
      const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
      const source = new AudioBufferSourceNode(context, { buffer: await context.decodeAudioData(bytes.buffer) });
      connect.call(source, microphone);
      source.start();
      const began = performance.now();
      await new Promise((resolve) => { source.onended = resolve; });
      return began;
    },
    /** Whether the tutor was heard within the last so many milliseconds. */
    sounds: (withinMs = 100) => ears.levels.some(([at, level]) => level > 0.002 && performance.now() - at < withinMs),
    /** When the tutor was last heard before a silence of so many milliseconds, looked for from a moment on. */
    silentAt(from, forMs) {
      let last = from;
      for (const [at, level] of ears.levels) {
        if (at < from) continue;
        if (level > 0.002) last = at;
        else if (at - last > forMs) return last;
      }
      return null;
    },
    /** All that was played, PCM16 in base64. */
    tape() {
      const samples = ears.chunks.flatMap((chunk) => Array.from(chunk, (one) => Math.max(-1, Math.min(1, one)) * 32767));
      const bytes = new Uint8Array(Int16Array.from(samples).buffer);
      let text = "";
      for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
      return btoa(text);
    },
  };
}
