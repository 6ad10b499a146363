// What to practise: language, level, kind of exercise, and the exercise itself.

import { byId, h } from "../kit/elements.js";
import { loadItems } from "./exercise-library.js";
import { voiceFor } from "./sounds.js";
import { languageName, number, t } from "../kit/texts.js";

const LANGUAGES = ["en", "de", "es", "fr", "ru", "it", "pt", "nl", "pl", "uk", "tr", "ar", "hi", "zh", "ja", "ko", "auto"];
const LEVELS = ["", "A1", "A2", "B1", "B2", "C1", "C2"];
const KINDS = ["free", "read_aloud", "shadow", "minimal_pair", "dialogue", "own"];

export class ExercisePicker {
  #preferences;
  #sounds;
  #onChange;
  #language = byId("language");
  #level = byId("level");
  #kind = byId("kind");
  #ownText = byId("own-text");
  #items = [];
  #index = 0; // of the item among those of its kind
  #proposed = null; // an exercise that the tutor named
  #prompt = ""; // what the learner is told of it
  #asked = 0; // newest request for items

  constructor({ preferences, sounds, onChange }) {
    this.#preferences = preferences;
    this.#sounds = sounds;
    this.#onChange = onChange;
    fill(this.#language, LANGUAGES, languageName, preferences.get("language"));
    fill(this.#level, LEVELS, (level) => level || t("level.any"), preferences.get("level"));
    fill(this.#kind, KINDS, (kind) => t(`kind.${kind}`), preferences.get("kind"));
    this.#ownText.value = preferences.get("ownText");
    this.#listen();
    globalThis.speechSynthesis?.addEventListener?.("voiceschanged", () => this.#showVoice());
  }

  get language() {
    return this.#language.value;
  }

  /** The exercise as the protocol has it. */
  get exercise() {
    const level = this.#level.value ? { level: this.#level.value } : {};
    if (this.#proposed) return this.#proposed;
    if (this.#kind.value === "own") {
      const text = this.#ownText.value.trim();
      return text ? { type: "read_aloud", text, ...level } : { type: "free", ...level };
    }
    return this.#item?.exercise ?? { type: "free", ...level };
  }

  get isReading() {
    return ["read_aloud", "shadow"].includes(this.exercise.type);
  }

  /** Another language, as if it had been chosen by hand. */
  choose(language) {
    if (this.language === language || ![...this.#language.options].some(({ value }) => value === language)) return;
    this.#language.value = language;
    this.#preferences.set("language", language);
    this.load();
  }

  async load() {
    const asked = (this.#asked += 1);
    const items = await loadItems(this.language, this.#level.value);
    if (asked !== this.#asked) return; // chosen anew meanwhile
    this.#items = items;
    this.#showKinds();
    this.#goOn();
    this.show();
  }

  /** Takes an exercise that the tutor proposes; the question of a free one is told by its id. */
  propose(exercise, reply = "") {
    this.#proposed = exercise;
    this.#take(exercise, reply, this.#items);
    this.#onChange();
    if (!exercise.id || this.#items.some(({ id }) => id === exercise.id)) return;
    // It is of a level beside the chosen one.
    loadItems(this.language, "").then((items) => this.#proposed === exercise && this.#take(exercise, reply, items));
  }

  #take(exercise, reply, items) {
    const isIt = ({ id, kind, prompt }) => (exercise.id ? id === exercise.id : kind === "free" && reply.includes(prompt));
    const item = items.find(isIt);
    this.#prompt = exercise.text ?? item?.prompt ?? "";
    this.#chooseKind(exercise, item);
    this.show();
  }

  /** Remembers that what is chosen was practised: next time another one comes first. */
  noteDone() {
    const { id } = this.exercise;
    if (id) this.#preferences.set("done", { ...this.#preferences.get("done"), [this.#place]: id });
  }

  /** The kind of an exercise stands in its field, and "Another one" is the one after it. */
  #chooseKind(exercise, item) {
    const kind = exercise.type === "read_aloud" ? item?.kind ?? "read_aloud" : exercise.type;
    if (KINDS.includes(kind)) this.#kind.value = kind;
    const at = this.#ofKind.findIndex(({ id }) => id === item?.id);
    if (item && at >= 0) this.#index = at;
  }

  /** Begins behind what was practised last. */
  #goOn() {
    const done = this.#preferences.get("done")[this.#place];
    this.#index = 1 + this.#ofKind.findIndex(({ id }) => id !== undefined && id === done);
  }

  /** Where exercises of one list are: a language, and a kind. */
  get #place() {
    return `${this.language} ${this.#kind.value}`;
  }

  /** Marks how far a text has been read. */
  receiveAccuracy({ end, completeness }) {
    byId("reference").querySelectorAll(".text span").forEach((word, index) => word.classList.toggle("read", index < end));
    byId("progress").textContent = t("progress", { percent: number(completeness) });
  }

  show() {
    const own = this.#kind.value === "own" && !this.#proposed;
    const item = this.#proposed ? { kind: this.#proposed.type, prompt: this.#prompt, lines: [] } : this.#item;
    byId("own").hidden = !own;
    byId("task").textContent = own ? t("task.own") : t(`task.${item?.kind ?? "free"}`);
    byId("reference").replaceChildren(...(own || !item ? [] : reference(item, this.language)));
    byId("reference").hidden = own || !item?.prompt;
    byId("another").hidden = own || this.#ofKind.length < 2;
    byId("progress").textContent = "";
    this.#showVoice();
  }

  get #item() {
    return this.#ofKind[this.#index % this.#ofKind.length];
  }

  get #ofKind() {
    if (this.#kind.value !== "shadow") return this.#items.filter(({ kind }) => kind === this.#kind.value);
    return this.#items.filter(({ kind }) => kind === "read_aloud").map(shadowed);
  }

  #showKinds() {
    for (const option of this.#kind.options) option.disabled = !this.#isThere(option.value);
    if (this.#kind.selectedOptions[0]?.disabled) this.#kind.value = "free";
  }

  #isThere(kind) {
    if (kind === "shadow") return this.#isThere("read_aloud") && Boolean(voiceFor(this.language));
    return ["free", "own"].includes(kind) || this.#items.some((item) => item.kind === kind);
  }

  #showVoice() {
    this.#showKinds();
    byId("model-voice").hidden = !this.#spoken || !voiceFor(this.language);
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
      this.#proposed = null;
      this.#goOn();
      then();
    });
    const changed = () => { this.show(); this.#onChange(); };
    const reload = () => this.load().then(this.#onChange);
    choose(this.#language, "language", reload);
    choose(this.#level, "level", reload);
    choose(this.#kind, "kind", changed);
    choose(this.#ownText, "ownText", changed);
    byId("another").addEventListener("click", ({ detail, currentTarget }) => {
      // A click leaves the focus on the button, where the space bar would press it again.
      if (detail) currentTarget.blur();
      this.#proposed = null;
      this.#index += 1;
      changed();
    });
    byId("model-voice").addEventListener("click", ({ detail, currentTarget }) => {
      if (detail) currentTarget.blur();
      this.#sounds.say(this.#spoken, this.language);
    });
  }
}

const shadowed = (item) => ({ ...item, kind: "shadow", exercise: { ...item.exercise, type: "shadow" } });

function reference({ kind, prompt, lines, focus }, language) {
  const lang = language === "auto" ? null : language;
  if (kind === "dialogue" && lines.length) return [h("ul", { class: "lines", lang }, ...lines.map(turn))];
  const reads = kind !== "free";
  const words = reads ? (prompt ?? "").split(/(?<=\s)/).map((word) => h("span", {}, word)) : [prompt ?? ""];
  return [h("p", { class: "text", lang }, ...words), focus ? h("p", { class: "note" }, t("focus", { focus })) : null].filter(Boolean);
}

const turn = (line, index) =>
  h("li", { class: index % 2 ? "mine" : "theirs" }, h("small", {}, t(index % 2 ? "you" : "tutor")), " ", line);

function fill(select, values, name, chosen) {
  select.replaceChildren(...values.map((value) => h("option", { value }, name(value))));
  select.value = values.includes(chosen) ? chosen : values[0];
}
