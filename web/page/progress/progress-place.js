// The place where a learner sees how it goes: days and goal, words whose turn it is, weeks, sounds, and
// what was practised. A guest's comes from this browser, an account's from the server.

import { h } from "../kit/elements.js";
import { leaveSaying } from "../kit/farewell.js";
import { problemText } from "../kit/problem-text.js";
import { t, week } from "../kit/texts.js";
import { hardWords, soundsOf, sumsOf, weeksOf } from "./figures.js";
import { practiceDays } from "./practice-days.js";
import { progressChart } from "./progress-chart.js";
import { SessionHistory } from "./session-history.js";
import { accountSource, guestSource } from "./session-source.js";
import { soundMap } from "./sound-map.js";
import { wordDecks } from "./word-decks.js";

const DAYS = 366; // of an account's sessions

export class ProgressPlace {
  name = "progress";
  parts;
  #account;
  #journal;
  #preferences;
  #sounds;
  #language;
  #onPractise;
  #body;
  #whose = null; // the account that is shown
  #openings = 0; // the newest one is shown

  /** `language()`: the one that is learnt; `onPractise(words, language)`. */
  constructor({ part, body, account, journal, preferences, sounds, language, onPractise }) {
    this.parts = [part];
    this.#body = body;
    this.#account = account;
    this.#journal = journal;
    this.#preferences = preferences;
    this.#sounds = sounds;
    this.#language = language;
    this.#onPractise = onPractise;
    account.on("change", () => !part.hidden && this.#whose !== (account.me?.id ?? null) && this.enter());
  }

  async enter() {
    const opening = (this.#openings += 1);
    const { me } = this.#account;
    this.#whose = me?.id ?? null;
    const [days, words, weeks, map] = ["days", "words", "weeks", "map"].map((id) => h("div", { id }));
    const history = new SessionHistory({ source: me ? accountSource(this.#account) : guestSource(this.#journal), sounds: this.#sounds });
    this.#body.replaceChildren(
      ...(me ? [] : [h("p", { class: "note" }, t("progress.guest"))]),
      section("progress.practice", days), section("account.words", words, ...(me ? [this.#exports()] : [])),
      section("progress.weeks", weeks), section("progress.sounds", map), section("account.sessions", history.element),
      ...(me ? [] : [this.#deletion()]));
    const isNow = () => opening === this.#openings;
    await Promise.all([
      shown(words, isNow, async () => wordDecks(await this.#words(), this.#onPractise)),
      this.#sums().then(
        (sums) => isNow() && this.#show({ days, weeks, map }, sums),
        (problem) => isNow() && days.replaceChildren(h("p", { class: "note" }, problemText(problem)))),
    ]);
  }

  leave() {
    this.#openings += 1;
    this.#body.replaceChildren();
  }

  #show({ days, weeks, map }, sessions) {
    const showDays = () => days.replaceChildren(...practiceDays({
      sessions, now: new Date(), goal: this.#preferences.get("goalMinutes"),
      onGoal: (minutes) => { this.#preferences.set("goalMinutes", minutes); showDays(); days.querySelector("select").focus(); },
    }));
    showDays();
    const found = weeksOf(sessions);
    const chart = progressChart(found, { label: "progress.chart", names: found.map((each) => week(each.week)) });
    weeks.replaceChildren(chart ?? h("p", { class: "note" }, t("progress.weeks.none")));
    map.replaceChildren(...soundMap(soundsOf(sessions, this.#language())));
  }

  async #sums() {
    if (this.#account.me) return (await this.#account.request("GET", `/v1/me/progress?days=${DAYS}`)).sessions;
    return (await this.#journal.sessions()).map(sumsOf);
  }

  async #words() {
    if (this.#account.me) return (await this.#account.request("GET", "/v1/me/words")).words;
    return hardWords(await this.#journal.sessions());
  }

  /** All that this browser keeps of a guest goes, choices too: the page begins anew, and says so. */
  #deletion() {
    const clear = async () => {
      await this.#journal.clear();
      this.#preferences.clear();
      leaveSaying("progress.cleared");
    };
    return h("details", { class: "deletion" }, h("summary", {}, t("progress.clear")),
      h("p", {}, t("progress.clear.what")),
      h("button", { type: "button", class: "plain", "data-testid": "clear", onclick: clear }, t("progress.clear.button")));
  }

  #exports() {
    const note = h("p", { class: "note", role: "status" });
    const save = (name) => this.#account.download(`/v1/me/${name}`, `voice-tutor-${name}`).then(
      () => { note.textContent = t("account.exported", { file: `voice-tutor-${name}` }); },
      (problem) => { note.textContent = problemText(problem); });
    const button = (text, name) => h("button", { type: "button", class: "plain", onclick: () => save(name) }, t(text));
    return h("div", { class: "row" }, button("progress.apkg", "words.apkg"), button("progress.csv", "words.csv"), note);
  }
}

async function shown(place, isNow, nodes) {
  const found = await nodes().catch((problem) => [h("p", { class: "note" }, problemText(problem))]);
  if (isNow()) place.replaceChildren(...found);
}

const section = (title, ...children) => h("section", { class: "card" }, h("h3", {}, t(title)), ...children);
