// The server's conversations.

const cache = new Map(); // query → the promise of its scenarios

/** The conversations of a language, told in the learner's own where that is known; [] where there are none. */
export async function loadScenarios(language, native) {
  const query = new URLSearchParams({ language, native });
  const key = String(query);
  if (!cache.has(key)) cache.set(key, fetched(query));
  const found = await cache.get(key);
  if (!found) cache.delete(key); // asked again next time
  return found ?? [];
}

async function fetched(query) {
  const found = await fetch(`/v1/scenarios?${query}`).then((answer) => (answer.ok ? answer.json() : null)).catch(() => null);
  return Array.isArray(found) ? found : null;
}

/** The scenarios of a level first, then the others, each in the server's order. */
export const byLevel = (scenarios, level) =>
  [...scenarios].sort((one, other) => Number(other.levels.includes(level)) - Number(one.levels.includes(level)));
