// What progress is made of: days, weeks, sounds and words, from sessions. Nothing here knows the page.

const DAY_MS = 86_400_000;
const HARD = 60; // a word's score under which it comes back, as on the server
const LEAST_HEARD = 3; // times a sound must have been said

/** A session as a browser keeps it, in sums as the server tells them: {…, utterances, accuracy, pronunciation, fluency, sounds}. */
export function sumsOf({ id, started_at, language, audio_s, spoken }) {
  const found = { id, started_at, language, audio_s, utterances: spoken.length, accuracy: none(), pronunciation: none(), fluency: none(), sounds: {} };
  for (const { scores } of spoken) {
    add(found.accuracy, scores.accuracy?.accuracy);
    add(found.fluency, scores.fluency?.score);
    if (!scores.pronunciation?.calibrated) continue;
    add(found.pronunciation, scores.pronunciation.total);
    for (const { phones } of scores.pronunciation.words ?? []) {
      for (const { ipa, score } of phones ?? []) add((found.sounds[ipa] ??= none()), score);
    }
  }
  return found;
}

/** The day of a moment where the learner is, as 2026-03-28. */
export function dayOf(moment) {
  const two = (number) => String(number).padStart(2, "0");
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}

/** The `count` days up to today, the oldest first: {day, date, seconds}. */
export function daysOf(sessions, now, count) {
  const seconds = new Map();
  for (const { started_at, audio_s } of sessions) {
    const day = dayOf(new Date(started_at));
    seconds.set(day, (seconds.get(day) ?? 0) + audio_s);
  }
  const noon = new Date(now.getFullYear(), now.getMonth(), now.getDate(), 12); // no change of the clock moves it to another day
  return Array.from({ length: count }, (_, at) => new Date(noon.getTime() - (count - 1 - at) * DAY_MS))
    .map((date) => ({ day: dayOf(date), date, seconds: seconds.get(dayOf(date)) ?? 0 }));
}

/** Days in a row with practice, up to today; one that has only begun does not break it. */
export function streakOf(days) {
  const back = [...days].reverse();
  const from = back[0]?.seconds ? 0 : 1;
  const end = back.findIndex(({ seconds }, at) => at >= from && !seconds);
  return Math.max(0, (end < 0 ? back.length : end) - from);
}

/** The means of each week that has some, the oldest first: {week (its Monday), accuracy?, pronunciation?, fluency?}. */
export function weeksOf(sessions) {
  const weeks = new Map();
  for (const session of [...sessions].sort((one, other) => one.started_at.localeCompare(other.started_at))) {
    const week = mondayOf(new Date(session.started_at));
    const sums = weeks.get(week) ?? { accuracy: none(), pronunciation: none(), fluency: none() };
    for (const [name, sum] of Object.entries(sums)) merge(sum, session[name]);
    weeks.set(week, sums);
  }
  return [...weeks].map(([week, sums]) => ({ week, ...Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, mean(sum)])) }));
}

/** The sounds of a language that were heard often enough, the weakest first: {ipa, mean, count}. */
export function soundsOf(sessions, language) {
  const sounds = new Map();
  for (const session of sessions.filter((each) => each.language.split("-")[0] === language)) {
    for (const [ipa, sum] of Object.entries(session.sounds)) {
      if (!sounds.has(ipa)) sounds.set(ipa, none());
      merge(sounds.get(ipa), sum);
    }
  }
  return [...sounds].map(([ipa, sum]) => ({ ipa, mean: mean(sum), count: sum.count }))
    .filter(({ count }) => count >= LEAST_HEARD)
    .sort((one, other) => one.mean - other.mean);
}

/** A guest's words to practise, from sessions as a browser keeps them: those whose last score was low. */
export function hardWords(sessions) {
  const last = new Map();
  for (const { spoken } of [...sessions].sort((one, other) => one.started_at.localeCompare(other.started_at))) {
    for (const { language, scores } of spoken) {
      if (!scores.pronunciation?.calibrated) continue;
      for (const { text, score } of scores.pronunciation.words ?? []) {
        const word = text.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "");
        if (score !== null && score !== undefined && word.length > 3) last.set(`${language.split("-")[0]} ${word.toLowerCase()}`, { word, language: language.split("-")[0], score, due: true });
      }
    }
  }
  return [...last.values()].filter(({ score }) => score < HARD).sort((one, other) => one.score - other.score);
}

const none = () => ({ sum: 0, count: 0 });

function add(sum, score) {
  if (!Number.isFinite(score)) return;
  sum.sum += score;
  sum.count += 1;
}

function merge(sum, other) {
  sum.sum += other.sum;
  sum.count += other.count;
}

const mean = ({ sum, count }) => (count ? sum / count : undefined);

function mondayOf(moment) {
  const noon = new Date(moment.getFullYear(), moment.getMonth(), moment.getDate(), 12);
  return dayOf(new Date(noon.getTime() - ((noon.getDay() + 6) % 7) * DAY_MS));
}
