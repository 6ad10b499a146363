// One form to sign in or to create an account, as password managers expect it.

import { byId } from "../kit/elements.js";
import { problemText } from "../kit/problem-text.js";
import { interfaceLanguage, t } from "../kit/texts.js";

export class LoginDialog {
  #account;
  #onDone;
  #onNew;
  #dialog = byId("login");
  #email = byId("email");
  #password = byId("password");
  #submit = byId("login-submit");
  #isNew = false;

  /** `onDone`: somebody has signed in; `onNew`: and is new, too. */
  constructor({ account, onDone, onNew }) {
    this.#account = account;
    this.#onDone = onDone;
    this.#onNew = onNew;
    byId("login-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    byId("login-other").addEventListener("click", () => this.#show(!this.#isNew));
    byId("login-cancel").addEventListener("click", () => this.#dialog.close());
    this.#dialog.addEventListener("close", () => { this.#password.value = ""; });
  }

  /** `reason`: why it opens by itself. */
  open(reason = "") {
    if (this.#dialog.open) return; // somebody types there
    this.#show(false);
    byId("login-reason").textContent = reason;
    this.#dialog.showModal();
    this.#email.focus();
  }

  #show(isNew) {
    this.#isNew = isNew;
    byId("login-title").textContent = this.#submit.textContent = t(isNew ? "account.create" : "account.signin");
    byId("login-other").textContent = t(isNew ? "account.have" : "account.new");
    byId("login-note").hidden = byId("password-hint").hidden = !isNew;
    byId("password-hint").textContent = t("account.password.hint", { count: this.#account.minPassword });
    this.#password.autocomplete = isNew ? "new-password" : "current-password";
    this.#password.minLength = isNew ? this.#account.minPassword : 0;
    this.#complain("");
  }

  async #send() {
    if (this.#submit.getAttribute("aria-disabled") === "true") return;
    this.#wait(true);
    this.#complain("");
    const focused = document.activeElement;
    const [email, password] = [this.#email.value.trim(), this.#password.value];
    try {
      if (this.#isNew) await this.#account.register(email, password, interfaceLanguage());
      else await this.#account.signIn(email, password);
    } catch (problem) {
      return this.#receive(problem, document.activeElement === focused);
    } finally {
      this.#wait(false);
    }
    this.#dialog.close();
    this.#onDone();
    if (this.#isNew) this.#onNew();
  }

  /** `isWaiting`: the learner has not gone to another field meanwhile. */
  #receive(problem, isWaiting) {
    this.#complain(problemText(problem));
    const isOfEmail = problem.code === "email_taken" || problem.fields?.includes("body.email");
    const field = isOfEmail ? this.#email : this.#password;
    if (["invalid_grant", "email_taken", "invalid"].includes(problem.code)) {
      field.setAttribute("aria-invalid", "true");
      if (isWaiting) field.focus();
    }
  }

  #complain(text) {
    byId("login-problem").textContent = text;
    for (const field of [this.#email, this.#password]) field.removeAttribute("aria-invalid");
  }

  /** `disabled` would take the focus away. */
  #wait(isWaiting) {
    this.#submit.setAttribute("aria-disabled", String(isWaiting));
  }
}
