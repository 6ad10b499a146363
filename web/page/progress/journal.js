// What a guest has practised, kept in this browser (IndexedDB), in the shape in which an account keeps it.

const NAME = "voice-tutor";
const SHELF = "sessions";
const MOST_SESSIONS = 300;
const PIECE_BYTES = 40_000; // of one request that hands over; the server takes 64 KiB
const PIECE_UTTERANCES = 10;

export class Journal {
  #shelf;
  #age = 0; // what began before all was let go of is kept no more

  /** `shelf`: {all(), put(session), remove(id), clear()}, each a promise. */
  constructor(shelf = new Shelf()) {
    this.#shelf = shelf;
  }

  /**
   * A session begins; it is kept once something was said in it. Its `add(utterance)` takes one with all that is
   * told of it, {name, text, language, start_ms, end_ms, words, scores, reply}; the same one again replaces it.
   */
  begin({ language, exercise }, now = new Date()) {
    const age = this.#age;
    const session = { id: `guest-${now.getTime().toString(36)}`, language, exercise: { type: exercise.type }, started_at: now.toISOString(), audio_s: 0, spoken: [] };
    const add = async (utterance) => {
      if (age !== this.#age) return;
      const spoken = session.spoken.filter(({ name }) => name !== utterance.name);
      Object.assign(session, { spoken: [...spoken, utterance], audio_s: Math.max(session.audio_s, utterance.end_ms / 1000) });
      await this.#shelf.put(structuredClone(session)).catch(() => {}); // without storage it is not kept
    };
    return { add };
  }

  /** The sessions, the latest first. */
  async sessions() {
    const found = await this.#shelf.all().catch(() => []);
    return found.sort((one, other) => other.started_at.localeCompare(one.started_at));
  }

  /** Lets go of what is more than a browser should keep. */
  async trim() {
    for (const { id } of (await this.sessions()).slice(MOST_SESSIONS)) await this.#shelf.remove(id).catch(() => {});
  }

  /** Gives all of it to `send(session)`, piece by piece, and forgets what has arrived. Whether there was any.
   * One that is never taken keeps no other back. */
  async handOver(send) {
    const sessions = await this.sessions();
    let refused = null;
    for (const session of sessions) {
      try {
        for (const spoken of pieces(session.spoken)) await send({ ...session, type: session.exercise.type, exercise: undefined, spoken });
        await this.#shelf.remove(session.id);
      } catch (problem) {
        if (problem.code !== "invalid") throw problem;
        refused ??= problem;
      }
    }
    this.#age += 1;
    if (refused) throw refused;
    return sessions.length > 0;
  }

  /** Late answers of the session that goes on must not bring it back. */
  async clear() {
    this.#age += 1;
    await this.#shelf.clear().catch(() => {});
  }
}

/** Utterances in lists of which each fits into one request. */
export function pieces(spoken) {
  const lists = [[]];
  let bytes = 0;
  for (const utterance of spoken) {
    const size = new TextEncoder().encode(JSON.stringify(utterance)).length;
    if (lists.at(-1).length && (bytes + size > PIECE_BYTES || lists.at(-1).length >= PIECE_UTTERANCES)) {
      lists.push([]);
      bytes = 0;
    }
    lists.at(-1).push(utterance);
    bytes += size;
  }
  return lists;
}

class Shelf {
  #base = null; // a promise of the opened database

  all() {
    return this.#do("readonly", (shelf) => shelf.getAll());
  }

  put(session) {
    return this.#do("readwrite", (shelf) => shelf.put(session));
  }

  remove(id) {
    return this.#do("readwrite", (shelf) => shelf.delete(id));
  }

  clear() {
    return this.#do("readwrite", (shelf) => shelf.clear());
  }

  async #do(mode, ask) {
    const base = await (this.#base ??= opened());
    const transaction = base.transaction(SHELF, mode);
    return answered(ask(transaction.objectStore(SHELF)));
  }
}

function opened() {
  const asked = indexedDB.open(NAME, 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore(SHELF, { keyPath: "id" });
  return answered(asked);
}

const answered = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});
