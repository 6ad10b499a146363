// The end of a session: what was done, how the scores went, which words to say again.

import { written } from "../kit/direction.js";
import { h } from "../kit/elements.js";
import { moments } from "./moments.js";
import { means, progressChart } from "../progress/progress-chart.js";
import { number, t } from "../kit/texts.js";

export function sessionSummary({ summary, scores, sentences = [], onPractise }) {
  const { utterances, words, speech_ms: speechMs, practise = [] } = summary;
  const facts = [["utterances", utterances], ["words", words], ["seconds", Math.round(speechMs / 1000)]];
  return h("section", { class: "card summary", "data-testid": "summary", "aria-labelledby": "summary-title" },
    h("h3", { id: "summary-title" }, t("summary")),
    h("p", { class: "facts" }, ...facts.map(([name, count]) => h("span", {}, h("b", {}, number(count)), ` ${t(`count.${name}`, { count })}`))),
    average(means(scores)),
    progressChart(scores),
    bestAndHardest(moments(sentences)),
    ...(practise.length ? toPractise(practise, onPractise) : []));
}

/** How the lesson went as a whole, not how it ended. */
function average(found) {
  if (!found.length) return null;
  const parts = found.map(({ name, mean }) => h("span", { class: name }, `${t(name)} `, h("b", {}, number(mean))));
  return h("p", { class: "facts", "data-testid": "means" }, h("span", {}, t("on.average")), ...parts);
}

function bestAndHardest(found) {
  if (!found) return null;
  const row = (name, { text, language, score }) =>
    h("div", {}, h("dt", {}, t(name)), h("dd", {}, h("q", written(language), text), " ", h("b", {}, number(score))));
  return h("dl", { class: "moments", "data-testid": "moments" }, row("summary.best", found.best), row("summary.hardest", found.hardest));
}

function toPractise(words, onPractise) {
  return [
    h("p", { class: "note" }, t("practise.again")),
    h("ul", { class: "practise" }, ...words.map((word) => h("li", { dir: "auto" }, word))),
    h("button", { type: "button", class: "primary", onclick: () => onPractise(words) }, t("practise.button")),
  ];
}
