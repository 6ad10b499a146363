// Which conversations there are: one link each, those of the learner's level first.

import { written } from "../kit/direction.js";
import { h } from "../kit/elements.js";
import { interfaceLanguage, t } from "../kit/texts.js";
import { byLevel, loadScenarios } from "./scenario-library.js";

export class ScenarioList {
  #part;
  #asked = 0; // the newest request

  constructor(part) {
    this.#part = part;
  }

  /** Shows the conversations of a language; nothing where there are none. */
  async show({ language, level }) {
    const asked = (this.#asked += 1);
    const found = await loadScenarios(language, interfaceLanguage());
    if (asked !== this.#asked) return;
    const links = byLevel(found, level).map((scenario) => h("li", {}, linkTo(scenario)));
    this.#part.replaceChildren(...(links.length
      ? [h("h2", {}, t("scene.list")), h("ul", { class: "scenes", "data-testid": "scenes" }, ...links), h("h2", {}, t("scene.free"))]
      : []));
  }
}

function linkTo({ id, language, title, meaning, levels }) {
  return h("a", { href: `#/scene/${encodeURIComponent(id)}`, class: "card" },
    h("b", written(language), title), meaning && meaning.title !== title ? h("span", {}, meaning.title) : null,
    h("small", {}, levels.length > 1 ? `${levels[0]} – ${levels.at(-1)}` : levels[0]));
}
