// One number with its reason, under the words of a sentence.

import { h } from "../kit/elements.js";
import { figure, ring } from "./score-figures.js";
import { enumerated, number, t } from "../kit/texts.js";

/** The nodes that show a verdict (see verdict.js); [] where there is nothing to say. */
export function verdictLine({ kind, score, reasons }) {
  const why = enumerated(reasons.map(({ key, values }) => t(key, { ...values, ...("score" in values && { score: number(values.score) }) })));
  const nodes = [];
  if (score !== null) {
    const { text, band, share, spoken } = figure(score);
    nodes.push(h("span", { class: `score ${band}` }, ring(share, text), h("span", { class: "hidden" }, `${t(kind)}: ${spoken}.`)));
  }
  if (why) nodes.push(h("span", { class: "why" }, capital(why)));
  return nodes;
}

const capital = (text) => text.charAt(0).toLocaleUpperCase() + text.slice(1);
