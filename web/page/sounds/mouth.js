// How the mouth makes a sound: a cut through the head from the side, drawn from a few numbers, and the lips
// from the front. It needs no other module, so that it can be asked for alone, when somebody wants to see it.
// Lengths are units of the picture; the face looks to the left.

// Vowels: where the tongue is highest (x: 62 front to 92 back, y: 43 high to 70 low), how far the jaw has dropped,
// how wide and how high the lips are open, how far they stand out (0 to 1).
const VOWELS = {
  "iː": [64, 43, 3, 14, 3, 0], "ɪ": [67, 48, 5, 12, 4, 0], e: [66, 54, 8, 12, 6, 0], "ɛ": [66, 55, 8, 12, 6, 0],
  "æ": [66, 62, 13, 13, 9, 0], "ʌ": [79, 61, 9, 10, 7, 0], "ɑː": [87, 67, 14, 10, 11, 0], "ɒ": [90, 66, 11, 8, 9, 0.5],
  "ɔː": [90, 58, 8, 6, 7, 1], "ʊ": [86, 50, 4, 6, 5, 0.7], "uː": [90, 44, 3, 4, 4, 1], "ə": [77, 57, 6, 10, 5, 0],
  "ɜː": [77, 54, 6, 10, 5, 0], a: [75, 66, 13, 11, 10, 0], o: [86, 55, 7, 7, 6, 0.7],
};

// Consonants: the tongue's highest point, its tip, the jaw, the lips; and what else belongs to them.
const REST = { high: [76, 60], tip: [48, 66], jaw: 4, lips: [9, 3, 0] };
const RIDGE = { high: [63, 50], tip: [46.5, 48], jaw: 3, lips: [10, 4, 0] };
const BEHIND = { high: [61, 43], tip: [50, 52], jaw: 3, lips: [6, 5, 0.8] };
const HISS = { high: [66, 52], tip: [47, 53], jaw: 2, lips: [12, 3, 0] };
const BETWEEN = { high: [70, 57], tip: [34, 57], jaw: 5, lips: [11, 5, 0] };
const CURLED = { high: [86, 56], tip: [57, 46], jaw: 4, lips: [7, 5, 0.6], curled: true };
const BACK = { high: [92, 41], tip: [50, 66], jaw: 6, lips: [10, 5, 0] };
const LIPS = { ...REST, jaw: 3, closed: true };
const TEETH = { ...REST, jaw: 3, bitten: true };
const CONSONANTS = {
  p: { ...LIPS, burst: true }, b: { ...LIPS, burst: true, voiced: true }, m: { ...LIPS, nose: true, voiced: true },
  f: { ...TEETH, stream: true }, v: { ...TEETH, stream: true, voiced: true },
  "θ": { ...BETWEEN, stream: true }, "ð": { ...BETWEEN, stream: true, voiced: true },
  t: { ...RIDGE, burst: true }, d: { ...RIDGE, burst: true, voiced: true }, n: { ...RIDGE, nose: true, voiced: true },
  l: { ...RIDGE, high: [80, 60], sides: true, voiced: true },
  s: { ...HISS, stream: true }, z: { ...HISS, stream: true, voiced: true },
  "ʃ": { ...BEHIND, stream: true }, "ʒ": { ...BEHIND, stream: true, voiced: true },
  r: { ...CURLED, voiced: true }, "ər": { ...CURLED, voiced: true }, "ɚ": { ...CURLED, voiced: true }, "ɜːr": { ...CURLED, voiced: true },
  k: { ...BACK, burst: true }, "ɡ": { ...BACK, burst: true, voiced: true }, "ŋ": { ...BACK, nose: true, voiced: true },
  j: { high: [64, 41], tip: [47, 62], jaw: 2, lips: [14, 3, 0], voiced: true },
  w: { high: [91, 45], tip: [52, 64], jaw: 2, lips: [3, 3, 1], voiced: true },
  h: { high: [77, 58], tip: [48, 66], jaw: 7, lips: [10, 6, 0], stream: true },
};

// Sounds that go from one place to another.
const GLIDES = {
  "eɪ": ["e", "ɪ"], "aɪ": ["a", "ɪ"], "ɔɪ": ["ɔː", "ɪ"], "aʊ": ["a", "ʊ"], "oʊ": ["o", "ʊ"], "eə": ["e", "ə"], "ɪə": ["ɪ", "ə"],
  "ʊə": ["ʊ", "ə"], "tʃ": ["t", "ʃ"], "dʒ": ["d", "ʒ"], tr: ["t", "r"], dr: ["d", "r"], ts: ["t", "s"], dz: ["d", "z"],
};

/** Whether there is a picture of a sound (IPA). */
export const hasMouth = (ipa) => ipa in VOWELS || ipa in CONSONANTS || ipa in GLIDES;

/** The picture of a sound; `svg(name, attributes, ...children)` makes its elements, `label` says what it shows. */
export function drawMouth(ipa, svg, label) {
  const [first, last] = (GLIDES[ipa] ?? [ipa, ipa]).map(shapeOf);
  const before = ipa in GLIDES ? first : null;
  const path = (name, d) => svg("path", { class: name, d });
  return svg("svg", { class: "mouth", viewBox: "-14 0 156 120", role: "img", "aria-label": label },
    path("flesh", head(last)),
    path("hollow", hollow(last)),
    path("tongue", tongue(last)),
    path("flesh edge", velum(last)),
    path("tooth", `M38 45 L44 45 L41.5 56 Q39.5 57 39 55 Z`),
    path("tooth", `M39.5 ${68 + last.jaw} L45 ${68 + last.jaw} L42 ${58.5 + last.jaw} Q40 ${57.5 + last.jaw} 39.5 ${60 + last.jaw} Z`),
    path("lip", upperLip(last)), path("lip", lowerLip(last)),
    before && path("before", surface(before)),
    ...marks({ ...last, voiced: last.voiced || first.voiced, burst: last.burst || first.burst }).map(([name, d]) => path(name, d)),
    ...front(svg, before, last));
}

function shapeOf(name) {
  if (name in CONSONANTS) return CONSONANTS[name];
  const [x, y, jaw, wide, high, out] = VOWELS[name];
  return { high: [x, y], tip: [46 + Math.max(0, x - 64) * 0.16, 61 + jaw], jaw, lips: [wide, high, out], voiced: true };
}

// ---------------------------------------------------------------- from the side

/** Face, palate and throat; the jaw moves. */
const head = ({ jaw }) => `M52 0 C44 6 42 12 36 17 L23 30 Q22 35 29 36 L32 37 L32 46 L38 47 C44 46 46 46 50 42 C58 34 68 31 84 34
  L104 46 L114 60 L116 120 L72 120 C66 ${108 + jaw / 2} 58 ${102 + jaw} 44 ${99 + jaw} Q33 ${98 + jaw} 33 ${88 + jaw} Q36 ${80 + jaw} 33 ${72 + jaw}
  L45 ${66 + jaw} L72 ${92 + jaw / 2} L102 112 L102 120 L140 120 C134 70 140 40 132 0 Z`;

/** The air between palate, throat and jaw. */
const hollow = ({ jaw }) => `M33 47 L44 46 C46 46 47 45 50 42 C58 34 68 31 84 34 L104 46 Q113 54 113 66 L114 120 L102 120 L102 112 L72 ${92 + jaw / 2}
  L45 ${66 + jaw} L33 ${66 + jaw} Z`;

/** The soft palate: up against the throat, or down where air goes through the nose. */
const velum = ({ nose }) => (nose
  ? "M82 33 C90 35 95 42 97 52 Q98 58 101 57 Q103 54 102 48 C100 40 94 34 84 30 Z"
  : "M82 33 C92 36 98 42 106 50 Q110 53 112 49 Q112 44 106 40 C98 34 92 32 84 30 Z");

/** The tongue's upper side, from the throat to the tip. */
function surface({ high: [x, y], tip: [tx, ty], curled, jaw }) {
  const points = curled
    ? [[103, 112], [101, 86], [x + 6, y + 4], [x - 6, y + 4], [70, 64], [60, 58], [tx, ty]]
    : [[103, 112], [104 - Math.max(0, 84 - x) * 0.3, 88], [Math.min(103, x + 14), y + 10 + Math.max(0, x - 84) * 0.6], [x, y], ...between([x, y], [tx, ty], jaw), [tx, ty]];
  return `M${points[0].join(" ")} ${smooth(points)}`;
}

/** Between the highest point and the tip the tongue bows a little. */
function between([x, y], [tx, ty]) {
  const fall = ty - y;
  return [[tx + (x - tx) * 0.45, y + fall * (fall > 0 ? 0.38 : 0.2) + (fall > 0 ? 0 : 3)]];
}

function tongue(shape) {
  const [tx, ty] = shape.tip;
  const floor = 82 + shape.jaw * 0.75; // of the mouth, where the tongue grows from it
  const under = shape.curled
    ? `C${tx - 5} ${ty + 1} ${tx - 6} ${ty + 10} ${tx - 3} ${ty + 16} Q54 ${floor - 8} 60 ${floor}`
    : `C${tx - 4} ${ty + 3} ${tx} ${ty + 8} ${tx + 5} ${ty + 11} Q${Math.max(53, tx + 9)} ${floor - 8} 60 ${floor}`;
  return `${surface(shape)} ${under} L72 ${93 + shape.jaw / 2} L102 113 Z`;
}

/** A curve through points, as cubic pieces (Catmull and Rom's). */
function smooth(points) {
  const at = (index) => points[Math.max(0, Math.min(points.length - 1, index))];
  const mid = (one, other, sign, middle) => middle.map((value, axis) => (value + (sign * (other[axis] - one[axis])) / 6).toFixed(1));
  return points.slice(1).map((end, index) => {
    const start = at(index);
    return `C${mid(at(index - 1), end, 1, start).join(" ")} ${mid(start, at(index + 2), -1, end).join(" ")} ${end.map((value) => value.toFixed(1)).join(" ")}`;
  }).join(" ");
}

function upperLip({ lips: [, , out], closed }) {
  const x = -6 * out;
  const y = closed ? 3 : 0;
  return `M33 38 C30 40 ${29 + x} 42 ${28 + x} ${48 + y} Q${29 + x} ${53 + y} ${34 + x} ${52 + y} Q38 ${51 + y} 38 46 Z`;
}

function lowerLip({ lips: [, , out], jaw, closed, bitten }) {
  const x = -6 * out;
  const y = closed ? 55 : 58 + jaw;
  if (bitten) return `M33 ${74 + jaw} C29 ${70 + jaw} 29 62 33 58 Q37 54.5 40 56.5 Q42 59 40 63 L40 ${72 + jaw} Z`;
  return `M33 ${75 + jaw} C30 ${72 + jaw} ${28 + x} ${y + 11} ${28 + x} ${y + 5} Q${29 + x} ${y} ${34 + x} ${y + 0.5} Q39 ${y + 2} 39 ${y + 8} L39 ${70 + jaw} Z`;
}

/** Voice in the throat, air that bursts or streams, through the mouth or the nose. */
function marks({ voiced, burst, stream, nose, sides, jaw, closed, tip, lips: [, , out] }) {
  const y = closed ? 55 : 57 + jaw / 2;
  const x = 24 - 6 * out;
  return [
    voiced && ["voice", "M104 104 q3 -4 6 0 t6 0 t6 0 M104 110 q3 -4 6 0 t6 0 t6 0"],
    burst && ["air", `M${x} ${y - 3} l-7 -5 M${x - 1} ${y} l-9 0 M${x} ${y + 3} l-7 5`],
    stream && ["air", `M${x} ${y} l-16 0 m5 -4 l-5 4 l5 4`],
    nose && ["air", "M108 62 C108 40 100 26 74 24 C54 23 40 26 30 33 M37 25 L29 33.5 L40 34"],
    sides && ["air", `M${tip[0] + 22} 70 q-12 -2 -18 -7 M${tip[0] + 9} 69 l-6 -6.5 l8 -0.5`],
  ].filter(Boolean);
}

// ---------------------------------------------------------------- from the front

function front(svg, before, last) {
  const [wide, high, out] = last.lips;
  const isShut = last.closed;
  const around = 4.5 + 1.5 * out;
  const [x, y] = [5, 102];
  const opening = isShut
    ? svg("path", { class: "line", d: `M${x - 11} ${y} q11 3 22 0` })
    : svg("ellipse", { class: "open", cx: x, cy: y, rx: wide, ry: last.bitten ? 2 : high });
  const start = before && !before.closed ? svg("ellipse", { class: "before", cx: x, cy: y, rx: before.lips[0], ry: before.lips[1] }) : null;
  const teeth = last.bitten ? svg("rect", { class: "tooth", x: x - 7, y: y - 2.5, width: 14, height: 3.5, rx: 1 }) : null;
  return [
    svg("ellipse", { class: "lip", cx: x, cy: y, rx: (isShut ? 11 : wide) + around * 0.8, ry: (isShut ? 0 : last.bitten ? 2 : high) + around }),
    opening, teeth, start,
  ].filter(Boolean);
}
