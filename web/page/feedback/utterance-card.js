// One finished utterance: its words, four scores, details on demand, the tutor's reply.

import { announcement } from "./announcement.js";
import { h, svg } from "../kit/elements.js";
import { details } from "./feedback-details.js";
import { movedTo, scoreBand, scoredWords } from "./scored-words.js";
import { has, number, t } from "../kit/texts.js";
import { wordDetails } from "./word-details.js";
import { WordRow } from "./word-row.js";

const KINDS = ["accuracy", "pronunciation", "fluency", "grammar"];
const NOT_THE_TEXT = new Set(["other_text", "other_language", "no_speech"]); // reasons
const CIRCUMFERENCE = 2 * Math.PI * 15; // of the ring around a score

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
  #panel = h("div", { class: "panel", id: `panel-${++panels}`, hidden: true });
  #scores = h("div", { class: "scores" });
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
    const feedback = h("div", { "data-testid": "feedback" }, this.#waiting, this.#outcome, this.#scores, this.#untrained, this.#panel);
    this.element = h("li", { class: "card utterance", "data-testid": "utterance" }, this.#row.element, feedback, this.#reply);
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
    const pauses = this.#isReading ? fluency?.all_pause_list ?? [] : []; // without a text nobody knows where one may pause
    return {
      text: this.shownText,
      language: this.#final.language,
      score: this.scores.pronunciation,
      words: this.#words,
      stops: pauses.filter(({ expected }) => !expected).length,
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
    if (kind === "pronunciation") this.#untrained.hidden = event.calibrated || Boolean(event.reason);
    this.#waiting.remove();
    if (kind === "accuracy" || kind === "pronunciation") this.#showWords();
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
      : this.#shownKinds.map((kind) => `${t(kind)}: ${this.#figure(kind).spoken}`);
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
    this.#row.show(this.#words);
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

  #otherNote() {
    const { reason } = this.#feedback.pronunciation;
    return h("p", { class: "note", "data-testid": "reason" }, has(`reason.${reason}`) ? t(`reason.${reason}`) : reason);
  }

  get #shownKinds() {
    return KINDS.filter((kind) => kind in this.#feedback);
  }

  #showScores() {
    const focused = document.activeElement?.dataset.kind;
    const within = this.#scores.contains(document.activeElement);
    this.#scores.replaceChildren(...(this.#wasOther ? [this.#otherNote()] : this.#shownKinds.map((kind) => this.#scoreButton(kind))));
    if (within) this.#scores.querySelector(`[data-kind="${focused}"]`)?.focus();
  }

  #scoreButton(kind) {
    const { text, band, share, spoken } = this.#figure(kind);
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

  #figure(kind) {
    const event = this.#feedback[kind];
    if (kind === "grammar") return grammarFigure(event);
    if (kind === "pronunciation") return pronunciationFigure(event);
    return figure(kind === "accuracy" ? event.accuracy : event.score);
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
    if (this.#open === null) return;
    this.#row.markOpen(this.#open);
    const focused = this.#panel.contains(document.activeElement) ? document.activeElement.dataset.play : null;
    this.#panel.replaceChildren(...(typeof this.#open === "number" ? [this.#wordDetails()] : this.#kindDetails()));
    if (focused) this.#panel.querySelector(`[data-play="${focused}"]`)?.focus();
  }

  #wordDetails() {
    return wordDetails({
      word: this.#words[this.#open],
      language: this.#final.language,
      pronunciation: this.#feedback.pronunciation,
      piece: this.#piece,
      sounds: this.#sounds,
      onRepeat: this.#keepsPlace ? null : (word) => this.#repeat({ kind: "word", text: word, score: this.#alone?.score }),
    });
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
    return h("button", { type: "button", class: "plain", "data-testid": "hear", onclick: play }, t("hear.own"));
  }

  #nextButton(next, reply) {
    const isNamed = !next.text || reply.includes(next.text);
    const label = isNamed ? t("next") : t("next.text", { text: next.text });
    return h("button", { type: "button", class: "primary next", onclick: () => this.#onNext(next, reply) }, label);
  }
}

const fieldsOf = ({ type, seq, utterance, ...fields }) => fields;

const onwardButton = ({ text, run }) => h("button", { type: "button", class: "primary next", onclick: run }, text);

const figure = (score) => ({
  text: number(score),
  band: scoreBand(score),
  share: score / 100,
  spoken: `${t("of.100", { score: number(score) })}, ${t(`verdict.${scoreBand(score)}`)}`,
});

function pronunciationFigure({ calibrated, total, accuracy, reason }) {
  const score = total ?? accuracy ?? null;
  if (reason || score === null) return { text: "–", band: "none", share: 0, spoken: t("unscored") };
  if (!calibrated) return { text: "≈", band: "none", share: 0, spoken: t("compared") };
  return figure(score);
}

function grammarFigure({ checked, findings }) {
  if (!checked) return { text: "–", band: "none", share: 0, spoken: t("grammar.unchecked") };
  const spoken = t("grammar.count", { count: findings.length });
  if (!findings.length) return { text: "✓", band: "good", share: 1, spoken };
  return { text: number(findings.length), band: "fair", share: 1, spoken };
}

function ring(share, text) {
  const circle = (name, attributes) => svg("circle", { class: name, cx: 18, cy: 18, r: 15, ...attributes });
  const arc = { "stroke-dasharray": `${share * CIRCUMFERENCE} ${CIRCUMFERENCE}` };
  return svg("svg", { viewBox: "0 0 36 36", "aria-hidden": "true" },
    circle("track", {}), share ? circle("arc", arc) : null,
    svg("text", { x: 18, y: 18 }, text));
}
