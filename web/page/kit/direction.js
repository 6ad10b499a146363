// In which direction a language is written, and what that means for elements and arrow keys.

// The languages of Whisper that are written from right to left, and their nearest relatives.
const FROM_THE_RIGHT = new Set(["ar", "arz", "ckb", "dv", "fa", "he", "iw", "ps", "sd", "ug", "ur", "yi"]);

/** "rtl" or "ltr". */
export const directionOf = (tag) => (FROM_THE_RIGHT.has(tag.toLowerCase().split("-")[0]) ? "rtl" : "ltr");

/** The attributes of an element that shows a text of a language; "auto" is a language nobody knows yet. */
export const written = (tag) =>
  !tag || tag === "auto" ? { dir: "auto" } : { lang: tag, dir: directionOf(tag) };

/** How far a key goes in a row of words, or undefined: the arrows go where they point. */
export function stepOf(key, direction) {
  const forward = direction === "rtl" ? "ArrowLeft" : "ArrowRight";
  const back = direction === "rtl" ? "ArrowRight" : "ArrowLeft";
  return { [forward]: 1, [back]: -1, Home: -Infinity, End: Infinity }[key];
}
