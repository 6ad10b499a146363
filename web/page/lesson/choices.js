// What is to choose from: languages and levels.

import { h } from "../kit/elements.js";
import { languageName, t } from "../kit/texts.js";

const LANGUAGES = ["en", "de", "es", "fr", "ru", "it", "pt", "nl", "pl", "uk", "tr", "ar", "hi", "zh", "ja", "ko", "auto"];
const LEVELS = ["", "A1", "A2", "B1", "B2", "C1", "C2"];

const options = (values, name) => values.map((value) => h("option", { value }, name(value)));

/** Offers values by their names; what is not among them is the first. */
export function fill(select, values, name, chosen) {
  select.replaceChildren(...options(values, name));
  select.value = values.includes(chosen) ? chosen : values[0];
}

/** Languages that have exercises come first, and the others say that they have none. */
export function fillLanguages(select, taught, chosen) {
  if (!taught) return fill(select, LANGUAGES, languageName, chosen);
  const [having, lacking] = [true, false].map((has) => LANGUAGES.filter((language) => taught.includes(language) === has));
  const group = (label, values, isTaught) =>
    h("optgroup", { label: t(label), "data-taught": String(isTaught) }, ...options(values, languageName));
  select.replaceChildren(
    ...(having.length ? [group("languages.taught", having, true)] : []),
    group("languages.untaught", lacking, false));
  select.value = LANGUAGES.includes(chosen) ? chosen : LANGUAGES[0];
}

/** Every level, and any. */
export function fillLevels(select, chosen) {
  fill(select, LEVELS, (level) => level || t("level.any"), chosen);
}
