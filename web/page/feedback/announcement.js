// What a screen reader is told of an utterance: of a reading the text's words, not the recogniser's.

import { gapOf, markOf } from "./scored-words.js";

const REMARKED = new Set(["omitted", "moved", "substituted", "doubtful", "inserted"]);

/**
 * The parts of it, to be joined. `words`: as `scoredWords` gives them; `isReading`: they are a text's;
 * `said`: what was recognised; `t`: as of the texts.
 */
export function announcement({ words, isReading, said, language, t }) {
  if (!isReading) return [t("announce.said", { text: said })];
  const read = words.filter(({ status }) => status !== "inserted");
  const text = read.map((word) => word.text).join(gapOf(language));
  return [t("announce.read", { text }), ...words.filter(({ status }) => REMARKED.has(status)).map((word) => remark(word, t))];
}

const remark = ({ text, status, heard }, t) => `${text}: ${t(markOf({ band: status, heard }), { heard })}`;
