// The account: who it is, what is left of today, and what to do with the data.

import { AccountData } from "./account-data.js";
import { byId, h } from "../kit/elements.js";
import { midnight, problemText } from "../kit/problem-text.js";
import { clock, has, number, t } from "../kit/texts.js";

export class AccountDialog {
  #account;
  #onLeave;
  #dialog = byId("account");
  #openings = 0; // the newest one is shown

  /** `onLeave(key)`: the login has ended as the learner wished, the text of `key` says so. */
  constructor({ account, onLeave }) {
    this.#account = account;
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
    const data = new AccountData({ account: this.#account, onLeave: this.#onLeave });
    byId("account-body").replaceChildren(
      this.#person(),
      section("account.today", today(this.#account.me.usage)),
      section("account.data", data.element));
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
