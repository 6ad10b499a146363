// The address of what is practised, behind the page's #: back, bookmarks, links and QR codes work by it.
// `#/practise/ID`: an exercise of the library; `#/practise/shadow/ID`: repeated after a voice;
// `#/practise/own`: a text of one's own; `#/practise`: something that has no address, such as words to
// say again.

const PRACTISE = "#/practise";

/** The address of {kind, id}. */
export function addressOf({ kind, id }) {
  if (kind === "own") return `${PRACTISE}/own`;
  if (!id) return PRACTISE;
  return kind === "shadow" ? `${PRACTISE}/shadow/${encodeURIComponent(id)}` : `${PRACTISE}/${encodeURIComponent(id)}`;
}

/** What an address means: {kind?, id?}; null where it names nothing. */
export function read(hash) {
  if (hash !== PRACTISE && !hash.startsWith(`${PRACTISE}/`)) return null;
  const parts = hash.slice(PRACTISE.length).split("/").filter(Boolean).map(decoded);
  if (parts.length === 1 && parts[0] === "own") return { kind: "own" };
  if (parts.length === 2 && parts[0] === "shadow") return { kind: "shadow", id: parts[1] };
  return parts.length === 1 ? { id: parts[0] } : null;
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // half a sign: it names no exercise, and breaks nothing
  }
}
