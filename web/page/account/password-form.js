// Another password for the account, in a form that password managers know.

import { h } from "../kit/elements.js";
import { problemText } from "../kit/problem-text.js";
import { t } from "../kit/texts.js";

const MAX = 256; // characters that the server takes

export class PasswordForm {
  #account;
  #current;
  #next;
  #hint = h("small", { id: "new-password-hint" });
  #problem = h("p", { class: "problem", id: "password-problem", role: "alert" });
  #note = h("p", { class: "note", role: "status", "data-testid": "password-note" });
  #submit = h("button", { type: "submit", class: "primary" }, t("account.password.change"));
  #form;
  #details;
  element;

  constructor({ account }) {
    this.#account = account;
    this.#current = password("current-password", { "data-testid": "current-password" });
    this.#next = password("new-password", { minlength: account.minPassword, "data-testid": "new-password", "aria-describedby": "new-password-hint password-problem" });
    this.#hint.textContent = t("account.password.hint", { count: account.minPassword });
    // Whose password it is: for password managers alone.
    const username = h("input", { type: "email", name: "username", autocomplete: "username", value: account.me.email, readonly: true, hidden: true });
    this.#form = h("form", {}, username, h("p", {}, t("account.password.what")),
      field("account.password.current", this.#current),
      field("account.password.next", this.#next, this.#hint), this.#problem, this.#submit);
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    const summary = h("summary", {}, t("account.password.change"));
    // Not at `toggle`: that comes a task later, when a password manager may have filled the form.
    summary.addEventListener("click", () => this.#empty());
    this.#details = h("details", {}, summary, this.#form);
    this.element = h("div", {}, this.#details, this.#note);
  }

  async #send() {
    if (this.#submit.getAttribute("aria-disabled") === "true") return;
    this.#wait(true);
    this.#complain("");
    this.#note.textContent = "";
    const focused = document.activeElement;
    const isWaiting = () => document.activeElement === focused; // not in another field meanwhile
    try {
      await this.#account.changePassword(this.#current.value, this.#next.value);
    } catch (problem) {
      return this.#receive(problem, isWaiting());
    } finally {
      this.#wait(false);
    }
    if (isWaiting()) this.#details.firstChild.focus();
    this.#empty();
    this.#details.open = false;
    this.#note.textContent = t("account.password.changed");
  }

  #receive(problem, isWaiting) {
    this.#complain(problemText(problem));
    const wrong = { wrong_password: this.#current, invalid: this.#next }[problem.code];
    wrong?.setAttribute("aria-invalid", "true");
    if (isWaiting) wrong?.focus();
  }

  #complain(text) {
    this.#problem.textContent = text;
    for (const each of [this.#current, this.#next]) each.removeAttribute("aria-invalid");
  }

  /** What was typed is not left in a closed form, nor in one that is opened again. */
  #empty() {
    this.#form.reset();
    this.#complain("");
  }

  /** `disabled` would take the focus away. */
  #wait(isWaiting) {
    this.#submit.setAttribute("aria-disabled", String(isWaiting));
  }
}

const password = (kind, more) =>
  h("input", { type: "password", name: kind, autocomplete: kind, required: true, maxlength: MAX, "aria-describedby": "password-problem", ...more });

const field = (label, input, hint = null) => h("label", {}, h("span", {}, t(label)), input, hint);
