// Where the history of sessions comes from: an account on the server, or this browser.
// A source has page(before) → {sessions, next}, session(id) → {spoken}, and audio(id, name) → Blob.

const PAGE = 10;

export const accountSource = (account) => ({
  page(before) {
    const query = new URLSearchParams({ limit: PAGE, ...(before && { before }) });
    return account.request("GET", `/v1/me/sessions?${query}`);
  },
  session: (id) => account.request("GET", `/v1/me/sessions/${id}`),
  audio: (id, name) => account.request("GET", `/v1/me/sessions/${id}/utterances/${name}/audio`, { read: "blob" }),
});

/** A guest's sessions have no recordings. */
export const guestSource = (journal) => ({
  async page(before) {
    const all = await journal.sessions();
    const from = before ? 1 + all.findIndex(({ id }) => id === before) : 0;
    const some = all.slice(from, from + PAGE);
    const sessions = some.map((session) => ({ ...session, utterances: session.spoken.length, scores: meansOf(session.spoken) }));
    return { sessions, next: from + PAGE < all.length ? some.at(-1).id : null };
  },
  session: async (id) => (await journal.sessions()).find((session) => session.id === id) ?? { spoken: [] },
});

function meansOf(spoken) {
  const mean = (values) => {
    const known = values.filter(Number.isFinite);
    return known.length ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
  };
  return {
    accuracy: mean(spoken.map(({ scores }) => scores.accuracy?.accuracy)),
    pronunciation: mean(spoken.map(({ scores }) => (scores.pronunciation?.calibrated ? scores.pronunciation.total : null))),
    fluency: mean(spoken.map(({ scores }) => scores.fluency?.score)),
  };
}
