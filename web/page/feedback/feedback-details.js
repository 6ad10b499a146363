// The details behind each of the four scores.

import { h } from "../kit/elements.js";
import { hasPace } from "./pace.js";
import { toldOnce } from "./scored-words.js";
import { has, number, t } from "../kit/texts.js";

const row = (label, value) => h("div", {}, h("dt", {}, t(label)), h("dd", {}, value));
const list = (...rows) => h("dl", {}, ...rows.filter(Boolean));
const note = (text) => h("p", { class: "note" }, text);
const percent = (value) => `${number(value)} %`;

export const details = {
  accuracy: ({ accuracy, completeness, words }) => {
    const told = toldOnce(words);
    const count = (status) => told.filter((word) => word.status === status).length;
    return [
      note(t("accuracy.about")),
      list(
        row("accuracy.right", percent(accuracy)),
        row("accuracy.complete", percent(completeness)),
        ...["omitted", "moved", "substituted", "doubtful", "inserted"].map((status) => row(`accuracy.${status}`, number(count(status)))),
      ),
    ];
  },

  pronunciation: ({ calibrated, basis, accuracy, fluency, prosodic, total, reason }) => {
    if (reason) return [h("p", {}, has(`reason.${reason}`) ? t(`reason.${reason}`) : reason)];
    const scores = { accuracy, fluency, prosodic, total };
    const known = Object.entries(scores).filter(([, score]) => score !== null && score !== undefined);
    return [
      note(t(calibrated ? "calibrated" : "uncalibrated")),
      list(...known.map(([name, score]) => row(`pronunciation.${name}`, number(score)))),
      note(t(`basis.${basis}`)),
    ];
  },

  fluency: (fluency, text) => [
    list(
      hasPace(fluency, text) ? row("fluency.wpm", number(fluency.words_per_minute)) : null,
      row("fluency.rate", t("per.second", { value: number(fluency.articulation_rate, 1) })),
      row("fluency.run", number(fluency.mean_length_run, 1)),
      row("fluency.pauses", t("pauses", { count: fluency.all_pause_count, seconds: number(fluency.all_pause_duration, 1) })),
      fluency.fillers.length ? row("fluency.fillers", fluency.fillers.join(", ")) : null,
      fluency.repetitions.length ? row("fluency.repetitions", fluency.repetitions.join(", ")) : null,
    ),
    note(t("fluency.about")),
  ],

  grammar: ({ findings, checked, level }, text) => [
    checked ? null : h("p", {}, t("grammar.unchecked")),
    checked && !findings.length ? h("p", {}, t("grammar.clean")) : null,
    h("ul", { class: "findings" }, ...findings.map((finding) => h("li", {}, ...correction(finding, text)))),
    level ? list(row("grammar.level", level)) : null,
  ].filter((part) => part && part.childNodes.length),
};

// The server counts characters, JavaScript UTF-16 units.
function correction({ start, end, message, replacement }, text) {
  const said = [...text].slice(start, end).join("");
  return [
    h("p", { dir: "auto" }, said ? h("del", {}, said) : null, said && replacement ? " → " : null,
      replacement ? h("ins", {}, replacement) : null),
    note(message),
  ];
}
