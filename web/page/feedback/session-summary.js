// The end of a session: what was done, how the scores went, and three things to do.

import { written } from "../kit/direction.js";
import { h } from "../kit/elements.js";
import { moments } from "./moments.js";
import { means, progressChart } from "../progress/progress-chart.js";
import { SoundHelp } from "../sounds/sound-help.js";
import { threeThings } from "./three-things.js";
import { has, number, t } from "../kit/texts.js";

export function sessionSummary({ summary, scores, sentences = [], onPractise, onRepeat }) {
  const { utterances, words, speech_ms: speechMs, practise = [] } = summary;
  const facts = [["utterances", utterances], ["words", words], ["seconds", Math.round(speechMs / 1000)]];
  return h("section", { class: "card summary", "data-testid": "summary", "aria-labelledby": "summary-title" },
    h("h3", { id: "summary-title" }, t("summary")),
    h("p", { class: "facts" }, ...facts.map(([name, count]) => h("span", {}, h("b", {}, number(count)), ` ${t(`count.${name}`, { count })}`))),
    average(means(scores)),
    progressChart(scores),
    bestAndHardest(moments(sentences)),
    toDo(threeThings({ sentences, practise, isKnown: (ipa) => has(`sound.${ipa}`) }), { onPractise, onRepeat }));
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
    h("div", {}, h("dt", {}, t(name)), h("dd", {}, h("span", { class: "quoted", ...written(language) }, text), " ", h("b", {}, number(score))));
  return h("dl", { class: "moments", "data-testid": "moments" }, row("summary.best", found.best), row("summary.hardest", found.hardest));
}

function howTo(ipa, where) {
  const help = new SoundHelp();
  help.show(ipa, where, " ");
  return help.element;
}

function toDo(things, { onPractise, onRepeat }) {
  if (!things.length) return null;
  const shown = {
    sound: ({ ipa, words }) => [howTo(ipa, t("todo.sound", { words: words.join(", ") }))],
    words: ({ words }) => [
      h("p", {}, t("practise.again")),
      h("ul", { class: "practise" }, ...words.map((word) => h("li", { dir: "auto" }, word))),
      h("button", { type: "button", class: "primary", onclick: () => onPractise(words) }, t("practise.button")),
    ],
    flow: ({ count }) => [h("p", {}, t("todo.flow", { count }))],
    sentence: ({ text, language }) => [
      h("p", {}, t("todo.sentence")),
      h("button", { type: "button", class: "plain quoted", ...written(language), onclick: () => onRepeat(text) }, text),
    ],
  };
  return h("div", {}, h("h4", {}, t("todo")),
    h("ol", { class: "todo", "data-testid": "todo" }, ...things.map((thing) => h("li", {}, ...shown[thing.kind](thing)))));
}
