// Wires the page: microphone → practice → transcript, and says in words what is going on.

import { Microphone } from "/static/microphone.js";
import { Practice } from "/static/practice.js";
import { Transcript } from "/static/transcript.js";

const TOO_QUIET = -50; // dBFS; speech at arm's length is above -40
const FLOOR = -60; // dBFS, the empty level meter
const FALL = 0.05; // of the meter's width in one frame: a meter that drops at once flickers
const QUIET_MS = 5000;

const byId = (id) => document.getElementById(id);
const [button, language, status, level] = ["toggle", "language", "status", "level"].map(byId);

const BUTTON = { idle: "Start speaking", asking: "Cancel", connecting: "Stop", listening: "Stop", finishing: "Finishing…" };

const SAY = {
  idle: "Choose a language, press the button and speak.",
  asking: "Your browser asks for the microphone. Please allow it.",
  connecting: "Connecting… You can already speak.",
  listening: "Listening. Speak whenever you are ready.",
  hearing: "Hearing you.",
  finishing: "Finishing. Your last words are on their way.",
  muted: "Your microphone is silent. Check that it is not muted, on itself or in your system.",
  quiet: "It is very quiet. If you are speaking, come closer or choose another microphone.",
};

const PROBLEMS = {
  insecure: "The microphone works only on a secure page. Open this page through https, or on localhost.",
  unsupported: "This browser cannot record sound here. Use a current Firefox, Chrome, Edge or Safari.",
  NotAllowedError: "The microphone is not allowed. Allow it in your browser's address bar, then start again.",
  NotFoundError: "No microphone was found. Connect one, then start again.",
  NotReadableError: "Another program may be using the microphone. Close it there, then start again.",
  microphone: "The microphone could not be started. Connect it again, then start again.",
  unplugged: "The microphone was disconnected. Connect it, then start again.",
  unreachable: "The server cannot be reached. Check your connection, then start again.",
  lost: "The connection to the server was lost. What you said so far is kept. Start again to go on.",
};

const practice = new Practice(`${location.protocol.replace("http", "ws")}//${location.host}/v1/practice`);
const transcript = new Transcript({ live: byId("live"), finished: byId("utterances") });

let phase = "idle"; // idle · asking · connecting · listening · finishing
let microphone = null;
let hearing = false;
let notice = null; // {kind, text}: outranks what the phase says
let shown = 0; // of the meter's width
let soundAt = 0; // ms, when the microphone last was loud enough
let signalAt = 0; // ms, when it last was not digital silence

function enter(next, say = null) {
  phase = next;
  hearing = false;
  notice = say;
  button.textContent = BUTTON[phase];
  button.dataset.testid = phase === "idle" ? "start" : "stop";
  // Not `disabled`, which would take the focus away.
  button.setAttribute("aria-disabled", String(phase === "finishing"));
  language.disabled = phase !== "idle";
  report();
}

function report() {
  let kind = phase;
  if (phase === "listening") kind = hearing ? "hearing" : silence() ?? "listening";
  const say = notice ?? { kind, text: SAY[kind] };
  if (status.textContent === say.text) return;
  // A screen reader must not talk over the learner: the microphone would hear it.
  const talking = say.kind === "hearing" || status.dataset.kind === "hearing";
  status.setAttribute("aria-live", talking ? "off" : "polite");
  status.dataset.kind = say.kind;
  status.textContent = say.text;
}

function silence() {
  const now = performance.now();
  if (microphone?.muted || now - signalAt > QUIET_MS) return "muted";
  return now - soundAt > QUIET_MS ? "quiet" : null;
}

const problem = (name) => ({ kind: "problem", text: PROBLEMS[name] ?? PROBLEMS.microphone });

async function start() {
  const opening = new Microphone();
  microphone = opening;
  enter("asking");
  opening.addEventListener("frame", ({ detail }) => receiveFrame(detail));
  opening.addEventListener("lost", () => stop(problem("unplugged")));
  try {
    await opening.open();
  } catch (error) {
    if (microphone === opening) enter("idle", problem(error.name));
    return;
  }
  if (microphone !== opening) return opening.close(); // cancelled meanwhile
  soundAt = signalAt = performance.now();
  transcript.begin();
  practice.start({ language: language.value, sampleRate: opening.sampleRate });
}

async function stop(say = null) {
  if (phase === "finishing" || phase === "idle") return;
  if (phase === "asking") {
    microphone = null;
    return enter("idle", say);
  }
  enter("finishing", say);
  const closing = microphone;
  await closing.close();
  showLevel(-Infinity);
  if (microphone === closing) practice.end(); // else the session is over already
}

function receiveFrame({ pcm, level: dbfs }) {
  const now = performance.now();
  if (dbfs > -Infinity) signalAt = now;
  if (dbfs > TOO_QUIET) soundAt = now;
  showLevel(dbfs);
  if (practice.state !== "disconnected") practice.sendAudio(pcm);
}

function showLevel(dbfs) {
  const full = Math.max(0, Math.min(1, 1 - dbfs / FLOOR));
  shown = dbfs === -Infinity ? 0 : Math.max(full, shown - FALL);
  level.firstElementChild.style.transform = `scaleX(${shown})`;
  level.setAttribute("aria-valuenow", Math.round(100 * shown));
  level.classList.toggle("audible", dbfs > TOO_QUIET);
}

const on = (type, receive) => practice.addEventListener(type, ({ detail }) => receive(detail));

on("connecting", () => enter("connecting"));
on("connected", () => phase === "connecting" && enter("listening"));
on("speech.started", () => hear(true));
on("speech.stopped", () => hear(false));
on("transcript.partial", (partial) => transcript.receivePartial(partial));
on("transcript.final", (final) => transcript.receiveFinal(final));
on("session.summary", (summary) => {
  const text = totals(summary);
  notice = notice ? { ...notice, text: `${notice.text} ${text}` } : { kind: "done", text };
});
on("error", ({ message, utterance }) => {
  if (utterance) transcript.drop(utterance);
  notice = { kind: "problem", text: message };
  report();
});
on("disconnected", ({ cause, message }) => {
  transcript.abandon();
  const gone = cause === "refused" ? { kind: "problem", text: `${message} You can start again.` } : problem(cause);
  enter("idle", cause === "ended" ? notice : gone);
  microphone?.close().then(() => showLevel(-Infinity));
  microphone = null;
});

function hear(now) {
  if (phase !== "listening") return;
  hearing = now;
  soundAt = performance.now(); // what the server hears is not too quiet
  if (now) notice = null;
  report();
}

function totals({ utterances, words, speech_ms: speechMs }) {
  if (!utterances) return "Finished. No words were understood. Start again and speak a little louder.";
  const count = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;
  const seconds = count(Math.round(speechMs / 1000), "second");
  return `Finished: ${count(utterances, "utterance")}, ${count(words, "word")}, ${seconds} of speech.`;
}

button.addEventListener("click", () => (phase === "idle" ? start() : stop()));
document.addEventListener("keydown", (event) => {
  const free = document.activeElement === document.body && !event.ctrlKey && !event.altKey && !event.metaKey;
  if (event.key !== " " || !free) return;
  event.preventDefault(); // it would scroll
  if (!event.repeat) button.click();
});
setInterval(report, 1000); // silence is noticed by the absence of events

const obstacle = Microphone.obstacle();
button.disabled = obstacle !== null;
enter("idle", obstacle && problem(obstacle));
