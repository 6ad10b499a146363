// A lesson: eight exercises in an order that begins easily. Nothing here knows the page.

export const LENGTH = 8;
const EASY = 2; // of the lesson's sentences, the shortest ones of its level come first
const MOST_WORDS = 4; // of last time, in one exercise
const LEVELS = ["A1", "A2", "B1", "B2", "C1", "C2"];

/**
 * The exercises of a lesson. `items`: of one language and level, as the library gives them; `hello`: a
 * first sentence for newcomers, or null; `words`: that were hard last time, the hardest first; `done`:
 * the id that was practised last, by kind.
 */
export function planLesson({ items, hello = null, words = [], done = {} }) {
  const of = (kind) => behind(items.filter((item) => item.kind === kind), done[kind]);
  const [pairs, dialogues] = [of("minimal_pair"), of("dialogue")];
  const others = [words.length ? wordsAgain(words) : null, pairs[0], dialogues[0]].filter(Boolean);
  const room = LENGTH - (hello ? 1 : 0) - others.length;
  const sentences = of("read_aloud").slice(0, room).sort(byEase);
  const [easy, later] = [sentences.slice(0, EASY), sentences.slice(EASY)];
  const [again, pair, dialogue] = [others.find(({ kind }) => kind === "words"), pairs[0], dialogues[0]];
  const planned = [hello, ...easy, again, ...later.slice(0, 1), pair, ...later.slice(1), dialogue, ...pairs.slice(1)];
  return planned.filter(Boolean).slice(0, LENGTH).map(asPlanned);
}

/** Words as one exercise. */
export function wordsAgain(words) {
  const text = words.slice(0, MOST_WORDS).join(", ");
  return { kind: "words", exercise: { type: "read_aloud", text }, prompt: text, lines: [], focus: null };
}

/** The tutor proposes nothing: the lesson has its own order. */
const asPlanned = (item) => ({ ...item, exercise: { ...item.exercise, in_lesson: true } });

const byEase = (one, other) =>
  LEVELS.indexOf(one.level) - LEVELS.indexOf(other.level) || one.prompt.length - other.prompt.length;

/** The items that come after one, then those before it. */
function behind(items, id) {
  const at = 1 + items.findIndex((item) => item.id === id);
  return [...items.slice(at), ...items.slice(0, at)];
}
