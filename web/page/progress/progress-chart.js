// The scores of a session, utterance by utterance, as a small drawing.

import { h, svg } from "../kit/elements.js";
import { number, t } from "../kit/texts.js";

const WIDTH = 320;
const HEIGHT = 96;
const MARGIN = 8;
const SERIES = ["pronunciation", "accuracy", "fluency"];
const MARKS = { pronunciation: 4, accuracy: 3.5, fluency: 3 }; // radius

/** The mean of each series that has scores: [{name, mean}]. `scores`: one {series: score?} an utterance. */
export function means(scores) {
  const known = (name) => scores.map((each) => each[name]).filter((score) => score !== undefined);
  return SERIES.map((name) => ({ name, values: known(name) }))
    .filter(({ values }) => values.length)
    .map(({ name, values }) => ({ name, mean: values.reduce((sum, value) => sum + value, 0) / values.length }));
}

/** The chart, or null when there are no two scores to compare. `label`: the text that says what it is; `names`: of the first and the last. */
export function progressChart(scores, { label: key = "chart", names = [] } = {}) {
  const series = SERIES.map((name) => ({ name, points: points(scores.map((each) => each[name])) }));
  const known = series.filter(({ points }) => points.length);
  if (scores.length < 2 || !known.length) return null;
  const label = known.map(({ name, points }) => `${t(name)}: ${points.map(({ score }) => number(score)).join(", ")}`).join(". ");
  const drawing = svg("svg", { class: "chart", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": t(key, { label }) },
    ...[0, 50, 100].map((score) => svg("line", { class: "grid", x1: 0, x2: WIDTH, y1: y(score), y2: y(score) })),
    ...known.map(line));
  const ends = names.length ? h("p", { class: "row apart note", "aria-hidden": "true" }, h("span", {}, names[0]), h("span", {}, names.at(-1))) : null;
  return h("figure", {}, drawing, ends, h("figcaption", {}, ...known.map(({ name }) => h("span", { class: name }, h("i", { "aria-hidden": "true" }), t(name)))));
}

const y = (score) => MARGIN + (1 - score / 100) * (HEIGHT - 2 * MARGIN);

function points(scores) {
  const step = (WIDTH - 2 * MARGIN) / (scores.length - 1);
  return scores
    .map((score, index) => ({ score, x: MARGIN + index * step }))
    .filter(({ score }) => score !== undefined);
}

function line({ name, points }) {
  const path = points.map(({ x, score }) => `${x.toFixed(1)},${y(score).toFixed(1)}`).join(" ");
  return svg("g", { class: name }, svg("polyline", { points: path }),
    ...points.map(({ x, score }) => svg("circle", { cx: x, cy: y(score), r: MARKS[name] })));
}
