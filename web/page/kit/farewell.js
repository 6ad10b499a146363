// A word that outlives the page: it is said once, by the page that is loaded next.

const KEY = "voice-tutor-farewell";

/** Loads the page anew, which then says the text of `key`. */
export function leaveSaying(key) {
  try {
    sessionStorage.setItem(KEY, key);
  } catch { /* without storage the new page says nothing */ }
  location.reload();
}

/** The key that the page before has left, or null. */
export function takeFarewell() {
  try {
    const key = sessionStorage.getItem(KEY);
    sessionStorage.removeItem(KEY);
    return key;
  } catch {
    return null;
  }
}
