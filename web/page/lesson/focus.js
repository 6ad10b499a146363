// What an exercise is good for, as far as the learner can read it.

const SOUND = /\/[^/\s]+\//g;

/**
 * The focus as a teacher wrote it where the interface speaks the language of the exercise; elsewhere
 * the sounds in it, which every language shows alike; null where that leaves nothing.
 */
export function readableFocus(focus, language, interfaceLanguage) {
  if (!focus) return null;
  if (language.split("-")[0] === interfaceLanguage) return focus;
  return focus.match(SOUND)?.join(", ") ?? null;
}
