// The sounds of a language as a map: how close each one was, and how it is made.

import { scoreBand } from "../feedback/scored-words.js";
import { h } from "../kit/elements.js";
import { number, t } from "../kit/texts.js";
import { SoundHelp } from "../sounds/sound-help.js";

const VOWEL = /^[aeiouæɑɒɔəɜɛɪʊʌyøœɐɨʉɯ]/; // the first sign of a vowel's or a diphthong's IPA

/** `sounds`: {ipa, mean, count}. The nodes that show them. */
export function soundMap(sounds) {
  if (!sounds.length) return [h("p", { class: "note" }, t("progress.sounds.none"))];
  const help = new SoundHelp();
  const advice = h("div", { role: "status", "data-testid": "sound-advice" }, help.element);
  const vowels = sounds.filter(({ ipa }) => VOWEL.test(ipa));
  const others = sounds.filter(({ ipa }) => !VOWEL.test(ipa));
  return [group("progress.vowels", vowels, help), group("progress.consonants", others, help), advice].filter(Boolean);
}

function group(name, sounds, help) {
  if (!sounds.length) return null;
  return h("div", {}, h("h4", {}, t(name)), h("ul", { class: "phones", dir: "ltr" }, ...sounds.map((sound) => h("li", {}, button(sound, help)))));
}

function button({ ipa, mean, count }, help) {
  const told = t("phone", { ipa, score: number(mean) });
  const tell = () => help.show(ipa, t("progress.sound", { score: number(mean), count }), " ");
  return h("button", { type: "button", class: `phone ${scoreBand(mean)}`, onclick: tell },
    h("span", { class: "hidden" }, told), h("b", { "aria-hidden": "true" }, ipa), h("i", { "aria-hidden": "true" }, number(mean)));
}
