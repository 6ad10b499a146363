// The place where a learner sees how it goes: words whose turn it is, and what was practised.

import { h } from "../kit/elements.js";
import { problemText } from "../kit/problem-text.js";
import { SessionHistory } from "./session-history.js";
import { t } from "../kit/texts.js";
import { wordDecks } from "./word-decks.js";

export class ProgressPlace {
  name = "progress";
  parts;
  #account;
  #sounds;
  #onPractise;
  #body;
  #whose = null; // the account that is shown
  #openings = 0; // the newest one is shown

  /** `onPractise(words, language)`. */
  constructor({ part, body, account, sounds, onPractise }) {
    this.parts = [part];
    this.#body = body;
    this.#account = account;
    this.#sounds = sounds;
    this.#onPractise = onPractise;
    account.on("change", () => !part.hidden && this.#whose !== (account.me?.id ?? null) && this.enter());
  }

  async enter() {
    const opening = (this.#openings += 1);
    this.#whose = this.#account.me?.id ?? null;
    if (!this.#account.me) return this.#body.replaceChildren(h("p", { class: "note" }, t("progress.guest")));
    const words = h("div", { id: "words" });
    const history = new SessionHistory({ account: this.#account, sounds: this.#sounds });
    this.#body.replaceChildren(section("account.words", words), section("account.sessions", history.element));
    const nodes = await this.#words().catch((problem) => [h("p", { class: "note" }, problemText(problem))]);
    if (opening === this.#openings) words.replaceChildren(...nodes);
  }

  leave() {
    this.#openings += 1;
    this.#body.replaceChildren();
  }

  async #words() {
    const { words } = await this.#account.request("GET", "/v1/me/words");
    return wordDecks(words, this.#onPractise);
  }
}

const section = (title, ...children) => h("section", { class: "card" }, h("h3", {}, t(title)), ...children);
