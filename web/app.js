// Wires the page: lesson → live line, conversation, status; and the choices of the learner.

import { Account } from "./page/account/account.js";
import { AccountDialog } from "./page/account/account-dialog.js";
import { addressOf, read } from "./page/lesson/address.js";
import { Course } from "./page/lesson/course.js";
import { Conversation } from "./page/feedback/conversation.js";
import { byId } from "./page/kit/elements.js";
import { FirstVisit } from "./page/lesson/first-visit.js";
import { foresee } from "./page/lesson/exercise-library.js";
import { ExercisePicker } from "./page/lesson/exercise-picker.js";
import { keepForOffline } from "./page/kit/offline.js";
import { leaveSaying, takeFarewell } from "./page/kit/farewell.js";
import { showLegend } from "./page/feedback/legend.js";
import { Places } from "./page/kit/places.js";
import { Lesson } from "./page/lesson/lesson.js";
import { Journal } from "./page/progress/journal.js";
import { LevelMeter } from "./page/lesson/level-meter.js";
import { LiveLine } from "./page/lesson/live-line.js";
import { LoginDialog } from "./page/account/login-dialog.js";
import { Preferences } from "./page/lesson/preferences.js";
import { ProgressPlace } from "./page/progress/progress-place.js";
import { errorText, problemText } from "./page/kit/problem-text.js";
import { Recording } from "./page/lesson/recording.js";
import { Scene } from "./page/talk/scene.js";
import { ScenarioList } from "./page/talk/scenario-list.js";
import { Retry } from "./page/feedback/retry.js";
import { MinuteView } from "./page/talk/minute-view.js";
import { Microphone } from "./sdk/index.js";
import { sessionSummary } from "./page/feedback/session-summary.js";
import { MicrophonePicker } from "./page/lesson/microphone-picker.js";
import { SaidHere } from "./page/feedback/said-here.js";
import { SettingsDialog } from "./page/lesson/settings-dialog.js";
import { ServerVoice } from "./page/sounds/server-voice.js";
import { Sounds } from "./page/sounds/sounds.js";
import { StatusLine } from "./page/lesson/status-line.js";
import { ThinkButton } from "./page/lesson/think-button.js";
import { learnLetters } from "./page/feedback/word-details.js";
import { WakeLock } from "./page/lesson/wake-lock.js";
import { has, interfaceLanguage, loadTexts, t, translate } from "./page/kit/texts.js";

const preferences = new Preferences();
const account = new Account(preferences);
foresee(preferences.get("language"), preferences.get("level"));
const [interfaces] = await Promise.all([fetch("/v1/interfaces").then((answer) => answer.json()), account.load()]);
await loadTexts(Object.keys(interfaces), preferences.get("interface"));
translate();

const journal = new Journal();
journal.trim();
const sounds = new Sounds(new ServerVoice((...asked) => account.ask(...asked)), () => tell("quiet", t("melody.away")));
const recording = new Recording();
const lesson = new Lesson({ url: location.origin, sounds, ticket: () => account.ticket() });
const live = new LiveLine(byId("live"));
const minute = new MinuteView(byId("minute"));
const meter = new LevelMeter(byId("meter"));
const status = new StatusLine(byId("status"));
const button = byId("toggle");
const picker = new ExercisePicker({
  preferences, sounds, taught: account.taught, onChange: takeUp, onShow: showChoice,
});
const course = new Course({ preferences, interfaces });
const retry = new Retry();
const saidHere = new SaidHere();
const conversation = new Conversation({ list: byId("utterances"), sounds, retry, onNext: practise, onRepeat: repeat });
const microphones = new MicrophonePicker(byId("device"), { preferences });
const wakeLock = new WakeLock();
new ThinkButton(byId("think"), lesson);
new SettingsDialog({ preferences, microphones, onChange: (name) => name === "patience" && lesson.update(patience()) });
const login = new LoginDialog({ account, onNew: handOver, onDone: () => tell("done", t("account.welcome", { email: account.me.email })) });
// Whoever leaves leaves nothing in the page's memory: it is loaded anew, and says what has become of them.
const accountDialog = new AccountDialog({ account, onLeave: leaveSaying });
const first = new FirstVisit({
  preferences, picker, interfaces, taught: account.taught,
  onSpeak: (code) => course.speak(code),
  onCourse: () => course.open(),
  onReady: () => button.focus({ preventScroll: true }),
});
const progress = new ProgressPlace({ part: byId("progress-place"), body: byId("progress-body"), account, journal, preferences, sounds, language: () => picker.language, onPractise: practiseWords });
const places = new Places(byId("places"), [
  { name: "practise", parts: [byId("studio")], enter: (address) => picker.go(address) },
  { name: "talk", parts: [byId("scenes"), byId("studio")], enter: (address) => picker.go(address) },
  new Scene({
    lesson: new Lesson({ url: location.origin, sounds, ticket: () => account.ticket() }),
    sounds, preferences,
    keep: (session) => (account.me ? null : journal.begin(session)),
    course: () => ({ language: picker.language, level: picker.level }),
    mayStart,
  }),
  progress,
]);

const scenes = new ScenarioList(byId("scenes"));

/** Whether a conversation may begin: where an account is needed, it is asked for. */
function mayStart() {
  if (account.mustSignIn) login.open();
  else account.acceptGuest();
  return !account.mustSignIn;
}

let kept = null; // the running session, in a guest's journal
let notice = null; // {kind, text}: outranks what the phase says
let isFollowing = true; // the page follows its address, not the other way round
let follows = 0; // times that the address was followed
let isLessonOver = false; // all of its exercises were done
let problem = null; // that ended the lesson, while its last words are on their way

// ------------------------------------------------------------ the choices

const choice = () => ({ language: picker.language, exercise: picker.exercise });
const voice = () => (preferences.get("voice") ? { speech: { sample_rate: 24000 } } : {});
const patience = () => ({ patience: preferences.get("patience") });

/** What is chosen now goes into the session; `isAgain`: it is what was said before. */
function takeUp({ isAgain = false } = {}) {
  if (!isAgain) retry.forget();
  lesson.update(choice());
}

function practise(exercise, reply) {
  picker.propose(exercise, reply);
  goToStage();
}

function repeat(text) {
  picker.repeat(text);
  goToStage();
}

/** What the learner is led to in a lesson: {text, run}, or null. */
function onward(what) {
  if (what === "next") return { text: t("next"), run: () => { picker.goOn(); goToStage(); } };
  return what && { text: t("lesson.end"), run: () => { isLessonOver = true; lesson.stop(); } };
}

function goToStage() {
  places.show(picker.place.place);
  showChoice();
  byId("stage").scrollIntoView({ block: "start" });
  button.focus({ preventScroll: true });
}

/** Whether the place is one where the learner speaks. */
const isStudio = () => ["practise", "talk"].includes(places.name);

/** Another exercise is shown: so say the chip, the place and the address. */
function showChoice() {
  const { place } = picker.place;
  if (place !== saidHere.place && notice?.kind === "done") notice = null; // it was told of what is shown no more
  course.show(picker);
  first.show();
  saidHere.show(place);
  report();
  minute.show(place === "talk" ? picker.exercise.id ?? "" : null);
  if (!isStudio()) return; // it was on its way when the learner went elsewhere
  places.show(place);
  if (places.name === "talk") scenes.show(picker);
  if (picker.isLost) return; // loading the page again leads to what the address names
  const address = addressOf(picker.place);
  if (address !== location.hash) history[isFollowing ? "replaceState" : "pushState"](null, "", address);
}

/** Whether nothing else was followed meanwhile. */
async function followAddress() {
  const followed = (follows += 1);
  isFollowing = true;
  byId("notice").textContent = "";
  await places.follow(read(location.hash));
  if (followed !== follows) return false;
  isFollowing = false;
  if (!isStudio()) lesson.stop();
  return true;
}

addEventListener("popstate", () => followAddress().then((isNewest) => isNewest && isStudio() && takeUp()));

function practiseWords(words, language) {
  picker.choose(language); // its own exercises may come later, when something else is chosen
  practise({ type: "read_aloud", text: words.join(", ") });
}

// ------------------------------------------------------------ the account

function showAccount() {
  const { me } = account;
  byId("account-name").textContent = me ? me.email : t("account.signin");
  byId("account-open").classList.toggle("in", Boolean(me));
  byId("account-open").setAttribute("aria-label", me ? t("account.of", { email: me.email }) : t("account.signin"));
  byId("account-leave").hidden = !me;
  byId("privacy").textContent = t(me ? (me.keep_audio ? "privacy.audio" : "privacy.account") : "privacy");
  showButton();
}

function leave() {
  account.signOut().then(() => leaveSaying("account.signedout"), (error) => tell("problem", problemText(error)));
}

byId("account-open").addEventListener("click", () => (account.me ? accountDialog : login).open());
byId("account-leave").addEventListener("click", leave);
account.on("change", showAccount);
account.on("expired", () => login.open(t("account.expired")));

/** What a guest has practised goes into the account that they make; what does not arrive stays here. */
async function handOver() {
  try {
    const had = await journal.handOver((session) => account.request("POST", "/v1/me/sessions", { body: session }));
    if (had) tell("done", t("progress.handed"));
    if (had && places.name === "progress") await progress.enter();
  } catch {
    tell("problem", t("progress.kept"));
  }
}

/** Says it where the microphone's bar is, or where that is not, at the top. */
function tell(kind, text) {
  notice = { kind, text };
  byId("notice").textContent = isStudio() ? "" : text;
  report();
}

// ------------------------------------------------------------ start and stop

function start() {
  notice = problem = null;
  if (account.mustSignIn) return login.open();
  if (picker.lacksText) {
    tell("quiet", t("own.empty"));
    return byId("own-text").focus();
  }
  account.acceptGuest();
  first.end();
  saidHere.sumUp();
  lesson.start({ ...choice(), ...patience(), ...voice(), native_language: interfaceLanguage() }, {
    echoCancellation: preferences.get("echoCancellation"),
    noiseSuppression: preferences.get("noiseSuppression"),
    deviceId: preferences.get("deviceId") || undefined,
  });
}

button.addEventListener("click", () => (lesson.phase === "idle" ? start() : lesson.stop()));
document.addEventListener("keydown", (event) => {
  const free = document.activeElement === document.body && !event.ctrlKey && !event.altKey && !event.metaKey;
  if (event.key !== " " || !free) return;
  event.preventDefault(); // it would scroll
  if (!event.repeat) button.click();
});

function showPhase({ phase, problem: name, cause, code, message }) {
  if (name) problem = { kind: "problem", text: obstacleText(name) };
  if (phase === "idle") {
    for (const text of live.abandon()) conversation.addUnfinished(text);
    saidHere.receive();
    conversation.abandon();
    minute.hear(false); // of a sentence that broke off nobody says that it has ended
    picker.noteDone();
    if (cause) notice = ending(cause, code, message);
    else if (problem) notice = problem;
  }
  showButton();
  button.dataset.testid = phase === "idle" ? "start" : "stop";
  button.setAttribute("aria-disabled", String(phase === "finishing")); // `disabled` would take the focus away
  byId("interface").disabled = phase !== "idle";
  document.body.dataset.phase = phase;
  picker.receivePhase(phase);
  wakeLock.set(phase !== "idle");
  report();
}

function showButton() {
  const isShut = lesson.phase === "idle" && account.mustSignIn;
  button.lastElementChild.textContent = t(isShut ? "button.signin" : `button.${lesson.phase}`);
  report();
}

const FOR_NOW = new Set(["quota_exhausted", "unauthenticated"]); // starting again would not help

function ending(cause, code, message) {
  if (cause === "ended") return problem ?? notice;
  if (code === "unauthenticated") account.refresh().catch(() => {}); // asks to sign in, where that is needed
  if (FOR_NOW.has(code)) return { kind: "problem", text: errorText(code, message) };
  if (cause === "refused") return { kind: "problem", text: `${errorText(code, message)} ${t("again")}` };
  return { kind: "problem", text: t(`problem.${cause}`) };
}

const obstacleText = (name) => t(has(`problem.${name}`) ? `problem.${name}` : "problem.microphone");

// ------------------------------------------------------------ the status

function report() {
  const phase = lesson.phase;
  if (phase === "away") return status.show("away", t("status.away", { count: lesson.waitingSeconds }));
  const kind = phase === "listening" ? listening() : phase;
  const warns = ["muted", "quiet", "noise"].includes(kind);
  if (notice && !warns) return status.show(notice.kind, notice.text);
  if (kind === "idle" && !navigator.onLine) return status.show("away", t("status.offline"));
  if (kind === "idle" && account.mustSignIn) return status.show(kind, t("status.signin"));
  status.show(kind, t(`status.${kind}`));
}

function listening() {
  if (sounds.isPlaying) return "playing";
  return lesson.isHearing ? "hearing" : lesson.silence ?? "listening";
}

setInterval(() => { report(); minute.tick(); }, 1000); // silence is noticed by the absence of events

// ------------------------------------------------------------ what comes

lesson.on("phase", showPhase);
lesson.on("level", (dbfs) => meter.show(dbfs));
lesson.on("hearing", (now) => {
  if (now) notice = null;
  minute.hear(now);
  report();
});
lesson.on("audio.sent", ({ pcm, at_ms: atMs }) => recording.receive(pcm, atMs));
lesson.on("recovered", () => tell("quiet", t("status.recovered")));
lesson.on("audio.dropped", () => { notice = { kind: "problem", text: t("problem.dropped") }; });
lesson.on("session.started", ({ recovered }) => {
  if (recovered) return;
  for (const text of live.abandon()) conversation.addUnfinished(text);
  conversation.begin();
  minute.hear(false);
  recording.begin(lesson.sampleRate);
  picker.beginSession();
  saidHere.beginSession();
  learnLetters();
  kept = account.me ? null : journal.begin(choice());
});
lesson.on("speech.started", (event) => {
  picker.receiveStart(event);
  saidHere.begin(event.utterance);
});
// The first word may begin in the pre-roll, before the onset.
const spokenFrom = ({ start_ms, words }) => Math.min(start_ms, ...words.map((word) => word.start_ms));

lesson.on("transcript.partial", (partial) => {
  live.receivePartial(partial);
  picker.receivePartial(partial);
});
lesson.on("reading.progress", (event) => picker.receiveProgress(event));
const keep = (final) => recording.keep(spokenFrom(final), final.end_ms);

lesson.on("transcript.final", (final) => {
  live.finish(final.utterance);
  conversation.receiveFinal(final, keep(final));
  saidHere.receive(final.utterance, conversation.card(final.utterance)?.element);
  if (final.text.trim() && picker.isNow(final.utterance)) minute.receiveFinal(final);
  if (final.text.trim()) picker.noteSaid(final.utterance);
  else notice = { kind: "quiet", text: t("status.nothing") };
});
lesson.on("utterance.joined", (event) => {
  conversation.join(event, keep);
  saidHere.receive(event.utterance, conversation.card(event.utterance)?.element);
  for (const utterance of event.joined) picker.forget(utterance);
  minute.join(event, picker.isNow(event.utterance) ? conversation.card(event.utterance)?.final : null);
});
lesson.on("utterance.aside", ({ utterance }) => {
  conversation.forget(utterance);
  saidHere.receive(utterance);
  picker.forget(utterance);
  minute.forget(utterance);
});
for (const kind of ["accuracy", "pronunciation", "fluency", "grammar"]) {
  lesson.on(`feedback.${kind}`, (event) => {
    conversation.card(event.utterance)?.receiveFeedback(kind, event);
    if (kind === "accuracy") picker.receiveAccuracy(event);
    minute.receiveFeedback(event);
    showLegend();
  });
}
lesson.on("tutor.reply.delta", ({ utterance, text }) => conversation.card(utterance)?.receiveReply(text));
lesson.on("tutor.reply.done", (reply) => {
  const card = conversation.card(reply.utterance);
  card?.finishReply(reply, onward(picker.onwardAfter(reply.utterance)));
  picker.noteDone(reply.utterance);
  if (card && !account.me) kept?.add(card.record);
  if (!card || lesson.isHearing) return;
  byId("announcer").textContent = card.spoken;
  // Who is still reading a text needs it in sight, and who looks at another sentence, that one.
  const isBusy = (picker.isReading && !reply.next) || byId("said").contains(document.activeElement);
  const isTall = card.element.offsetHeight > innerHeight / 2; // then its words and its number come first
  if (!isBusy) card.element.scrollIntoView({ block: isTall ? "start" : "nearest" });
});
lesson.on("session.summary", (summary) => {
  if (!summary.utterances) notice = { kind: "done", text: t("status.empty") };
  else {
    notice = { kind: "done", text: t("status.done") };
    preferences.set("hard", { ...preferences.get("hard"), [picker.language]: summary.practise ?? [] });
    const onPractise = (words) => practise({ type: "read_aloud", text: words.join(", ") });
    saidHere.sumUp(sessionSummary({ summary, scores: conversation.scores, sentences: conversation.sentences, onPractise, onRepeat: repeat }));
    byId("said").scrollIntoView({ block: "start" });
  }
  if (isLessonOver) picker.finishLesson();
  isLessonOver = false;
});
lesson.on("unfit", ({ code, message }) => {
  problem = { kind: "problem", text: `${errorText(code, message)} ${t("again")}` };
});
lesson.on("error", ({ code, message, fatal, utterance }) => {
  if (fatal || code === "going_away") return; // the phase that follows says it
  if (utterance) {
    live.finish(utterance);
    conversation.card(utterance)?.abandon(errorText(code, message));
  }
  notice = { kind: "problem", text: errorText(code, message) };
  report();
});

// ------------------------------------------------------------ the beginning

keepForOffline();
for (const change of ["online", "offline"]) addEventListener(change, report);
const obstacle = Microphone.obstacle();
button.disabled = obstacle !== null;
showPhase({ phase: "idle", problem: obstacle });
showAccount();
showLegend();
course.show(picker);
await followAddress();
const farewell = takeFarewell();
if (farewell) tell("done", t(farewell));
document.body.dataset.loaded = "true";
sounds.learnVoices().then(() => picker.showVoice());
