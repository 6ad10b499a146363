// Which language is learnt, at which level, and which one the page speaks: one chip in the header.

import { byId, h } from "../kit/elements.js";
import { interfaceLanguage, languageName, t } from "../kit/texts.js";

export class Course {
  #preferences;

  /** `interfaces`: the page's languages, code → its own name. */
  constructor({ preferences, interfaces }) {
    this.#preferences = preferences;
    byId("course-open").addEventListener("click", () => this.open());
    this.#offer(byId("interface"), interfaces);
  }

  open() {
    byId("course").showModal();
  }

  /** Shows what is chosen; `level`: "" for any. */
  show({ language, level }) {
    const name = languageName(language);
    byId("course-open").textContent = level ? `${name} · ${level}` : name;
    byId("course-open").setAttribute("aria-label", t("course.of", { course: byId("course-open").textContent }));
  }

  #offer(select, interfaces) {
    select.replaceChildren(...Object.entries(interfaces).map(([code, name]) => h("option", { value: code, lang: code }, name)));
    select.value = interfaceLanguage();
    select.addEventListener("change", () => this.speak(select.value));
  }

  /** Loads the page anew, in another language. */
  speak(code) {
    this.#preferences.set("interface", code);
    const address = new URL(location.href);
    address.searchParams.set("lang", code);
    location.assign(address);
  }
}
