// One number for a sentence, and why it is what it is. Nothing here knows the page.

import { hasPace } from "./pace.js";
import { scoreBand, toldOnce } from "./scored-words.js";

const GOOD = 80;
const DIFFERENT = new Set(["omitted", "moved", "substituted", "inserted"]);

/**
 * `feedback`: the events of an utterance by their kind; `text`: what was recognised. {kind, score, reasons}: which
 * score the number is, the number (null where there is none), and its reasons as {key, values} of texts.
 */
export function verdictOf({ accuracy, pronunciation, fluency, grammar }, text) {
  if (accuracy?.words.length) return reading(accuracy, pronunciation, fluency);
  return { kind: null, score: null, reasons: ofFreeTalk(fluency, grammar, text) };
}

function reading(accuracy, pronunciation, fluency) {
  const told = toldOnce(accuracy.words);
  const differ = told.filter(({ status }) => DIFFERENT.has(status)).length;
  const doubtful = told.filter(({ status }) => status === "doubtful").length;
  const stops = stopsOf(fluency).length;
  const words = differ ? because("words", { count: differ }) : null;
  const doubt = doubtful ? because("doubtful", { count: doubtful }) : null;
  const flow = stops ? because("stops", { count: stops }) : null;
  const isJudged = pronunciation?.calibrated && Number.isFinite(pronunciation.total);
  if (!isJudged) return { kind: "accuracy", score: accuracy.accuracy, reasons: some(words ?? (doubt ? null : because("words.all")), doubt, flow) };
  const reasons = some(words, doubt, ofSounds(pronunciation, doubtful > 0), flow ?? ofFlow(pronunciation));
  return { kind: "pronunciation", score: pronunciation.total, reasons };
}

/** The pauses of a reading that no sign of its text lets one make. */
export const stopsOf = (fluency) => (fluency?.all_pause_list ?? []).filter(({ expected }) => !expected);

/** How the sounds were: no better than the marks on the words tell. */
function ofSounds({ accuracy, words = [] }, isDoubtful) {
  if (!Number.isFinite(accuracy)) return null;
  const isMarked = isDoubtful || words.some(({ score }) => Number.isFinite(score) && scoreBand(score) !== "good");
  const band = scoreBand(accuracy);
  return because(`sounds.${band === "good" && isMarked ? "fair" : band}`);
}

/** Flow or melody, where it is what keeps the number down. */
function ofFlow({ accuracy, fluency, prosodic }) {
  const [name, score] = [["flow", fluency], ["melody", prosodic]].filter(([, part]) => Number.isFinite(part)).sort(([, one], [, other]) => one - other)[0] ?? [];
  return name && Math.round(score) < Math.min(GOOD, Math.round(accuracy ?? GOOD)) ? because(name, { score }) : null;
}

function ofFreeTalk(fluency, grammar, text) {
  return some(
    fluency && hasPace(fluency, text) ? { key: "minute.pace", values: { count: Math.round(fluency.words_per_minute) } } : null,
    fluency ? { key: "minute.fillers", values: { count: fluency.fillers.length } } : null,
    grammar?.checked ? { key: "minute.remarks", values: { count: grammar.findings.length } } : null);
}

const because = (name, values = {}) => ({ key: `why.${name}`, values });

const some = (...reasons) => reasons.filter(Boolean);
