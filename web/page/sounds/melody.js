// The melody of speech: its pitch, found by how a stretch of sound agrees with itself a little later, and a drawing of
// one's own over a model's. It needs no other module, so that it can be asked for alone.

const SLOWED = 8000; // Hz: enough for the pitch of every voice
const LOWEST = 70; // Hz
const HIGHEST = 400;
const WINDOW_S = 0.04; // two periods of the lowest voice and more
const STEP_S = 0.01;
const AUDIBLE = 0.06; // of the loudest stretch; what is softer is silence
const VOICED = 0.55; // agreement of a stretch with itself from which on it has a pitch
const NEAR_BEST = 0.88; // of the best agreement: the shortest period as good as this is the voice's
const LEAP = 5; // semitones from a step to the next: no voice glides so fast
const FAR = 9; // semitones from what is around: a slip of an octave, not a melody
const SHORTEST = 4; // steps of a run of pitches: less is a dot
const AROUND = 60; // steps on each side with which a run is compared
const MARGIN_S = 0.05; // kept around what is heard

/** Steps of 10 ms: {loudness (0 to 1, of the loudest), hz (null where there is no pitch)}. `samples`: PCM16. */
export function steps(samples, rate) {
  const slow = slowed(samples, rate);
  const window = Math.round(WINDOW_S * SLOWED);
  const step = Math.round(STEP_S * SLOWED);
  const found = [];
  for (let at = 0; at + window + SLOWED / LOWEST < slow.length; at += step) found.push({ at, loudness: loudness(slow, at, window), hz: null });
  const loudest = Math.max(0, ...found.map(({ loudness: one }) => one));
  for (const one of found) {
    one.loudness = loudest ? one.loudness / loudest : 0;
    if (one.loudness > AUDIBLE) one.hz = pitch(slow, one.at, window);
  }
  return withoutSlips(found.map(({ loudness: loud, hz }) => ({ loudness: loud, hz })));
}

/** The steps from the first to the last that is heard; [] where nothing is. */
export function heardOf(found) {
  const loud = [...found.keys()].filter((index) => found[index].loudness > AUDIBLE);
  if (!loud.length) return [];
  const margin = Math.round(MARGIN_S / STEP_S);
  return found.slice(Math.max(0, loud[0] - margin), loud.at(-1) + margin + 1);
}

/** Semitones above or below the middle of the voice, null where there is no pitch. */
export function melodyOf(found) {
  const usual = middle(found.map(({ hz }) => hz).filter((hz) => hz !== null));
  return found.map(({ hz }) => (hz === null ? null : 12 * Math.log2(hz / usual)));
}

/** Semitones between a voice's low and its high places, without the outermost tenths; null of too little. */
export function rangeOf(melody) {
  const known = melody.filter((one) => one !== null).sort((one, other) => one - other);
  if (known.length < 20) return null;
  return known[Math.floor(0.9 * (known.length - 1))] - known[Math.floor(0.1 * (known.length - 1))];
}

function slowed(samples, rate) {
  const length = Math.floor((samples.length * SLOWED) / rate);
  const slow = new Float32Array(length);
  for (let at = 0; at < length; at += 1) {
    const from = Math.floor((at * rate) / SLOWED);
    const to = Math.max(from + 1, Math.floor(((at + 1) * rate) / SLOWED));
    let sum = 0;
    for (let index = from; index < to; index += 1) sum += samples[index];
    slow[at] = sum / (to - from) / 32768;
  }
  return slow;
}

function loudness(slow, at, window) {
  let sum = 0;
  for (let index = at; index < at + window; index += 1) sum += slow[index] * slow[index];
  return Math.sqrt(sum / window);
}

function pitch(slow, at, window) {
  const [shortest, longest] = [Math.floor(SLOWED / HIGHEST), Math.ceil(SLOWED / LOWEST)];
  const agreement = [];
  for (let lag = shortest - 1; lag <= longest + 1; lag += 1) agreement.push(agreementAt(slow, at, window, lag));
  const best = Math.max(...agreement.slice(1, -1));
  if (best < VOICED) return null;
  for (let index = 1; index < agreement.length - 1; index += 1) {
    const [before, here, after] = agreement.slice(index - 1, index + 2);
    if (here < NEAR_BEST * best || here < before || here < after) continue;
    const bend = before - 2 * here + after;
    return SLOWED / (shortest - 1 + index + (bend ? (before - after) / (2 * bend) : 0));
  }
  return null;
}

function agreementAt(slow, at, window, lag) {
  let [both, first, second] = [0, 1e-9, 1e-9];
  for (let index = at; index < at + window && index + lag < slow.length; index += 1) {
    both += slow[index] * slow[index + lag];
    first += slow[index] * slow[index];
    second += slow[index + lag] * slow[index + lag];
  }
  return both / Math.sqrt(first * second);
}

/** Without slips of an octave and dots: runs of pitches that are short, or far from what is around them. */
function withoutSlips(found) {
  const runs = runsOf(found);
  const kept = runs.filter(([from, to]) => to - from >= SHORTEST);
  const isSlip = ([from, to]) => {
    const around = kept.flatMap(([start, end]) => (start === from ? [] : found.slice(Math.max(start, from - AROUND), Math.min(end, to + AROUND)))).map(({ hz }) => hz);
    return around.length > to - from && semitones(middle(found.slice(from, to).map(({ hz }) => hz)), middle(around)) > FAR;
  };
  const good = new Set(kept.filter((run) => !isSlip(run)).flatMap(([from, to]) => Array.from({ length: to - from }, (_, at) => from + at)));
  return found.map((one, index) => (good.has(index) ? one : { ...one, hz: null }));
}

/** The stretches [from, to) in which a pitch follows the one before without a leap. */
function runsOf(found) {
  const runs = [];
  found.forEach(({ hz }, index) => {
    if (hz === null) return;
    const isOn = index > 0 && found[index - 1].hz !== null && semitones(hz, found[index - 1].hz) < LEAP;
    if (isOn) runs.at(-1)[1] = index + 1;
    else runs.push([index, index + 1]);
  });
  return runs;
}

const semitones = (one, other) => Math.abs(12 * Math.log2(one / other));

const middle = (values) => [...values].sort((one, other) => one - other)[values.length >> 1];

// ---------------------------------------------------------------- the drawing

const WAVE = 0.34; // of the height

/** Draws both over each other, to one width: waves above, melodies below. `colours`: {mine, model, line}. */
export function draw(canvas, mine, model, colours) {
  const context = canvas.getContext("2d");
  const { width, height } = canvas;
  context.clearRect(0, 0, width, height);
  const both = [[model, colours.model], [mine, colours.mine]];
  for (const [found, colour] of both) wave(context, found, colour, width, height * WAVE);
  context.strokeStyle = colours.line;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(0, height * WAVE + 0.5);
  context.lineTo(width, height * WAVE + 0.5);
  context.stroke();
  const melodies = both.map(([found, colour]) => [melodyOf(found), colour]);
  const most = Math.max(4, ...melodies.flatMap(([melody]) => melody.map((one) => Math.abs(one ?? 0))));
  for (const [melody, colour] of melodies) line(context, melody, colour, width, height, most);
}

function wave(context, found, colour, width, height) {
  context.fillStyle = colour;
  context.globalAlpha = 0.5;
  context.beginPath();
  const x = (index) => (width * index) / Math.max(1, found.length - 1);
  found.forEach(({ loudness: loud }, index) => context.lineTo(x(index), (height / 2) * (1 - 0.92 * loud)));
  [...found.keys()].reverse().forEach((index) => context.lineTo(x(index), (height / 2) * (1 + 0.92 * found[index].loudness)));
  context.fill();
  context.globalAlpha = 1;
}

function line(context, melody, colour, width, height, most) {
  const middle = height * (1 + WAVE) / 2;
  const reach = height * (1 - WAVE) / 2 - 6;
  context.strokeStyle = colour;
  context.lineWidth = height / 45;
  context.lineCap = context.lineJoin = "round";
  context.beginPath();
  let isDown = false;
  melody.forEach((one, index) => {
    if (one !== null) context[isDown ? "lineTo" : "moveTo"]((width * index) / Math.max(1, melody.length - 1), middle - (one / most) * reach);
    isDown = one !== null;
  });
  context.stroke();
}
