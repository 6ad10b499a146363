// The address of what is shown, behind the page's #: back, bookmarks, links and QR codes work by it.
// `#/PLACE/…`: a place of the page, such as `#/progress`. What is practised:
// `#/practise/ID`: an exercise of the library; `#/practise/shadow/ID`: repeated after a voice;
// `#/practise/lesson`: a lesson of several exercises; `#/practise/own`: a text of one's own; `#/practise`: something that has no address, such as words to
// say again; `#/talk/ID`: a question to talk about; `#/talk`: what comes next there.

const WITHOUT_ID = new Set(["own", "lesson"]);

/** The address of {place?, kind?, id?}. */
export function addressOf({ place = "practise", kind, id }) {
  const begin = `#/${place}`;
  if (WITHOUT_ID.has(kind)) return `${begin}/${kind}`;
  if (!id) return begin;
  return kind === "shadow" ? `${begin}/shadow/${encodeURIComponent(id)}` : `${begin}/${encodeURIComponent(id)}`;
}

/** What an address means: {place, kind?, id?}; null where it names nothing. */
export function read(hash) {
  if (!hash.startsWith("#/")) return null;
  const [place, ...parts] = hash.slice(2).split("/").filter(Boolean).map(decoded);
  if (!place) return null;
  if (place === "practise" && parts.length === 1 && WITHOUT_ID.has(parts[0])) return { place, kind: parts[0] };
  if (place === "practise" && parts.length === 2 && parts[0] === "shadow") return { place, kind: "shadow", id: parts[1] };
  if (parts.length > 1) return null;
  return parts.length ? { place, id: parts[0] } : { place };
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // half a sign: it names no exercise, and breaks nothing
  }
}
