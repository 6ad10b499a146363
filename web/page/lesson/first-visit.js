// Who is new says in three taps which language they speak, which one they learn, and how well.

import { byId, h } from "../kit/elements.js";
import { interfaceLanguage, languageName, t } from "../kit/texts.js";

const TAUGHT = ["en", "de", "es", "fr", "ru"]; // where the server does not say

export class FirstVisit {
  #picker;

  /** `interfaces`: code → its own name; `taught`: languages with exercises, or null; `onSpeak(code)`, `onCourse()`: another language is wanted; `onReady()`: all is chosen. */
  constructor({ preferences, picker, interfaces, taught, onSpeak, onCourse, onReady }) {
    this.#picker = picker;
    const speaks = Object.entries(interfaces).map(([code, name]) => choice(code, name, { lang: code, onclick: () => code !== interfaceLanguage() && onSpeak(code) }));
    byId("speaks").append(...speaks);
    const learns = (taught ?? TAUGHT).map((code) => choice(code, languageName(code), { onclick: () => picker.choose(code) }));
    byId("learns").append(...learns, h("button", { type: "button", class: "plain", onclick: onCourse }, t("welcome.other")));
    for (const level of byId("levels").querySelectorAll("button")) {
      level.addEventListener("click", () => {
        picker.chooseLevel(level.value);
        this.end();
        onReady();
      });
    }
    byId("first").hidden = preferences.has("level");
    this.show();
  }

  /** Shows what is chosen. */
  show() {
    mark("speaks", interfaceLanguage());
    mark("learns", this.#picker.language);
  }

  /** Who starts to speak has seen enough of it. */
  end() {
    byId("first").hidden = true;
  }
}

const choice = (value, text, attributes) => h("button", { type: "button", class: "plain", value, ...attributes }, text);

function mark(group, chosen) {
  for (const button of byId(group).querySelectorAll("button[value]")) button.setAttribute("aria-pressed", String(button.value === chosen));
}
