// Waiting before another try: "full jitter", which spreads the clients of a server that comes back
// (AWS Architecture Blog, "Exponential Backoff And Jitter", 2015).

const BASE_MS = 500;
const LONGEST_MS = 10_000;

/** Milliseconds before try number `attempt` (0, 1, …), anywhere between 0 and a growing bound. */
export function fullJitter(attempt, random = Math.random) {
  return Math.round(random() * Math.min(LONGEST_MS, BASE_MS * 2 ** attempt));
}
