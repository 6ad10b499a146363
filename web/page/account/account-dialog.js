// The account: what is left of today, what was practised, words to say again, and what to do with it all.

import { AccountData } from "./account-data.js";
import { written } from "../kit/direction.js";
import { byId, h } from "../kit/elements.js";
import { midnight, problemText } from "../kit/problem-text.js";
import { SessionHistory } from "../progress/session-history.js";
import { clock, has, languageName, number, t } from "../kit/texts.js";

const MOST_WORDS = 12; // of one exercise

export class AccountDialog {
  #account;
  #sounds;
  #onPractise;
  #onLeave;
  #dialog = byId("account");
  #openings = 0; // the newest one is shown

  /** `onPractise(words, language)`; `onLeave(key)`: the login has ended as the learner wished, the text of `key` says so. */
  constructor({ account, sounds, onPractise, onLeave }) {
    this.#account = account;
    this.#sounds = sounds;
    this.#onPractise = onPractise;
    this.#onLeave = onLeave;
    byId("account-close").addEventListener("click", () => this.#dialog.close());
    account.on("change", () => { if (!account.me) this.#dialog.close(); });
  }

  async open() {
    byId("account-body").replaceChildren(h("p", { class: "note", role: "status" }, t("account.loading")));
    this.#dialog.showModal();
    const opening = (this.#openings += 1);
    try {
      await this.#account.refresh();
      if (opening === this.#openings) this.#show(); // else what is typed there would go
    } catch (problem) {
      if (opening === this.#openings) byId("account-body").replaceChildren(h("p", { class: "note", role: "alert" }, problemText(problem)));
    }
  }

  #show() {
    const words = h("div", { id: "words" });
    const history = new SessionHistory({ account: this.#account, sounds: this.#sounds });
    const data = new AccountData({ account: this.#account, onLeave: this.#onLeave });
    byId("account-body").replaceChildren(
      this.#person(),
      section("account.today", today(this.#account.me.usage)),
      section("account.words", words),
      section("account.sessions", history.element),
      section("account.data", data.element));
    this.#showWords(words);
  }

  #person() {
    const { email, plan } = this.#account.me;
    const leave = async () => {
      await this.#account.signOut();
      this.#onLeave("account.signedout");
    };
    const complain = (problem) => { note.textContent = problemText(problem); };
    const note = h("p", { class: "note", role: "alert" });
    return h("div", { class: "person" },
      h("p", {}, h("b", {}, email), h("small", {}, t("account.plan", { plan: has(`plan.${plan}`) ? t(`plan.${plan}`) : plan }))),
      h("button", { type: "button", class: "plain", "data-testid": "leave", onclick: () => leave().catch(complain) }, t("account.signout")),
      note);
  }

  async #showWords(place) {
    try {
      const { words } = await this.#account.request("GET", "/v1/me/words");
      const languages = [...new Set(words.map(({ language }) => language))];
      if (!words.length) return place.replaceChildren(h("p", { class: "note" }, t("account.words.none")));
      place.replaceChildren(...languages.map((language) => this.#wordsOf(language, words.filter((word) => word.language === language))));
    } catch (problem) {
      place.replaceChildren(h("p", { class: "note" }, problemText(problem)));
    }
  }

  #wordsOf(language, words) {
    const due = words.filter((word) => word.due);
    const first = (due.length ? due : words).slice(0, MOST_WORDS).map(({ word }) => word);
    const chip = ({ word, due }) => h("li", { class: due ? "due" : null }, word, due ? h("span", { class: "hidden" }, `, ${t("account.due")}`) : null);
    return h("div", { class: "deck" },
      h("h4", {}, languageName(language)),
      h("ul", { class: "practise", ...written(language) }, ...words.map(chip)),
      h("button", { type: "button", class: "primary", onclick: () => this.#practise(first, language) }, t("practise.button")));
  }

  #practise(words, language) {
    this.#dialog.close();
    this.#onPractise(words, language);
  }
}

const section = (title, ...children) => h("section", {}, h("h3", {}, t(title)), ...children);

/** Rounded down: no more is promised than there is. */
function minutes(seconds) {
  const parts = seconds < 600 ? 10 : 1;
  return number(Math.floor((seconds / 60) * parts) / parts, 1);
}

function today({ used_s: usedS, quota_s: quotaS, left_s: leftS }) {
  if (quotaS === null) return h("p", { "data-testid": "usage" }, t("account.used", { minutes: minutes(usedS) }));
  const text = leftS > 0
    ? t("account.left", { left: minutes(leftS), quota: minutes(quotaS), time: clock(midnight()) })
    : t("error.quota_exhausted", { time: clock(midnight()) });
  return h("div", { "data-testid": "usage" }, h("p", {}, text),
    h("div", { class: "bar", "aria-hidden": "true" }, h("progress", { max: quotaS, value: quotaS - leftS })));
}
