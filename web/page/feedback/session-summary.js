// The end of a session: what was done, how the scores went, which words to say again.

import { h } from "../kit/elements.js";
import { progressChart } from "../progress/progress-chart.js";
import { number, t } from "../kit/texts.js";

export function sessionSummary({ summary, scores, onPractise }) {
  const { utterances, words, speech_ms: speechMs, practise = [] } = summary;
  const facts = [["utterances", utterances], ["words", words], ["seconds", Math.round(speechMs / 1000)]];
  return h("section", { class: "card summary", "data-testid": "summary", "aria-labelledby": "summary-title" },
    h("h3", { id: "summary-title" }, t("summary")),
    h("p", { class: "facts" }, ...facts.map(([name, count]) => h("span", {}, h("b", {}, number(count)), ` ${t(`count.${name}`, { count })}`))),
    progressChart(scores),
    ...(practise.length ? toPractise(practise, onPractise) : []));
}

function toPractise(words, onPractise) {
  return [
    h("p", { class: "note" }, t("practise.again")),
    h("ul", { class: "practise" }, ...words.map((word) => h("li", {}, word))),
    h("button", { type: "button", class: "primary", onclick: () => onPractise(words) }, t("practise.button")),
  ];
}
