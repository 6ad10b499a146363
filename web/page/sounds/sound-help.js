// How one sound is made: a line in the learner's language, and a picture of the mouth, which is asked for then.

import { h, svg } from "../kit/elements.js";
import { has, t } from "../kit/texts.js";

/** Whether it can be told how a sound (IPA) is made. */
export const canHelp = (ipa) => has(`sound.${ipa}`);

/** An element that shows how sounds are made, one at a time. */
export class SoundHelp {
  #shown = null; // the sound whose picture is wanted
  #picture = h("figure", { class: "mouth-place", hidden: true });
  #line = h("p", { class: "advice" });
  element = h("div", { class: "sound-help", "data-testid": "advice", hidden: true }, this.#picture, this.#line);

  /** Shows a sound; `before`: nodes that stand before its advice. */
  async show(ipa, ...before) {
    this.element.hidden = !canHelp(ipa) && !before.length;
    this.#line.replaceChildren(name(ipa), " ", ...before, canHelp(ipa) ? t(`sound.${ipa}`) : "");
    this.#shown = ipa;
    this.#picture.hidden = true;
    const drawn = await picture(ipa);
    if (this.#shown !== ipa || !drawn) return;
    this.#picture.replaceChildren(drawn);
    this.#picture.hidden = false;
  }
}

const name = (ipa) => h("b", { dir: "ltr", lang: "en-fonipa" }, `/${ipa}/`);

/** The picture of a sound, or null: there is none, or it could not be had. */
async function picture(ipa) {
  const mouth = await import("/static/page/sounds/mouth.js").catch(() => null);
  return mouth?.hasMouth(ipa) ? mouth.drawMouth(ipa, svg, t("mouth.label", { ipa })) : null;
}
