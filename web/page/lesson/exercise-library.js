// The server's exercises, as what a session practises.

const cache = new Map(); // query → the promise of its items

/** The exercises of a language and level; null when the server cannot be asked. */
export async function loadItems(language, level) {
  return ask(new URLSearchParams({ language, ...(level ? { level } : {}) }));
}

/** Asks for what will be shown first, while the page still waits for its texts. */
export function foresee(language, level) {
  loadItems(language, level);
}

/** The exercise with this id; undefined when there is none, null when the server cannot be asked. */
export async function loadItem(id) {
  const items = await ask(new URLSearchParams({ id }));
  return items && items.find((item) => item.id === id);
}

async function ask(query) {
  const key = String(query);
  if (!cache.has(key)) cache.set(key, fetched(query));
  const items = await cache.get(key);
  if (!items) cache.delete(key); // asked again next time
  return items;
}

async function fetched(query) {
  const items = await fetch(`/v1/exercises?${query}`).then((answer) => (answer.ok ? answer.json() : null)).catch(() => null);
  return items && items.map(fromItem);
}

/** {id, kind, language, level, exercise (of the protocol), prompt, lines, focus} */
function fromItem({ id, type, language, level, text, words, lines, focus }) {
  const shapes = {
    read_aloud: () => ["read_aloud", text, text],
    minimal_pair: () => ["read_aloud", `${words.join(", ")}. ${text}`, `${words.join(", ")}. ${text}`],
    dialogue: () => ["dialogue", lines.filter((_, index) => index % 2).join(" "), lines[0]],
    free: () => ["free", null, text],
  };
  const [exerciseType, spoken, prompt] = shapes[type]();
  const exercise = { type: exerciseType, ...(spoken ? { text: spoken } : {}), level, id };
  return { id, kind: type, language, level, exercise, prompt, lines, focus };
}
