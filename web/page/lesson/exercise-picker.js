// What to practise: language, level, kind of exercise, and the exercise itself.

import { byId } from "../kit/elements.js";
import { fill, fillLanguages, fillLevels } from "./choices.js";
import { loadItem, loadItems } from "./exercise-library.js";
import { LessonCourse } from "./lesson-course.js";
import { ReferenceView } from "./reference-view.js";
import { Turns } from "./turns.js";
import { languageName, number, t } from "../kit/texts.js";

const KINDS = ["lesson", "read_aloud", "shadow", "minimal_pair", "dialogue", "own"]; // of Practise; Talk has "free"

export class ExercisePicker {
  #preferences;
  #sounds;
  #onChange;
  #onShow;
  #language = byId("language");
  #level = byId("level");
  #kindSelect = byId("kind");
  #isTalk = false; // free speech is chosen by going to Talk
  #ownText = byId("own-text");
  #reference = new ReferenceView(byId("reference"));
  #course; // the lesson that goes on
  #items = [];
  #isLoaded = false; // until then nobody knows which kinds there are
  #isAway = false; // the server could not be asked for exercises
  #isMissing = false; // the address names an exercise that is not there
  #isSpeaking = false;
  #index = 0; // of the item among those of its kind
  #seen = new Map(); // shelf → the index that was shown last
  #proposed = null; // an exercise that the tutor named
  #isAgain = false; // and it is said once more within the lesson
  #prompt = ""; // what the learner is told of it
  #asked = 0; // newest request for items
  #way = 0; // newest of the ways to an exercise
  #turns = new Turns();
  #said = new Map(); // utterance → what it was said of, {list, id, shelf}, while it may be an aside
  #unread = false; // of what is shown a part has been read, and not all

  /** `taught`: languages that have exercises, or null where nobody knows; `onShow`: another exercise is shown. */
  constructor({ preferences, sounds, taught = null, onChange, onShow = () => {} }) {
    this.#preferences = preferences;
    this.#sounds = sounds;
    this.#onChange = onChange;
    this.#onShow = onShow;
    this.#course = new LessonCourse(preferences);
    fillLanguages(this.#language, taught, preferences.get("language"));
    fillLevels(this.#level, preferences.get("level"));
    fill(this.#kindSelect, KINDS, (kind) => t(`kind.${kind}`), preferences.get("kind"));
    this.#ownText.value = preferences.get("ownText");
    this.#listen();
    globalThis.speechSynthesis?.addEventListener?.("voiceschanged", () => this.showVoice());
  }

  get language() {
    return this.#language.value;
  }

  get level() {
    return this.#level.value;
  }

  get #kind() {
    return this.#isTalk ? "free" : this.#kindSelect.value;
  }

  set #kind(kind) {
    this.#isTalk = kind === "free";
    if (!this.#isTalk) this.#kindSelect.value = kind;
  }

  /** The exercise as the protocol has it. */
  get exercise() {
    const level = this.#level.value ? { level: this.#level.value } : {};
    if (this.#proposed) return this.#proposed;
    if (this.#kind === "own") {
      const text = this.#ownText.value.trim();
      return text ? { type: "read_aloud", text, ...level } : { type: "free", ...level };
    }
    return this.#item?.exercise ?? { type: "free", ...level };
  }

  /** Whether a text of one's own is to be read, and there is none. */
  get lacksText() {
    return this.#isOwn && !this.#ownText.value.trim();
  }

  get isReading() {
    return ["read_aloud", "shadow"].includes(this.exercise.type);
  }

  /** What an address says of it: {place, kind, id?}. */
  get place() {
    const place = this.#isTalk ? "talk" : "practise";
    if (["lesson", "own"].includes(this.#kind)) return { place, kind: this.#kind };
    if (this.#proposed) return { place, kind: this.#kind === "shadow" ? "shadow" : this.#proposed.type, id: this.#proposed.id };
    return { place, kind: this.#kind, id: this.#item?.id };
  }

  /** Whether nobody knows what an address should say: the server could not be asked what it names. */
  get isLost() {
    return this.#isAway && !this.#proposed?.id && !this.#item?.id && !this.#isOwn;
  }

  /** Another language, as if it had been chosen by hand. */
  choose(language) {
    if (this.language === language || ![...this.#language.options].some(({ value }) => value === language)) return;
    this.#language.value = language;
    this.#preferences.set("language", language);
    this.load();
  }

  /** Another level, as if it had been chosen by hand. */
  chooseLevel(level) {
    this.#level.value = level;
    this.#level.dispatchEvent(new Event("change"));
  }

  /** `isAway`: the server could not be asked for the one that is wanted. */
  async load(isAway = false) {
    const asked = (this.#asked += 1);
    if (this.#kind === "shadow") await this.#sounds.learnVoices(); // without one nothing can be repeated
    const items = await loadItems(this.language, this.#level.value);
    if (asked !== this.#asked) return; // chosen anew meanwhile
    this.#isLoaded = true;
    this.#isAway = isAway || items === null;
    this.#items = items ?? [];
    this.#showKinds();
    this.#goOn();
    this.show();
  }

  /** Goes to what an address names: its language, level and kind, too. */
  async go({ place, kind, id } = {}) {
    const way = this.#leave();
    this.#isTalk = place === "talk";
    if (kind === "own" || kind === "lesson") this.#kind = kind;
    const item = id && (await loadItem(id));
    if (way !== this.#way) return this.#isLoaded ? undefined : this.load(); // something else was chosen meanwhile
    if (id && !item) {
      this.#isMissing = item === undefined;
      return this.load(item === null);
    }
    if (item) {
      if (item.language) this.#language.value = item.language.split("-")[0];
      if (this.#level.value && this.#level.value !== item.level) this.#level.value = "";
      this.#kind = kind ?? item.kind;
    }
    await this.load();
    if (way !== this.#way) return;
    if (item && this.#kind !== item.kind && this.#kind !== "shadow") this.#kind = item.kind; // there is no voice to repeat after
    const at = this.#ofKind.findIndex((other) => other.id === id);
    if (item && at >= 0) {
      this.#index = at;
      this.show();
    }
  }

  /** What was shown, and what is on its way, is no longer wanted. */
  #leave() {
    this.#proposed = null;
    this.#isAgain = this.#isMissing = false;
    return (this.#way += 1);
  }

  /** Takes an exercise that the tutor proposes; the question of a free one is told by its id. */
  propose(exercise, reply = "", isAgain = false) {
    this.#leave();
    this.#proposed = exercise;
    this.#turns.showAnew();
    if (isAgain) this.#isAgain = this.#kind === "lesson";
    this.#take(exercise, reply, this.#items);
    if (!this.#isLoaded) this.load(); // it was proposed elsewhere, before anything was shown here
    this.#onChange({ isAgain });
    if (!exercise.id || this.#items.some(({ id }) => id === exercise.id)) return;
    // It is of a level beside the chosen one.
    loadItems(this.language, "").then((items) => items && this.#proposed === exercise && this.#take(exercise, reply, items));
  }

  /** The text once more, from its beginning. */
  repeat(text) {
    const { exercise } = this;
    const isSame = exercise.text && plain(exercise.text) === plain(text);
    const alone = { type: "read_aloud", text, ...(this.#kind === "lesson" ? { in_lesson: true } : {}) };
    this.propose(isSame ? exercise : alone, "", true);
  }

  #take(exercise, reply, items) {
    const isIt = ({ id, kind, prompt }) => (exercise.id ? id === exercise.id : kind === "free" && reply.includes(prompt));
    const item = items.find(isIt);
    this.#prompt = exercise.text ?? item?.prompt ?? "";
    if (!this.#isAgain) this.#chooseKind(exercise, item);
    this.show();
  }

  /** Something was said of what is shown: it was practised, unless it turns out that it was not for the tutor. */
  noteSaid(utterance) {
    const { id } = this.exercise;
    const list = this.#isLesson ? `${this.language} ${this.#item?.kind}` : this.#list;
    this.#said.set(utterance, { list, id, shelf: this.#shelf });
  }

  /** It was not for the tutor: the tutor's own voice, or "mm-hm". */
  forget(utterance) {
    this.#said.delete(utterance);
  }

  /** It was for the tutor; without a name: no more is told of all that was said. Next time another exercise comes first. */
  noteDone(utterance = null) {
    for (const name of utterance === null ? [...this.#said.keys()] : [utterance]) {
      const { list, id, shelf } = this.#said.get(name) ?? {};
      this.#said.delete(name);
      if (shelf) this.#seen.delete(shelf);
      if (id) this.#preferences.set("done", { ...this.#preferences.get("done"), [list]: id });
    }
  }

  /** The kind of an exercise stands in its field, and "Another one" is the one after it. */
  #chooseKind(exercise, item) {
    const kind = exercise.type === "read_aloud" ? item?.kind ?? "read_aloud" : exercise.type;
    if (kind === "free" || KINDS.includes(kind)) this.#kind = kind;
    const at = this.#ofKind.findIndex(({ id }) => id === item?.id);
    if (item && at >= 0) this.#index = at;
  }

  /** Begins where it was left, or behind what was practised last. */
  #goOn() {
    if (this.#isLesson) return this.#course.open(this.#here);
    const done = this.#preferences.get("done")[this.#list];
    const next = 1 + this.#ofKind.findIndex(({ id }) => id !== undefined && id === done);
    this.#index = this.#seen.get(this.#shelf) ?? next;
  }

  /** Where exercises of one list are: a language, and a kind. */
  get #list() {
    return `${this.language} ${this.#kind}`;
  }

  /** A list as far as it is shown. */
  get #shelf() {
    return `${this.#list} ${this.#level.value}`;
  }

  /** The learner speaks, or has stopped: a text of one's own is read from the page, not from its field. */
  receivePhase(phase) {
    const isSpeaking = phase !== "idle";
    if (isSpeaking === this.#isSpeaking) return;
    this.#isSpeaking = isSpeaking;
    if (this.#isOwn) this.show();
  }

  /** Utterance names and the server's place in a text start anew. */
  beginSession() {
    this.#turns.beginSession();
    this.#reference.restart();
    byId("progress").textContent = "";
  }

  /** An utterance belongs to the exercise that is shown when it begins. */
  receiveStart({ utterance }) {
    this.#turns.begin(utterance);
  }

  /** Whether an utterance belongs to what is shown. */
  isNow(utterance) {
    return this.#turns.isNow(utterance);
  }

  /** Follows the reader by what is recognised. */
  receivePartial({ utterance, committed, tentative }) {
    if (this.isReading && this.#turns.isNow(utterance)) this.#reference.follow(utterance, `${committed} ${tentative}`);
  }

  /** Follows the reader by what the server says of the text. */
  receiveProgress(event) {
    if (this.isReading && this.#turns.isNow(event.utterance)) this.#reference.progress(event);
  }

  /** Marks how far a text has been read. */
  receiveAccuracy(accuracy) {
    if (!this.#turns.isNow(accuracy.utterance)) return;
    this.#unread = accuracy.completeness < 100;
    this.#reference.settle(accuracy);
    byId("progress").textContent = t("progress", { percent: number(accuracy.completeness) });
  }

  /** The tutor has answered: what comes next in a lesson, "next" or "end"; null elsewhere, and while a text is not read. */
  onwardAfter(utterance) {
    if (!this.#isLesson || !this.#turns.isNow(utterance)) return null;
    this.#course.note(!this.#unread);
    return this.#course.onward;
  }

  /** The next exercise of the lesson. */
  goOn() {
    this.#leave();
    this.#course.goOn();
    this.show();
    this.#onChange();
  }

  /** A new lesson stands ready. */
  finishLesson() {
    this.#leave();
    this.#course.finish(this.#here);
    this.show();
  }

  get #isLesson() {
    return this.#kind === "lesson";
  }

  get #here() {
    return { language: this.language, level: this.#level.value, items: this.#items };
  }

  show() {
    byId("kinds").hidden = this.#isTalk;
    this.#turns.show(this.exercise);
    const text = this.#ownText.value.trim();
    const isField = this.#isOwn && !(this.#isSpeaking && text);
    const item = this.#proposed ? { kind: this.#proposed.type, prompt: this.#prompt, lines: [] } : this.#item;
    byId("own").hidden = !isField;
    byId("task").textContent = isField ? t("task.own") : t(`task.${this.#isOwn ? "read_aloud" : item?.kind ?? "free"}`);
    this.#reference.show(this.#isOwn ? own(text, isField) : item ?? null, this.language);
    byId("another").hidden = this.#isLesson ? this.#course.isLast : this.#isOwn || this.#ofKind.length < 2;
    byId("another").textContent = t(this.#isLesson ? "lesson.skip" : "another");
    byId("step").textContent = this.#isLesson && this.#item ? t("lesson.step", { at: number(this.#course.at + 1), count: number(this.#course.items.length) }) : "";
    byId("check").hidden = item?.kind !== "hello" || Boolean(this.#proposed);
    this.#unread = false;
    byId("progress").textContent = "";
    byId("exercises-note").textContent = this.#note;
    byId("stage").classList.toggle("reads", this.isReading && this.#reference.canFollow);
    this.showVoice();
    this.#onShow();
  }

  /** Why there are no exercises, or not the one that was asked for; "" when nothing is missing. */
  get #note() {
    if (this.#isMissing) return t("exercises.gone");
    if (this.#isAway) return t("exercises.away");
    if (this.#items.length) return "";
    if (this.language === "auto") return t("exercises.auto");
    return this.#level.value && this.#isTaught
      ? t("exercises.level", { level: this.#level.value })
      : t("exercises.none", { language: languageName(this.language) });
  }

  /** Whether the language has exercises, as far as is known. */
  get #isTaught() {
    return this.#language.selectedOptions[0]?.parentElement.dataset.taught !== "false";
  }

  get #isOwn() {
    return this.#kind === "own" && !this.#proposed;
  }

  get #item() {
    if (this.#isLesson) return this.#course.item;
    return this.#ofKind[this.#index % this.#ofKind.length];
  }

  get #ofKind() {
    if (this.#kind !== "shadow") return this.#items.filter(({ kind }) => kind === this.#kind);
    return this.#items.filter(({ kind }) => kind === "read_aloud").map(shadowed);
  }

  #showKinds() {
    if (!this.#isLoaded) return;
    for (const option of this.#kindSelect.options) option.disabled = !this.#isThere(option.value);
    if (!this.#isAway && this.#kindSelect.selectedOptions[0]?.disabled) this.#kindSelect.value = this.#kindSelect.querySelector("option:enabled").value;
  }

  #isThere(kind) {
    if (kind === "shadow") return this.#isThere("read_aloud") && this.#sounds.canSay(this.language);
    if (kind === "lesson") return this.#isThere("read_aloud");
    return kind === "own" || this.#items.some((item) => item.kind === kind);
  }

  /** Other voices are known now. */
  showVoice() {
    this.#showKinds();
    for (const id of ["model-voice", "model-slow"]) byId(id).hidden = !this.#spoken || !this.#sounds.canSay(this.language);
  }

  /** What the model voice reads. */
  get #spoken() {
    const { type, text } = this.exercise;
    if (this.#proposed) return this.#prompt;
    return type === "free" ? this.#item?.prompt : text;
  }

  #listen() {
    const choose = (select, name, then) => select.addEventListener("change", () => {
      this.#preferences.set(name, select.value);
      this.#leave();
      this.#goOn();
      then();
    });
    const changed = () => { this.show(); this.#onChange(); };
    const reload = () => this.load().then(() => this.#onChange());
    choose(this.#language, "language", reload);
    choose(this.#level, "level", reload);
    choose(this.#kindSelect, "kind", changed);
    choose(this.#ownText, "ownText", changed);
    byId("another").addEventListener("click", ({ detail, currentTarget }) => {
      // A click leaves the focus on the button, where the space bar would press it again.
      if (detail) currentTarget.blur();
      if (this.#isLesson) return this.goOn();
      this.#leave();
      this.#index += 1;
      this.#seen.set(this.#shelf, this.#index);
      changed();
    });
    for (const [id, isSlow] of [["model-voice", false], ["model-slow", true]]) {
      byId(id).addEventListener("click", ({ detail, currentTarget }) => {
        if (detail) currentTarget.blur();
        this.#sounds.say(this.#spoken, this.language, { isSlow });
      });
    }
  }
}

const shadowed = (item) => ({ ...item, kind: "shadow", exercise: { ...item.exercise, type: "shadow" } });

const own = (text, isField) => (isField ? null : { kind: "read_aloud", prompt: text, lines: [] });

const plain = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
