// The best and the hardest sentence of a session.

/**
 * `sentences`: {text, score?} in the order of speech. {best, hardest}, or null where there are no two
 * that differ in the number that is shown.
 */
export function moments(sentences) {
  const scored = sentences.filter(({ score }) => score !== undefined);
  const sorted = [...scored].sort((one, other) => other.score - one.score);
  const [best, hardest] = [sorted[0], sorted.at(-1)];
  return scored.length > 1 && Math.round(best.score) > Math.round(hardest.score) ? { best, hardest } : null;
}
