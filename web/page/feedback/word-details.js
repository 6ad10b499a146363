// What is known about one word: its score, its sounds and the letters that they are written with, how the weakest
// one is made; to listen to, and to say again.

import { written } from "../kit/direction.js";
import { h } from "../kit/elements.js";
import { markOf, scoreBand, weakestSound } from "./scored-words.js";
import { stretch } from "../lesson/recording.js";
import { canHelp, SoundHelp } from "../sounds/sound-help.js";
import { has, number, t } from "../kit/texts.js";

let lettersOf = () => null; // until the table is there

/** Asks for the table of spellings: it is not needed before something was said. */
export const learnLetters = () => import("/static/page/sounds/letters.js").then((found) => { lettersOf = found.lettersOf; }, () => {});

/** `onRepeat`: the learner wants to say the word alone; null where it would lose the place in a text. */
export function wordDetails({ word, language, pronunciation, piece, sounds, onRepeat = null }) {
  const isScored = Boolean(pronunciation?.calibrated);
  const weakest = isScored ? weakestSound(word.phones) : null;
  const letters = lettersIn(word, language);
  const help = new SoundHelp();
  if (weakest && canHelp(weakest)) help.show(weakest);
  return h("div", { class: "details" },
    h("p", { class: "headline" }, h("strong", written(language), ...spelled(word, letters, weakest)), " ", verdict(word)),
    phones(word, letters, isScored, help),
    isScored ? help.element : null,
    word.score !== null && !isScored ? h("p", { class: "note" }, t("uncalibrated")) : null,
    buttons({ word, language, piece, sounds, onRepeat }));
}

/** The one thing to try in a sentence: its hardest word, with the sound to work on; null where no word was hard. */
export function wordToTry({ words, language, pronunciation, piece, sounds, onRepeat = null }) {
  if (!pronunciation?.calibrated || pronunciation.basis !== "text") return null;
  const hard = words.filter(({ status, score, phones: found }) => status === "matched" && score !== null && scoreBand(score) !== "good" && canHelp(weakestSound(found)));
  const [word] = hard.sort((one, other) => one.score - other.score);
  if (!word) return null;
  const weakest = weakestSound(word.phones);
  const letters = lettersIn(word, language);
  const help = new SoundHelp();
  help.show(weakest);
  return h("section", { class: "to-try", "data-testid": "to-try" },
    h("h3", {}, t("try")),
    h("p", { class: "headline" }, h("strong", written(language), ...spelled(word, letters, weakest))),
    help.element,
    buttons({ word, language, piece, sounds, onRepeat }));
}

/** Of each sound the letters of the word, as far as that is known: of English alone. */
function lettersIn({ text, phones: sounds }, language) {
  const found = language.split("-")[0] === "en" ? lettersOf(text, sounds.map(({ ipa }) => ipa)) : null;
  return found ?? sounds.map(() => null);
}

/** The word, with the letters of the sound to work on marked. */
function spelled({ text, phones: sounds }, letters, weakest) {
  const worst = [...sounds.keys()].filter((index) => sounds[index].ipa === weakest).sort((one, other) => sounds[one].score - sounds[other].score)[0];
  const [from, to] = letters[worst] ?? [];
  if (from === undefined) return [text];
  return [text.slice(0, from), h("mark", {}, text.slice(from, to)), text.slice(to)];
}

function buttons({ word, language, piece, sounds, onRepeat }) {
  return h("div", { class: "row" },
    ...(sounds.canSay(language) ? [modelButton(word, language, sounds), modelButton(word, language, sounds, true)] : []),
    ownButton(word, piece, sounds), repeatButton(word, onRepeat));
}

function repeatButton({ text, score }, onRepeat) {
  if (!onRepeat || score === null) return null;
  const word = bare(text);
  return h("button", { type: "button", class: "plain", "data-testid": "repeat-word", onclick: () => onRepeat(word) }, t("retry.word", { word }));
}

function verdict({ band, score, heard }) {
  const key = markOf({ band, heard });
  const text = has(key) ? t(key, { score: score === null ? "" : number(score), heard }) : t("word.unscored");
  return h("span", { class: `tag ${band}` }, text);
}

/** The sounds, each a button that tells how it is made. */
function phones({ text, phones: sounds }, letters, isScored, help) {
  if (!sounds.length) return null;
  const items = sounds.map(({ ipa, score }, index) => {
    const spelling = letters[index] && text.slice(...letters[index]);
    const label = t(spelling ? "phone.letters" : "phone", { ipa, letters: spelling, score: number(score) });
    const content = [
      h("span", { class: "hidden" }, label), h("b", { "aria-hidden": "true" }, ipa),
      h("small", { "aria-hidden": "true" }, spelling ?? " "), h("i", { "aria-hidden": "true" }, number(score))];
    if (!isScored || !canHelp(ipa)) return h("li", {}, h("span", { class: "phone" }, ...content));
    return h("li", {}, h("button", { type: "button", class: `phone ${scoreBand(score)}`, onclick: () => help.show(ipa) }, ...content));
  });
  return h("div", {}, h("p", { class: "note" }, t("phones")), h("ol", { class: "phones", dir: "ltr", "aria-label": t("phones") }, ...items));
}

function ownButton({ startMs, endMs, status }, piece, sounds) {
  if (status === "omitted" || startMs === null || !piece?.pcm.length) return null;
  const play = () => sounds.play(stretch(piece, startMs, endMs), piece.rate);
  return h("button", { type: "button", class: "plain", "data-play": "own", onclick: play }, t("play.own"));
}

function modelButton({ text }, language, sounds, isSlow = false) {
  const play = () => sounds.say(bare(text), language, { isSlow });
  return h("button", { type: "button", class: "plain", "data-play": isSlow ? "slow" : "model", onclick: play }, t(isSlow ? "play.slow" : "play.model"));
}

const bare = (text) => text.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "");
