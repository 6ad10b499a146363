// The first thing that a newcomer says: it shows that the microphone works, and is judged already.

const SENTENCES = {
  en: "The weather is very nice today.",
  de: "Das Wetter ist heute sehr schön.",
  es: "Hoy hace muy buen tiempo.",
  fr: "Il fait très beau aujourd'hui.",
  ru: "Сегодня очень хорошая погода.",
};

/** The sentence as an exercise, or null for a language that has none here. */
export function helloIn(language, level) {
  const text = SENTENCES[language];
  if (!text) return null;
  const exercise = { type: "read_aloud", text, ...(level ? { level } : {}) };
  return { kind: "hello", exercise, prompt: text, lines: [], focus: null };
}
