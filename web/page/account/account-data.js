// What becomes of a learner's data: recordings by consent, a copy of all, the end of it.

import { h } from "../kit/elements.js";
import { PasswordForm } from "./password-form.js";
import { problemText } from "../kit/problem-text.js";
import { t } from "../kit/texts.js";

const FILE = "voice-tutor.json";

export class AccountData {
  #account;
  #onLeave;
  #note = h("p", { class: "note", role: "status", "data-testid": "account-note" });
  element;

  constructor({ account, onLeave }) {
    this.#account = account;
    this.#onLeave = onLeave;
    this.element = h("div", { class: "data" }, this.#consent(), h("div", { class: "row" },
      this.#button("account.export", "plain", () => this.#export()),
      this.#button("account.everywhere", "plain", () => this.#signOutEverywhere())),
      new PasswordForm({ account }).element, this.#deletion(), this.#note);
  }

  #consent() {
    const box = h("input", { type: "checkbox", "data-testid": "keep-audio" });
    box.checked = this.#account.me.keep_audio;
    let before = Promise.resolve();
    let clicks = 0;
    box.addEventListener("change", () => {
      const click = (clicks += 1);
      // One after the other: answers, and requests, may overtake each other.
      before = before.then(() => click === clicks && this.#try(() => this.#keepAudio(box, () => click === clicks)));
    });
    return h("label", { class: "switch" }, box, h("span", {}, t("account.audio")), h("small", {}, t("account.audio.hint")));
  }

  async #keepAudio(box, isNewest) {
    try {
      await this.#account.change({ keep_audio: box.checked });
    } finally {
      if (isNewest()) box.checked = this.#account.me?.keep_audio ?? false;
    }
    if (isNewest()) this.#note.textContent = t(box.checked ? "account.audio.on" : "account.audio.off");
  }

  async #export() {
    await this.#account.download("/v1/me/export", FILE);
    this.#note.textContent = t("account.exported", { file: FILE });
  }

  async #signOutEverywhere() {
    await this.#account.signOut({ everywhere: true });
    this.#onLeave("account.signedout.everywhere");
  }

  /** The e-mail address must be typed, and where the server wants it the password: there is no way back. */
  #deletion() {
    const { email } = this.#account.me;
    const typed = h("input", { type: "text", autocomplete: "off", autocapitalize: "none", spellcheck: "false", required: true, "data-testid": "typed" });
    const password = h("input", { type: "password", autocomplete: "current-password", maxlength: 256, "data-testid": "delete-password" });
    const secret = h("label", { hidden: true }, h("span", {}, t("account.delete.password")), password);
    const form = h("form", {}, h("p", {}, t("account.delete.what")),
      h("label", {}, h("span", {}, t("account.delete.type", { email })), typed), secret,
      h("button", { type: "submit", class: "primary danger" }, t("account.delete.button")));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (typed.value.trim().toLowerCase() === email) return this.#try(() => this.#delete(password, secret));
      this.#note.textContent = t("account.delete.differs");
      typed.focus();
    });
    return h("details", { class: "deletion" }, h("summary", {}, t("account.delete")), form);
  }

  async #delete(password, secret) {
    try {
      await this.#account.delete(password.value);
    } catch (problem) {
      if (problem.code === "password_needed" || problem.code === "wrong_password") {
        secret.hidden = false;
        password.required = true;
        password.focus();
      }
      throw problem;
    }
    this.#onLeave("account.deleted");
  }

  #button(label, kind, run) {
    return h("button", { type: "button", class: kind, onclick: () => this.#try(run) }, t(label));
  }

  async #try(run) {
    this.#note.textContent = "";
    try {
      await run();
    } catch (problem) {
      this.#note.textContent = problemText(problem);
    }
  }
}
