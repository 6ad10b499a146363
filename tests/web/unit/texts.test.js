import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";
import { directionOf } from "../../../web/page/kit/direction.js";
import { loadTexts, t } from "../../../web/page/kit/texts.js";
import { drawMouth, hasMouth } from "../../../web/page/sounds/mouth.js";

const WEB = new URL("../../../web/", import.meta.url);
const read = (name) => readFile(new URL(name, WEB), "utf8");
const texts = (code) => read(`i18n/${code}.json`).then(JSON.parse);
const codes = (await readdir(new URL("i18n/", WEB))).map((name) => name.replace(".json", ""));
const english = await texts("en");

const forms = (text) => (typeof text === "string" ? [text] : Object.values(text));
const places = (text) => new Set(forms(text).flatMap((form) => [...form.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)));

for (const code of codes) {
  test(`${code}: every text is there, and no other`, async () => {
    assert.deepEqual(Object.keys(await texts(code)).sort(), Object.keys(english).sort());
  });

  test(`${code}: a text has the places that the English one has`, async () => {
    for (const [key, text] of Object.entries(await texts(code))) {
      const unknown = [...places(text)].filter((name) => name !== "count" && !places(english[key]).has(name));
      assert.deepEqual(unknown, [], key);
    }
  });

  test(`${code}: plural forms are those of the language`, async () => {
    const known = new Set(new Intl.PluralRules(code).resolvedOptions().pluralCategories);
    for (const [key, text] of Object.entries(await texts(code))) {
      if (typeof text === "string") continue;
      assert.ok("other" in text, key);
      assert.deepEqual(Object.keys(text).filter((form) => !known.has(form)), [], key);
      const needed = [1, 2, 5, 11, 21].map((count) => new Intl.PluralRules(code).select(count));
      assert.deepEqual(needed.filter((form) => !(form in text)), [], key);
    }
  });

  test(`${code}: foreign words keep their signs at them where the line runs from the right`, async () => {
    if (directionOf(code) !== "rtl") return;
    for (const [key, text] of Object.entries(await texts(code))) {
      for (const form of forms(text)) {
        assert.doesNotMatch(form.replace(/\{\w+\}/g, "").replace(/\u2068[^\u2068\u2069]+\u2069/g, ""), /[A-Za-z\u2068\u2069]/, key);
        assert.doesNotMatch(form, /[“”‘’"]/, `${key}: quotes of its own, which are mirrored`);
      }
    }
  });
}

test("every text that the page names exists", async () => {
  const files = (await readdir(WEB, { recursive: true })).filter((name) => /\.(js|html)$/.test(name));
  const named = (await Promise.all(files.map(read))).flatMap((source) => [
    ...[...source.matchAll(/\bt\("([\w.]+)"/g)].map(([, key]) => key),
    ...[...source.matchAll(/data-i18n(?:-label|-placeholder)?="([\w.]+)"/g)].map(([, key]) => key),
    ...[...source.matchAll(/\brow\("([\w.]+)"/g)].map(([, key]) => key),
  ]);
  assert.ok(named.length > 60, String(named.length));
  assert.deepEqual([...new Set(named)].filter((key) => !(key in english)), []);
});

test("every text is named somewhere: no translator works for nothing", async () => {
  const files = (await readdir(WEB, { recursive: true })).filter((name) => /\.(js|html)$/.test(name));
  const sources = (await Promise.all(files.map(read))).join("\n");
  const quoted = new Set([...sources.matchAll(/(?<=["'`])([^"'`\s]+)(?=["'`])/g)].map(([, key]) => key));
  const beginnings = [...sources.matchAll(/`([a-z][\w.]*\.)\$\{/g)].map(([, beginning]) => beginning);
  const reasons = [...sources.matchAll(/because\(["`]([\w.]+)/g)].map(([, name]) => `why.${name}`);
  const isNamed = (key) => quoted.has(key) || reasons.some((name) => key === name || (name.endsWith(".") && key.startsWith(name)));
  const server = [await read("sdk/protocol.json"), await pythonOf("accounts"), await pythonOf("http"), await pythonOf("sql"), await pythonOf("cli")].join("\n");
  const errors = ["NotAllowedError", "NotFoundError", "NotReadableError", "AbortError"]; // a browser's own
  const isCase = (key) => beginnings.some((beginning) => key.startsWith(beginning) && (errors.includes(key.slice(beginning.length)) || isWord(key.slice(beginning.length), sources + server)));
  const told = ["name"]; // the server lists the page's languages by it: /v1/interfaces
  assert.deepEqual(Object.keys(english).filter((key) => !told.includes(key) && !isNamed(key) && !isCase(key)), []);
});

/** Whether a word stands in sources as a text of its own, or as the name of a field. */
const isWord = (word, sources) => new RegExp(`["'\`]${word.replaceAll(".", "\\.")}["'\`]|[\\s{,]${word.replaceAll(".", "\\.")}[:,\\s}]`).test(sources);

/** The Python sources of the rooms of a name. */
async function pythonOf(room) {
  const tutor = new URL("../../../tutor/", import.meta.url);
  const files = (await readdir(tutor, { recursive: true })).filter((name) => name.endsWith(".py") && name.split("/").includes(room));
  return (await Promise.all(files.map((name) => readFile(new URL(name, tutor), "utf8")))).join("\n");
}

test("a foreign word in a line that runs from the right is kept apart from its signs, a number is not", async () => {
  globalThis.location = { search: "?lang=ar" };
  globalThis.document = { documentElement: {} };
  Object.defineProperty(globalThis, "navigator", { value: { languages: [] }, configurable: true });
  globalThis.fetch = async () => ({ json: () => texts(new URLSearchParams(location.search).get("lang")) });
  await loadTexts(codes, null);
  assert.equal(t("retry.word", { word: "weather" }), "قل «\u2068weather\u2069»");
  assert.equal(t("band.substituted", { heard: "day." }), "سُمعت كلمة أخرى: \u2068day.\u2069");
  assert.equal(t("of.100", { score: 82 }), "82 من 100");
  assert.equal(t("why.stops", { count: 1 }), "توقف واحد");
  location.search = "?lang=de";
  await loadTexts(codes, null);
  assert.equal(t("retry.word", { word: "weather" }), "„weather“ sagen");
  assert.deepEqual([1, 2].map((count) => t("why.stops", { count })), ["einmal gestockt", "2-mal gestockt"]);
});

test("every reason for a missing score, and every mark, has its words", async () => {
  const protocol = JSON.parse(await read("sdk/protocol.json"));
  const { reason } = protocol.components.schemas.FeedbackPronunciation.properties;
  const reasons = reason.anyOf.find((kind) => kind.enum).enum;
  const bands = ["good", "fair", "weak", "below", "omitted", "moved", "substituted", "doubtful", "inserted"];
  const keys = [...reasons.map((name) => `reason.${name}`), ...bands.flatMap((name) => [`band.${name}`, `legend.${name}`])];
  assert.deepEqual(keys.filter((key) => !(key in english)), []);
});

test("for every English sound that is scored it is told how it is made", async () => {
  const source = await readFile(new URL("../../../tutor/adapters/feedback/phones.py", import.meta.url), "utf8");
  const table = source.slice(source.indexOf("IPA = {"), source.indexOf("}", source.indexOf("IPA = {")));
  const sounds = [...table.matchAll(/"[A-Z]+": "([^"]+)"/g)].map(([, ipa]) => ipa);
  assert.ok(sounds.length > 40, String(sounds.length));
  assert.deepEqual(sounds.filter((ipa) => !(`sound.${ipa}` in english)), []);
  assert.deepEqual(sounds.filter((ipa) => !hasMouth(ipa)), [], "and shown");
});

test("the picture of every sound is its own, and all of its lines can be drawn", () => {
  const svg = (name, attributes, ...children) => `<${name} ${Object.entries(attributes).map(([key, value]) => `${key}="${value}"`).join(" ")}>${children.filter(Boolean).join("")}`;
  const sounds = Object.keys(english).filter((key) => key.startsWith("sound.")).map((key) => key.slice("sound.".length));
  const drawn = new Map(sounds.map((ipa) => [ipa, drawMouth(ipa, svg, "")]));
  for (const [ipa, picture] of drawn) assert.doesNotMatch(picture, /NaN|undefined|null|Infinity/, ipa);
  const groups = new Map();
  for (const [ipa, picture] of drawn) groups.set(picture, [...(groups.get(picture) ?? []), ipa]);
  const alike = [...groups.values()].filter((group) => group.length > 1).map((group) => group.sort().join(" "));
  // The mouth does the same in these: they differ in length, and in when the voice begins.
  assert.deepEqual(alike.sort(), ["dr tr", "r ər ɜːr"]);
});

test("every reason of a number has its words", () => {
  const names = ["words", "words.all", "doubtful", "sounds.good", "sounds.fair", "sounds.weak", "stops", "flow", "melody"];
  assert.deepEqual(names.filter((name) => !(`why.${name}` in english)), []);
});
