// The sessions of a learner, the latest first; one opens to its utterances, in their colours.

import { written } from "../kit/direction.js";
import { h } from "../kit/elements.js";
import { problemText } from "../kit/problem-text.js";
import { markOf, scoredWords } from "../feedback/scored-words.js";
import { dateTime, has, languageName, number, t } from "../kit/texts.js";

const KINDS = ["accuracy", "pronunciation", "fluency"];

export class SessionHistory {
  #source;
  #sounds;
  #list = h("ol", { class: "history" });
  #more = h("button", { type: "button", class: "plain", hidden: true, onclick: () => this.#load() }, t("account.more"));
  #note = h("p", { class: "note", role: "status" });
  #next = null;
  #isLoading = false;
  element = h("div", {}, this.#list, this.#note, this.#more);

  /** `source`: as in session-source.js. */
  constructor({ source, sounds }) {
    this.#source = source;
    this.#sounds = sounds;
    this.#load();
  }

  async #load() {
    if (this.#isLoading) return; // the same page would come twice
    this.#isLoading = true;
    try {
      const { sessions, next } = await this.#source.page(this.#next);
      this.#next = next;
      const items = sessions.map((session) => this.#item(session));
      const isAwaited = document.activeElement === this.#more; // else the learner has gone elsewhere
      this.#list.append(...items);
      this.#more.hidden = !next;
      this.#note.textContent = this.#list.childElementCount ? "" : t("account.sessions.none");
      if (isAwaited) items[0]?.querySelector("summary").focus(); // the button may be gone
    } catch (problem) {
      this.#note.textContent = problemText(problem);
      this.#more.hidden = false; // as another try
    } finally {
      this.#isLoading = false;
    }
  }

  #item(session) {
    const inside = h("div", { class: "spoken" });
    const details = h("details", { "data-testid": "session" }, heading(session), inside);
    const open = async () => {
      if (!details.open) return;
      details.removeEventListener("toggle", open);
      inside.replaceChildren(...(await this.#spoken(session)));
    };
    details.addEventListener("toggle", open);
    return h("li", {}, details);
  }

  async #spoken({ id }) {
    try {
      const { spoken } = await this.#source.session(id);
      if (!spoken.length) return [h("p", { class: "note" }, t("account.session.empty"))];
      return [h("ol", {}, ...spoken.map((utterance) => this.#utterance(id, utterance)))];
    } catch (problem) {
      return [h("p", { class: "note" }, problemText(problem))];
    }
  }

  #utterance(session, utterance) {
    const { name, language, scores, reply, has_audio: hasAudio } = utterance;
    return h("li", { "data-testid": "spoken" },
      h("p", { class: "said", ...written(language) }, ...marked(utterance)),
      facts([...figures(means(scores)), grammar(scores.grammar)]),
      reply ? h("p", { class: "replied", dir: "auto" }, reply) : null,
      hasAudio ? this.#playButton(session, name) : null);
  }

  #playButton(session, name) {
    const button = h("button", { type: "button", class: "plain", onclick: async () => {
      try {
        await this.#sounds.playFile(await this.#source.audio(session, name));
      } catch (problem) {
        button.after(h("p", { class: "note", role: "status" }, problem.code === "not_found" ? t("account.unrecorded") : problemText(problem)));
        button.remove();
      }
    } }, t("play.own"));
    return button;
  }
}

/** The words of an utterance with their marks: of a reading the text's words, not the recogniser's. */
function marked({ text, words, language, scores }) {
  const found = scoredWords({ final: { text, words, language }, accuracy: readable(scores.accuracy), pronunciation: readable(scores.pronunciation) });
  if (!found.length) return [text];
  return found.flatMap((word) => [word.gap, h("span", { class: "word", "data-band": word.band }, word.text, note(word))]);
}

/** What older sessions and guests have kept may lack words. */
const readable = (feedback) => (feedback ? { ...feedback, words: feedback.words ?? [] } : undefined);

function note({ band, score, heard }) {
  const key = markOf({ band, heard });
  if (!has(key) || band === "good") return null;
  return h("span", { class: "hidden" }, ` (${t(key, { score: score === null ? "" : number(score), heard })})`);
}

function heading({ started_at: startedAt, language, exercise, utterances, scores }) {
  const kind = has(`kind.${exercise.type}`) ? t(`kind.${exercise.type}`) : exercise.type;
  const count = `${number(utterances)} ${t("count.utterances", { count: utterances })}`;
  return h("summary", {},
    h("span", { class: "when" }, dateTime(new Date(startedAt))),
    h("span", { class: "what" }, `${kind} · ${languageName(language)} · ${count}`),
    facts(figures(scores)));
}

/** The same figures of one utterance as the history has of a session. */
const means = ({ accuracy, pronunciation, fluency }) => ({
  accuracy: accuracy?.accuracy,
  pronunciation: pronunciation?.calibrated ? pronunciation.total : null,
  fluency: fluency?.score,
});

const figures = (scores) =>
  KINDS.filter((kind) => Number.isFinite(scores[kind])).map((kind) => [t(kind), number(scores[kind])]);

const grammar = (found) => (found?.checked ? [t("grammar"), t("grammar.count", { count: found.findings.length })] : null);

function facts(pairs) {
  const known = pairs.filter(Boolean);
  if (!known.length) return null;
  return h("span", { class: "figures" }, ...known.map(([name, value]) => h("span", {}, `${name} `, h("b", {}, value))));
}
