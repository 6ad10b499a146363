// What is known about one word, and its sound to listen to.

import { written } from "../kit/direction.js";
import { h } from "../kit/elements.js";
import { markOf, scoreBand, weakestSound } from "./scored-words.js";
import { stretch } from "../lesson/recording.js";
import { has, number, t } from "../kit/texts.js";
import { voiceFor } from "../lesson/sounds.js";

/** `onRepeat`: the learner wants to say the word alone; null where it would lose the place in a text. */
export function wordDetails({ word, language, pronunciation, piece, sounds, onRepeat = null }) {
  return h("div", { class: "details" },
    h("p", { class: "headline" }, h("strong", written(language), word.text), " ", verdict(word)),
    phones(word, pronunciation),
    advice(word, pronunciation),
    word.score !== null && !pronunciation?.calibrated ? h("p", { class: "note" }, t("uncalibrated")) : null,
    h("div", { class: "row" }, ownButton(word, piece, sounds), modelButton(word, language, sounds), repeatButton(word, onRepeat)));
}

/** How to make the sound that was furthest away: one thing at a time. */
function advice({ phones: sounds }, pronunciation) {
  const weakest = weakestSound(sounds);
  if (!pronunciation?.calibrated || !weakest || !has(`sound.${weakest}`)) return null;
  return h("p", { class: "advice", "data-testid": "advice" },
    h("b", { dir: "ltr", lang: "en-fonipa" }, `/${weakest}/`), " ", t(`sound.${weakest}`));
}

function repeatButton({ text, score }, onRepeat) {
  if (!onRepeat || score === null) return null;
  const word = text.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "");
  return h("button", { type: "button", class: "plain", "data-testid": "repeat-word", onclick: () => onRepeat(word) }, t("retry.word", { word }));
}

function verdict({ band, score, heard }) {
  const key = markOf({ band, heard });
  const text = has(key) ? t(key, { score: score === null ? "" : number(score), heard }) : t("word.unscored");
  return h("span", { class: `tag ${band}` }, text);
}

function phones({ phones: sounds }, pronunciation) {
  if (!sounds.length) return null;
  const items = sounds.map(({ ipa, score }) => {
    const band = pronunciation.calibrated ? scoreBand(score) : "plain";
    const label = t("phone", { ipa, score: number(score) });
    return h("li", { class: `phone ${band}` }, h("span", { class: "hidden" }, label),
      h("b", { "aria-hidden": "true" }, ipa), h("i", { "aria-hidden": "true" }, number(score)));
  });
  return h("div", {}, h("p", { class: "note" }, t("phones")), h("ol", { class: "phones", dir: "ltr", "aria-label": t("phones") }, ...items));
}

function ownButton({ startMs, endMs, status }, piece, sounds) {
  if (status === "omitted" || startMs === null || !piece?.pcm.length) return null;
  const play = () => sounds.play(stretch(piece, startMs, endMs), piece.rate);
  return h("button", { type: "button", class: "plain", "data-play": "own", onclick: play }, t("play.own"));
}

function modelButton({ text }, language, sounds) {
  if (!voiceFor(language)) return null;
  const play = () => sounds.say(text, language);
  return h("button", { type: "button", class: "plain", "data-play": "model", onclick: play }, t("play.model"));
}
