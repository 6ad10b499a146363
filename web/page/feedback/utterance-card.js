// One finished utterance: its words, one number with its reason, one thing to try, the tutor's reply; more on demand.

import { announcement } from "./announcement.js";
import { h } from "../kit/elements.js";
import { details } from "./feedback-details.js";
import { figureOf, ring } from "./score-figures.js";
import { movedTo, scoredWords, wordsBefore } from "./scored-words.js";
import { melodyView } from "../sounds/melody-view.js";
import { has, number, t } from "../kit/texts.js";
import { stopsOf, verdictOf } from "./verdict.js";
import { verdictLine } from "./verdict-line.js";
import { wordDetails, wordToTry } from "./word-details.js";
import { WordRow } from "./word-row.js";

const KINDS = ["accuracy", "pronunciation", "fluency", "grammar"];
const NOT_THE_TEXT = new Set(["other_text", "other_language", "no_speech"]); // reasons

let panels = 0; // for ids

export class UtteranceCard {
  #final;
  #piece;
  #sounds;
  #retry;
  #onNext;
  #onRepeat;
  #feedback = {}; // kind → event
  #row;
  #words = [];
  #open = null; // index of a word, or a kind
  #isOld = false; // something was said after it
  #panel = h("div", { class: "panel", id: `panel-${++panels}`, hidden: true });
  #verdict = h("p", { class: "verdict", "data-testid": "verdict", hidden: true });
  #scores = h("div", { class: "scores" });
  #melody = h("div", {});
  #more = h("div", { class: "more", id: `more-${panels}`, hidden: true }, this.#scores, this.#melody);
  #moreButton = h("button", { type: "button", class: "plain", "data-testid": "more", "aria-expanded": "false", "aria-controls": this.#more.id, hidden: true, onclick: () => this.#toggleMore() }, t("more"));
  #try = h("div", {});
  #outcome = h("p", { class: "outcome", "data-testid": "outcome", hidden: true });
  #reply = h("div", { class: "reply", "data-testid": "reply", hidden: true });
  #replyText = h("p", { dir: "auto" });
  #waiting = h("p", { class: "waiting" }, t("assessing"));
  #untrained = h("p", { class: "note", "data-testid": "untrained", hidden: true }, t("untrained"));
  element;

  constructor({ final, piece, sounds, retry, onNext, onRepeat }) {
    this.#final = final;
    this.#piece = piece;
    this.#sounds = sounds;
    this.#retry = retry;
    this.#onNext = onNext;
    this.#onRepeat = onRepeat;
    this.#row = new WordRow({ language: final.language, onOpen: (index) => this.#toggle(index) });
    this.#reply.append(this.#replyText);
    const feedback = h("div", { "data-testid": "feedback" },
      this.#waiting, this.#outcome, h("div", { class: "row apart" }, this.#verdict, this.#moreButton), this.#untrained, this.#more, this.#panel);
    this.element = h("li", { class: "card utterance", "data-testid": "utterance" }, this.#row.element, feedback, this.#try, this.#reply);
    this.#showWords();
  }

  get final() {
    return this.#final;
  }

  get startMs() {
    return this.#final.start_ms;
  }

  get text() {
    return this.#final.text;
  }

  /** What the card shows: of a reading the text's words, else what was recognised. */
  get shownText() {
    if (!this.#isReading) return this.text;
    return this.#words.filter(({ status }) => status !== "inserted").map(({ gap, text }) => gap + text).join("").trim();
  }

  /** The scores, for the session's chart; undefined where there is none. */
  get scores() {
    const { accuracy, pronunciation, fluency } = this.#feedback;
    return {
      accuracy: accuracy?.accuracy,
      pronunciation: pronunciation?.calibrated ? pronunciation.total ?? undefined : undefined,
      fluency: fluency?.score,
    };
  }

  /** What the end of a lesson looks at. */
  get sentence() {
    const { pronunciation, fluency } = this.#feedback;
    return {
      text: this.shownText,
      language: this.#final.language,
      score: this.scores.pronunciation,
      words: this.#words,
      stops: this.#isReading ? stopsOf(fluency).length : 0, // without a text nobody knows where one may pause
      calibrated: Boolean(pronunciation?.calibrated),
    };
  }

  /** All that is known of it, as a history keeps it. */
  get record() {
    const { utterance: name, text, language, start_ms, end_ms, words } = this.#final;
    const scores = Object.fromEntries(Object.entries(this.#feedback).map(([kind, event]) => [kind, fieldsOf(event)]));
    return { name, text, language, start_ms, end_ms, words, scores, reply: this.#replyText.textContent };
  }

  receiveFeedback(kind, event) {
    this.#feedback[kind] = event;
    if (kind === "pronunciation") this.#showUnjudged(event);
    this.#waiting.remove();
    if (kind !== "grammar") this.#showWords();
    this.#showScores();
    if (this.#open === kind || typeof this.#open !== "string") this.#showPanel();
  }

  receiveReply(text) {
    this.#reply.hidden = false;
    this.#waiting.remove();
    this.#replyText.append(text);
  }

  /** `onward`: {text, run} of what the learner is led to by a lesson; null where the tutor leads. */
  finishReply({ text, next }, onward = null) {
    this.#reply.hidden = false;
    this.#waiting.remove();
    this.#replyText.textContent = text;
    this.#compare();
    this.#offer();
    const buttons = [this.#repeatButton(), this.#ownButton(), onward ? onwardButton(onward) : next ? this.#nextButton(next, text) : null].filter(Boolean);
    if (buttons.length) this.#reply.append(h("div", { class: "row" }, ...buttons));
  }

  /** No feedback comes any more. */
  abandon(reason = null) {
    if (this.#waiting.isConnected && reason) this.#waiting.textContent = reason;
    else this.#waiting.remove();
  }

  /** What a screen reader tells of it. */
  get spoken() {
    const scores = this.#wasOther
      ? [this.#otherNote().textContent]
      : this.#shownKinds.map((kind) => `${t(kind)}: ${figureOf(kind, this.#feedback[kind]).spoken}`);
    const said = announcement({
      words: this.#words,
      isReading: this.#isReading && !this.#wasOther,
      said: this.#final.text,
      language: this.#final.language,
      t,
    });
    return [...said, this.#outcome.textContent, ...scores, this.#replyText.textContent].filter(Boolean).join(". ");
  }

  // ------------------------------------------------------------ parts

  #showWords() {
    const { accuracy, pronunciation } = this.#feedback;
    const before = this.#words;
    this.#words = scoredWords({ final: this.#final, accuracy, pronunciation });
    if (typeof this.#open === "number") this.#open = movedTo(this.#open, before, this.#words);
    this.#row.show(this.#words, this.#isReading ? wordsBefore(this.#words, stopsOf(this.#feedback.fluency)) : []);
  }

  /** Whether the words are a text's, and not the recogniser's. */
  get #isReading() {
    return Boolean(this.#feedback.accuracy?.words.length);
  }

  /** Whether something else was said than the text that was to be read: then that is all to show. */
  get #wasOther() {
    const { reason, basis } = this.#feedback.pronunciation ?? {};
    return basis === "text" && NOT_THE_TEXT.has(reason);
  }

  /** Why the sounds have no score, or only compare words. */
  #showUnjudged({ calibrated, reason }) {
    this.#untrained.hidden = reason ? this.#wasOther : calibrated;
    this.#untrained.textContent = reason ? `${t("pronunciation")}. ${reasonText(reason)}` : t("untrained");
  }

  #otherNote() {
    return h("span", { class: "note", "data-testid": "reason" }, reasonText(this.#feedback.pronunciation.reason));
  }

  get #shownKinds() {
    return KINDS.filter((kind) => kind in this.#feedback);
  }

  #showScores() {
    const focused = document.activeElement?.dataset.kind;
    const within = this.#scores.contains(document.activeElement);
    this.#scores.replaceChildren(...(this.#wasOther ? [] : this.#shownKinds.map((kind) => this.#scoreButton(kind))));
    if (within) this.#scores.querySelector(`[data-kind="${focused}"]`)?.focus();
    this.#verdict.replaceChildren(...(this.#wasOther ? [this.#otherNote()] : verdictLine(verdictOf(this.#feedback, this.#final.text))));
    this.#verdict.hidden = !this.#verdict.childNodes.length;
    this.#moreButton.hidden = this.#wasOther;
    if (this.#wasOther) this.#more.hidden = true;
  }

  #toggleMore() {
    this.#more.hidden = !this.#more.hidden;
    this.#moreButton.setAttribute("aria-expanded", String(!this.#more.hidden));
    this.#moreButton.textContent = t(this.#more.hidden ? "more" : "less");
    if (this.#more.hidden && typeof this.#open === "string") this.#toggle(this.#open);
    if (!this.#more.hidden && !this.#melody.hasChildNodes()) this.#melody.replaceChildren(...this.#melodies());
  }

  /** One's own melody over the model's, where there is one. */
  #melodies() {
    const [text, language] = [this.#wholeText, this.#final.language];
    if (!text || !this.#piece?.pcm.length || !this.#sounds.hasReading(language)) return [];
    return [melodyView({ piece: this.#piece, reading: () => this.#sounds.reading(text, language) })];
  }

  /** Something else was said since: one thing is to be tried at a time. */
  receiveNext() {
    this.#isOld = true;
    this.#try.replaceChildren();
  }

  /** One thing to try, once all is known. */
  #offer() {
    const offered = this.#wasOther || this.#isOld ? null : wordToTry({ ...this.#told, words: this.#words });
    this.#try.replaceChildren(...(offered ? [offered] : []));
  }

  #scoreButton(kind) {
    const { text, band, share, spoken } = figureOf(kind, this.#feedback[kind]);
    return h("button", {
      type: "button",
      class: `score ${band}`,
      "data-testid": "score",
      "data-kind": kind,
      "data-band": band,
      "aria-expanded": String(this.#open === kind),
      "aria-controls": this.#panel.id,
      onclick: () => this.#toggle(kind),
    }, ring(share, text), h("span", {}, t(kind), h("span", { class: "hidden" }, `: ${spoken}`)));
  }

  #toggle(what) {
    this.#open = this.#open === what ? null : what;
    this.#row.markOpen(this.#open);
    for (const button of this.#scores.children) {
      button.setAttribute("aria-expanded", String(button.dataset.kind === this.#open));
    }
    this.#showPanel();
  }

  #showPanel() {
    this.#panel.hidden = this.#open === null;
    this.#try.hidden = typeof this.#open === "number"; // the same is told of the word that is open
    if (this.#open === null) return;
    this.#row.markOpen(this.#open);
    const focused = this.#panel.contains(document.activeElement) ? document.activeElement.dataset.play : null;
    this.#panel.replaceChildren(...(typeof this.#open === "number" ? [this.#wordDetails()] : this.#kindDetails()));
    if (focused) this.#panel.querySelector(`[data-play="${focused}"]`)?.focus();
  }

  #wordDetails() {
    return wordDetails({ ...this.#told, word: this.#words[this.#open] });
  }

  /** What the details of a word need to know of its sentence. */
  get #told() {
    return {
      language: this.#final.language,
      pronunciation: this.#feedback.pronunciation,
      piece: this.#piece,
      sounds: this.#sounds,
      onRepeat: this.#keepsPlace ? null : (word) => this.#repeat({ kind: "word", text: word, score: this.#alone?.score }),
    };
  }

  #kindDetails() {
    return [h("h3", {}, t(this.#open)), ...details[this.#open](this.#feedback[this.#open], this.#final.text)];
  }

  /** {kind, score}: the one number of a text that was read; null where there is none to compare. */
  get #main() {
    const { accuracy, pronunciation } = this.scores;
    if (pronunciation !== undefined) return { kind: "pronunciation", score: pronunciation };
    return accuracy === undefined ? null : { kind: "accuracy", score: accuracy };
  }

  /** The text where all of it was read by this utterance; null elsewhere: it cannot begin anew in the middle. */
  get #wholeText() {
    const { accuracy } = this.#feedback;
    if (!this.#isReading || this.#wasOther || accuracy.start !== 0 || accuracy.completeness < 100) return null;
    // Completeness counts what other utterances have read, too.
    return accuracy.end === accuracy.text_words ? this.shownText : null;
  }

  /** Whether the utterance read a part of a text, in which the reader has a place. */
  get #keepsPlace() {
    return this.#isReading && !this.#wholeText;
  }

  #repeat({ kind, text, score }) {
    this.#retry.expect(`${kind} ${text}`, score);
    this.#onRepeat(text);
  }

  /** How the same text was before, where it was asked for once more. */
  #compare() {
    const text = this.#wholeText;
    if (!text) return;
    for (const { kind, label, score } of this.#comparable) {
      const before = this.#retry.take(`${kind} ${text}`, score);
      if (before !== null) this.#showOutcome(label, number(before), number(score));
    }
  }

  /** The numbers that a text said again may be compared by: a word alone has its own. */
  get #comparable() {
    const main = this.#main && { ...this.#main, label: t(this.#main.kind) };
    return [main, this.#alone].filter(Boolean);
  }

  /** Of a word that was said alone: in a sentence it is said otherwise. A number that only ranks compares nothing. */
  get #alone() {
    const [word, ...others] = this.#words.filter(({ status }) => status !== "inserted");
    if (!word || others.length || word.score === null || !this.#feedback.pronunciation?.calibrated) return null;
    return { kind: "word", label: word.text, score: word.score };
  }

  #showOutcome(label, then, now) {
    this.#outcome.replaceChildren(`${label} `,
      h("b", { "aria-hidden": "true", dir: "ltr" }, `${then} → ${now}`),
      h("span", { class: "hidden" }, t("retry.spoken", { before: then, now })));
    this.#outcome.hidden = false;
  }

  #repeatButton() {
    const [text, main] = [this.#wholeText, this.#main];
    if (!text || !main) return null;
    const repeat = () => this.#repeat({ ...main, text });
    return h("button", { type: "button", class: "plain", "data-testid": "repeat", onclick: repeat }, t("retry"));
  }

  #ownButton() {
    if (!this.#piece?.pcm.length) return null;
    const play = () => this.#sounds.play(this.#piece.pcm, this.#piece.rate);
    return h("button", { type: "button", class: "plain", "data-testid": "hear", onclick: play }, t("play.own.sentence"));
  }

  #nextButton(next, reply) {
    const isNamed = !next.text || reply.includes(next.text);
    const label = isNamed ? t("next") : t("next.text", { text: next.text });
    return h("button", { type: "button", class: "primary next", onclick: () => this.#onNext(next, reply) }, label);
  }
}

const reasonText = (reason) => (has(`reason.${reason}`) ? t(`reason.${reason}`) : reason);

const fieldsOf = ({ type, seq, utterance, ...fields }) => fields;

const onwardButton = ({ text, run }) => h("button", { type: "button", class: "primary next", onclick: run }, text);
