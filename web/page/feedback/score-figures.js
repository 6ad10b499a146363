// The scores of an utterance as figures: what stands in a ring, its band, how full the ring is, what is spoken.

import { svg } from "../kit/elements.js";
import { scoreBand } from "./scored-words.js";
import { number, t } from "../kit/texts.js";

const CIRCUMFERENCE = 2 * Math.PI * 15; // of the ring

/** The figure of a score of 0 to 100. */
export const figure = (score) => ({
  text: number(score),
  band: scoreBand(score),
  share: score / 100,
  spoken: `${t("of.100", { score: number(score) })}, ${t(`verdict.${scoreBand(score)}`)}`,
});

/** The figure of a kind's feedback event. */
export function figureOf(kind, event) {
  if (kind === "grammar") return ofGrammar(event);
  if (kind === "pronunciation") return ofPronunciation(event);
  return figure(kind === "accuracy" ? event.accuracy : event.score);
}

function ofPronunciation({ calibrated, total, accuracy, reason }) {
  const score = total ?? accuracy ?? null;
  if (reason || score === null) return { text: "–", band: "none", share: 0, spoken: t("unscored") };
  if (!calibrated) return { text: "≈", band: "none", share: 0, spoken: t("compared") };
  return figure(score);
}

function ofGrammar({ checked, findings }) {
  if (!checked) return { text: "–", band: "none", share: 0, spoken: t("grammar.unchecked") };
  const spoken = t("grammar.count", { count: findings.length });
  if (!findings.length) return { text: "✓", band: "good", share: 1, spoken };
  return { text: number(findings.length), band: "fair", share: 1, spoken };
}

/** A ring that is as full as a share says, with a text in it. */
export function ring(share, text) {
  const circle = (name, attributes) => svg("circle", { class: name, cx: 18, cy: 18, r: 15, ...attributes });
  const arc = { "stroke-dasharray": `${share * CIRCUMFERENCE} ${CIRCUMFERENCE}` };
  return svg("svg", { viewBox: "0 0 36 36", "aria-hidden": "true" },
    circle("track", {}), share ? circle("arc", arc) : null,
    svg("text", { x: 18, y: 18 }, text));
}
