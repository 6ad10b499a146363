// What the page says, in the interface's language: i18n/CODE.json. A key may hold plural forms.

import { directionOf } from "./direction.js";

const FALLBACK = "en";

let texts = {};
let plurals = new Intl.PluralRules(FALLBACK);
let code = FALLBACK;

export const interfaceLanguage = () => code;

/** Loads the texts: what the address asks for, what was chosen last, or what the browser prefers. */
export async function loadTexts(available, chosen) {
  const asked = new URLSearchParams(location.search).get("lang");
  const wishes = [asked, chosen, ...navigator.languages].filter(Boolean).map((tag) => tag.split("-")[0]);
  code = wishes.find((wish) => available.includes(wish)) ?? FALLBACK;
  texts = await (await fetch(`/static/i18n/${code}.json`)).json();
  plurals = new Intl.PluralRules(code);
  document.documentElement.lang = code;
  document.documentElement.dir = directionOf(code);
}

/** The text of a key, its {places} filled; `count` chooses the plural form. */
export function t(key, values = {}) {
  const text = texts[key] ?? key;
  const form = typeof text === "string" ? text : text[plurals.select(values.count)] ?? text.other;
  return form.replace(/\{(\w+)\}/g, (_, name) => isolated(values[name] ?? ""));
}

/** In a language that is written from the right, a word that may be of another one, with its signs kept at it. */
const isolated = (value) => (directionOf(code) === "rtl" && /\p{L}/u.test(value) ? `\u2068${value}\u2069` : value);

export const has = (key) => key in texts;

/** Fills every element that names its text. */
export function translate(root = document) {
  for (const element of root.querySelectorAll("[data-i18n]")) element.textContent = t(element.dataset.i18n);
  for (const element of root.querySelectorAll("[data-i18n-label]")) {
    element.setAttribute("aria-label", t(element.dataset.i18nLabel));
  }
  for (const element of root.querySelectorAll("[data-i18n-placeholder]")) {
    element.placeholder = t(element.dataset.i18nPlaceholder);
  }
}

export const languageName = (tag) =>
  tag === "auto" ? t("auto") : capital(new Intl.DisplayNames([code], { type: "language" }).of(tag));

const capital = (text) => text.charAt(0).toLocaleUpperCase(code) + text.slice(1);

// The texts have the digits 0 to 9, in every language.
const digits = () => `${code}-u-nu-latn`;

export const number = (value, most = 0) =>
  new Intl.NumberFormat(digits(), { maximumFractionDigits: most }).format(value);

/** Several things in a row. */
export const enumerated = (things) => new Intl.ListFormat(code, { style: "narrow" }).format(things);

/** A time of day. */
export const clock = (moment) => new Intl.DateTimeFormat(digits(), { timeStyle: "short" }).format(moment);

/** A day. */
export const day = (moment) => new Intl.DateTimeFormat(digits(), { dateStyle: "medium" }).format(moment);

/** The week that begins on a day such as 2026-03-09. */
export const week = (monday) => t("week.of", { day: day(new Date(`${monday}T12:00`)) });

/** A day with its time. */
export const dateTime = (moment) =>
  new Intl.DateTimeFormat(digits(), { dateStyle: "medium", timeStyle: "short" }).format(moment);
