// The conversation screen: bubbles, whose turn it is, goals that tick off, hints, typing.

import { written } from "../kit/direction.js";
import { byId, h } from "../kit/elements.js";
import { errorText } from "../kit/problem-text.js";
import { has, interfaceLanguage, t } from "../kit/texts.js";
import { Recording } from "../lesson/recording.js";
import { ThinkButton } from "../lesson/think-button.js";
import { Bubbles } from "./bubbles.js";
import { loadScenarios } from "./scenario-library.js";

const SPOKEN_BY_THE_SERVER = 24000; // Hz

export class Scene {
  name = "scene";
  bar = "talk"; // it is reached from there
  parts = [byId("scene")];
  #lesson;
  #sounds;
  #preferences;
  #learner; // () → {language, level}
  #mayStart; // () → whether nobody has to sign in first
  #keep;
  #kept = null; // the running conversation, in a guest's journal
  #spoken = new Map(); // utterance → what is kept of it
  #recording = new Recording();
  #bubbles;
  #scenario = null;
  #entered = 0; // the newest entrance
  #isOver = true; // no conversation goes on
  #isDone = false; // it came to its end
  #isTyped = false; // without a microphone
  #note = ""; // outranks whose turn it is

  /** `lesson`: of its own; `course()`: the learner's language and level; `mayStart()`: false asks to sign in; `keep({language, exercise})`: where a guest's is kept, or null. */
  constructor({ lesson, sounds, preferences, keep, course, mayStart }) {
    this.#lesson = lesson;
    this.#sounds = sounds;
    this.#preferences = preferences;
    this.#learner = course;
    this.#mayStart = mayStart;
    this.#keep = keep;
    this.#bubbles = new Bubbles(byId("bubbles"), { replay: ({ pcm, rate }) => { lesson.hush(); sounds.play(pcm, rate); } });
    new ThinkButton(byId("scene-think"), lesson, () => !this.#isTyped && !this.#isOver);
    byId("scene-speak").addEventListener("click", () => this.#begin());
    byId("scene-type").addEventListener("click", () => this.#begin({ isTyped: true }));
    byId("scene-stop").addEventListener("click", () => this.#lesson.stop());
    byId("scene-hint").addEventListener("click", () => this.#lesson.hint());
    byId("captions").addEventListener("change", ({ target }) => this.#caption(target.checked));
    byId("scene-form").addEventListener("submit", (event) => this.#send(event));
    this.#listen();
  }

  async enter({ id }) {
    const entered = (this.#entered += 1);
    if (id && id === this.#scenario?.id && this.#lesson.phase !== "idle") return;
    const language = id?.split("-")[0] || this.#learner().language;
    const [found] = await Promise.all([loadScenarios(language, interfaceLanguage()), this.#sounds.learnVoices()]);
    if (entered !== this.#entered) return;
    this.#scenario = found.find((one) => one.id === id) ?? found[0] ?? null;
    this.#isOver = true;
    this.#isDone = false;
    this.#show();
  }

  leave() {
    this.#entered += 1;
    this.#lesson.stop();
    this.#sounds.stop();
  }

  // ------------------------------------------------------------ what is shown

  #show() {
    const scene = this.#scenario;
    byId("scene-body").hidden = !scene;
    byId("scene-none").hidden = Boolean(scene);
    if (!scene) return;
    byId("scene-title").textContent = scene.meaning?.title ?? scene.title;
    const told = h("p", scene.meaning ? {} : written(scene.language), scene.meaning?.scene ?? scene.scene);
    byId("scene-told").replaceChildren(told);
    this.#showGoals(scene.goals.map((goal) => ({ ...goal, reached: false })));
    const hear = (text, isSlow) => {
      this.#lesson.hush();
      this.#sounds.say(text, scene.language, { isSlow });
    };
    this.#bubbles.begin(scene.language, this.#sounds.canSay(scene.language) ? hear : null);
    byId("scene-end").replaceChildren();
    this.#showHint({});
    this.#caption(byId("captions").checked);
    this.#showPhase({ phase: this.#lesson.phase });
  }

  #showGoals(goals) {
    byId("goals").replaceChildren(...goals.map(({ text, reached }) =>
      h("li", { "data-reached": String(reached) }, h("span", { "aria-hidden": "true" }, reached ? "✓" : "○"),
        h("span", { dir: "auto" }, text), h("span", { class: "hidden" }, t(reached ? "scene.reached" : "scene.open")))));
  }

  #showHint({ hint = null, options = [] }) {
    const shown = [];
    if (hint) {
      shown.push(h("p", { class: "hint", "data-testid": "hint" }, h("b", written(this.#scenario.language), hint.text),
        hint.meaning ? h("span", { dir: "auto" }, ` ${hint.meaning}`) : null));
    }
    for (const text of options) {
      shown.push(h("button", { type: "button", class: "plain", ...written(this.#scenario.language), onclick: () => this.#say(text) }, text));
    }
    byId("scene-help").replaceChildren(...shown);
  }

  #caption(isShown) {
    byId("bubbles").classList.toggle("listening", !isShown);
  }

  #showTurn(key) {
    byId("scene-turn").textContent = this.#note || t(key, { count: this.#lesson.waitingSeconds });
    byId("scene-turn").dataset.turn = key;
  }

  #showPhase({ phase, problem, cause, code, message }) {
    const isIdle = phase === "idle";
    for (const id of ["scene-speak", "scene-type"]) byId(id).hidden = !isIdle;
    byId("scene-stop").hidden = isIdle;
    for (const id of ["scene-form", "scene-hint"]) byId(id).hidden = isIdle || this.#isOver;
    byId("scene-think").hidden ||= this.#isOver;
    document.body.dataset.phase = phase;
    if (problem) this.#note = t(has(`problem.${problem}`) ? `problem.${problem}` : "problem.microphone");
    else if (isIdle && cause && cause !== "ended") this.#note = code ? errorText(code, message) : t(`problem.${cause}`);
    if (!isIdle) this.#showTurn(phase === "listening" ? "scene.yours" : `status.${phase}`);
    else if (this.#isDone) this.#showTurn("scene.over");
    else this.#showTurn(this.#isOver ? "scene.ready" : "scene.stopped");
  }

  // ------------------------------------------------------------ speaking and typing

  #begin({ isTyped = false } = {}) {
    if (!this.#mayStart()) return;
    this.#note = "";
    this.#isOver = this.#isDone = false;
    this.#isTyped = isTyped;
    this.#show();
    const scenario = this.#scenario;
    const fields = {
      language: scenario.language,
      native_language: interfaceLanguage(),
      patience: this.#preferences.get("patience"),
      exercise: { type: "conversation", scenario: scenario.id, ...(this.#learner().level ? { level: this.#learner().level } : {}) },
    };
    if (isTyped) {
      this.#lesson.type(fields);
      byId("scene-text").focus();
      return;
    }
    const speech = this.#preferences.get("voice") ? { speech: { sample_rate: SPOKEN_BY_THE_SERVER } } : {};
    this.#lesson.start({ ...fields, ...speech }, {
      echoCancellation: this.#preferences.get("echoCancellation"),
      noiseSuppression: this.#preferences.get("noiseSuppression"),
      deviceId: this.#preferences.get("deviceId") || undefined,
    });
  }

  #send(event) {
    event.preventDefault();
    const text = byId("scene-text").value.trim();
    byId("scene-text").value = "";
    if (text) this.#say(text);
  }

  #say(text) {
    if (this.#isOver || this.#lesson.phase === "idle") return;
    this.#bubbles.say(text);
    this.#lesson.say(text);
    this.#showTurn("scene.tutors");
    byId("scene-text").focus();
  }

  // ------------------------------------------------------------ what comes

  #listen() {
    const on = (type, listener) => this.#lesson.on(type, listener);
    on("phase", (change) => this.#showPhase(change));
    on("audio.sent", ({ pcm, at_ms: atMs }) => this.#recording.receive(pcm, atMs));
    on("session.started", ({ recovered }) => !recovered && this.#beginRecord());
    on("hearing", (now) => this.#showTurn(now ? "scene.hearing" : "scene.tutors"));
    on("transcript.final", (final) => this.#receiveFinal(final));
    on("utterance.aside", ({ utterance }) => {
      this.#bubbles.forget(utterance);
      this.#spoken.delete(utterance);
      this.#showPhase({ phase: this.#lesson.phase }); // no answer comes
    });
    on("tutor.reply.delta", ({ utterance, text }) => this.#bubbles.tell(utterance, text));
    on("tutor.reply.done", ({ utterance, text }) => {
      this.#bubbles.tell(utterance, text, { done: true });
      this.#record(utterance, { reply: text });
      byId("announcer").textContent = text;
    });
    for (const kind of ["pronunciation", "fluency", "grammar"]) {
      on(`feedback.${kind}`, ({ type, seq, utterance, ...fields }) => this.#record(utterance, { scores: { [kind]: fields } }));
    }
    on("conversation.state", (state) => this.#receiveState(state));
    on("session.summary", ({ conversations = [] }) => this.#sumUp(conversations.at(-1)));
    on("error", ({ code, message, fatal }) => {
      if (fatal || code === "going_away" || code === "feedback_failed") return;
      this.#note = errorText(code, message);
      this.#showTurn("scene.yours");
    });
  }

  #beginRecord() {
    this.#recording.begin(this.#lesson.sampleRate);
    this.#spoken.clear();
    const { language, id } = this.#scenario;
    this.#kept = this.#keep({ language, exercise: { type: "conversation", scenario: id } });
  }

  /** More is known of what was said, once it was answered. */
  #record(utterance, { reply, scores = {} }) {
    const known = this.#spoken.get(utterance);
    if (!known) return; // it was typed
    const record = { ...known, reply: reply ?? known.reply, scores: { ...known.scores, ...scores } };
    this.#spoken.set(utterance, record);
    if (record.reply) this.#kept?.add(record);
  }

  #receiveFinal({ utterance, text, language, words, start_ms: startMs, end_ms: endMs }) {
    if (text.trim()) this.#spoken.set(utterance, { name: utterance, text, language, start_ms: startMs, end_ms: endMs, words, scores: {}, reply: "" });
    this.#note = text.trim() ? "" : t("status.nothing");
    if (text.trim()) this.#bubbles.say(text, this.#recording.keep(startMs, endMs), utterance);
    this.#showTurn(text.trim() ? "scene.tutors" : "scene.yours");
  }

  #receiveState(state) {
    this.#isOver = this.#isDone = state.over;
    this.#showGoals(state.goals);
    this.#showHint(state);
    this.#note = "";
    this.#showPhase({ phase: this.#lesson.phase });
    byId("scene-form").scrollIntoView({ block: "nearest" }); // and what was said last, above it
    if (state.over) {
      this.#showTurn("scene.over");
      if (this.#isTyped || !this.#lesson.isHearing) this.#lesson.stop();
    }
  }

  /** What could be put better, now that the conversation is over. */
  #sumUp(conversation) {
    if (!conversation) return;
    const reached = conversation.goals.filter((goal) => goal.reached).length;
    const rows = conversation.corrections.map(({ said, words, better, message }) =>
      h("li", {}, h("p", written(this.#scenario.language), said),
        h("p", { class: "note" }, better ? `${words} → ${better}` : words), h("p", { class: "note", dir: "auto" }, message)));
    byId("scene-end").replaceChildren(
      h("p", { "data-testid": "scene-summary" }, t("scene.sum", { reached, all: conversation.goals.length })),
      ...(rows.length ? [h("h3", {}, t("scene.better")), h("ul", {}, ...rows)] : []));
    byId("scene-end").scrollIntoView({ block: "nearest" });
  }
}
