// The server's exercises, as what a session practises.

const cache = new Map();

/** The exercises of a language and level; none when the server cannot be asked. */
export async function loadItems(language, level) {
  const query = new URLSearchParams({ language, ...(level ? { level } : {}) });
  const key = String(query);
  if (!cache.has(key)) {
    const items = await fetch(`/v1/exercises?${query}`).then((answer) => (answer.ok ? answer.json() : []), () => []);
    if (items.length) cache.set(key, items.map(fromItem));
    return cache.get(key) ?? [];
  }
  return cache.get(key);
}

/** {id, kind, exercise (of the protocol), prompt, lines, focus} */
function fromItem({ id, type, level, text, words, lines, focus }) {
  const shapes = {
    read_aloud: () => ["read_aloud", text, text],
    minimal_pair: () => ["read_aloud", `${words.join(", ")}. ${text}`, `${words.join(", ")}. ${text}`],
    dialogue: () => ["dialogue", lines.filter((_, index) => index % 2).join(" "), lines[0]],
    free: () => ["free", null, text],
  };
  const [exerciseType, spoken, prompt] = shapes[type]();
  const exercise = { type: exerciseType, ...(spoken ? { text: spoken } : {}), level, id };
  return { id, kind: type, exercise, prompt, lines, focus };
}
