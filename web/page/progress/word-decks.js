// The words that were hard, by language, and an exercise of those whose turn it is.

import { written } from "../kit/direction.js";
import { h } from "../kit/elements.js";
import { languageName, t } from "../kit/texts.js";

const MOST_WORDS = 8; // of one exercise

/** `words`: {word, language, due}; `onPractise(words, language)`. The nodes that show them. */
export function wordDecks(words, onPractise) {
  if (!words.length) return [h("p", { class: "note" }, t("account.words.none"))];
  const languages = [...new Set(words.map(({ language }) => language))];
  return languages.map((language) => deck(language, words.filter((word) => word.language === language), onPractise));
}

function deck(language, words, onPractise) {
  const due = words.filter((word) => word.due);
  const first = (due.length ? due : words).slice(0, MOST_WORDS).map(({ word }) => word);
  const practise = () => onPractise(first, language);
  return h("div", { class: "deck" },
    h("h4", {}, languageName(language)),
    h("ul", { class: "practise", ...written(language) }, ...words.map(chip)),
    h("button", { type: "button", class: "primary", onclick: practise }, t("practise.count", { count: first.length })));
}

const chip = ({ word, due }) =>
  h("li", { class: due ? "due" : null }, word, due ? h("span", { class: "hidden" }, `, ${t("account.due")}`) : null);
