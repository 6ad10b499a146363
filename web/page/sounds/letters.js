// Which letters of an English word are which of its sounds: the cheapest way to lay the spelling along the
// sounds, by a small table of how each of them is written. It needs no other module, so that it can be asked for alone.

// Spellings of each sound, the letters of a digraph together. A doubled letter counts as the single one. A number
// behind one is what it costs, in tenths: it is taken where no other way is as cheap.
const SPELLINGS = table(`
ɑː a ar al au ear er o ah aa
æ a ai au
ʌ u o ou oo oe a e:2 i:3
ɔː o a or aw au al ough augh ore oor our oar ar aur oa ou awe ou're orps:5
eə air are ear ere eir heir ar aer ayer ai a e er ey're
aʊ ou ow ough au ao
ə a e i o u er or ar ure our re:1 ir ur yr ou io:1 ia:1 eo:1 eou ai y ea:5 ei ie:1 oi ough 're
ər er or ar ure our re ro:1 ir ur yr eur r:2 oar eer ear ier orr err arr urr irr 're
aɪ i y ie igh ye eigh uy ey eye ai is ui ay ais
ɜː er ir ur ear or our ere yr olo err urr irr eur
ɜːr er ir ur ear or our ere yr olo err urr irr eur
e e ea a ai ie u eo ay ei ae
ɛ e ea a ai ie u eo ay ei
ɚ er or ar ure our re ir ur
eɪ a ai ay ey ei eigh ea aigh au e et ee ae
ɪ i y e a ui u o ee:3 ie ai ei:2 ey ia ea:2 ou:5
ɪə ear eer ere ier eir ir er ea e ia ie io iu eo e're
iː e ee ea ie ei ey y i eo ay oe ae
ɒ o a au aw ou ow
oʊ o oa ow oe ou ough ew eau au oh owe:3
ɔɪ oi oy uoy
ʊ u oo ou o oul
ʊə oor our ure ur eur u ou eu ou're
uː oo u ue ui ew ou o oe ough wo eu ieu ewe:3
b b pb
tʃ ch tch t c ti ci
d d ed:2
ð th
dr dr ddr der
dz ds dz des d's de's
f f ph gh ft
ɡ g gh gu gue ckg
h h wh
dʒ j g dg d di gi
k k c ck ch q qu que cq kh cqu
l l ln:9
m m mb mn
n n kn gn pn mn dn
ŋ ng n ngue nd
p p ph gh:5
r r wr rh
s s c sc st ps sw ts
ʃ sh ti ci ce s si ch sci ssi t sch
t t ed:2 th pt bt ct tw
θ th
tr tr ter tor tar taur
ts ts tz zz z t's te's tes
v v f ph
w w wh u o
j y i:4 j
z z s x ss sc 's
ʒ s si g z zi ti
`);

// Letters that stand for several sounds at once.
const TOGETHER = table(`
k+s x xc cc
ɡ+z x
ɡ+ʒ x
k+ʃ x xi
t+s zz z
ɪ+z 's
ŋ+k ng:3
n+j gn n:3
j+uː u ew ue eu eau ui iew you ewe ueue
j+ʊ u
j+ə u iu eu
j+ər ure ur eur
j+ʊə u ure ur eur eu
j+ə+w u
ə+w u:2
w+ʌ o
w+ɒ oi
w+ɑː oi oir
ə+l le l:1
ə+m m
ə+n n
k+w qu cqu
ə+r r er
`);

const SILENT = { e: 0.4, h: 0.8, u: 0.9, g: 0.9, r: 0.9 }; // what a letter costs that is not heard
const OTHER_SILENT = 1.2;
const LONG_VOWEL = 0.01; // a letter: of "sion" the i belongs to the consonant
const UNLISTED_VOWEL = 1.5; // another vowel's letter for a vowel
const UNLISTED = 3;
const UNWRITTEN = { "ə": 1, j: 1, r: 1.5 }; // what a sound costs that has no letters
const OTHER_UNWRITTEN = 2;
const TOGETHER_COST = 0.3; // of letters for several sounds at once: one by one is better
const MOST = 0.75; // of costs a sound: more means that the word is not said as it is written ("25", "Mrs")
const LEAST = 1; // of what a word may cost, however short it is
const VOWEL = /^[aeiouæɑɒɔəɜɛɪʊʌɚ]/;
const VOWELS = new Set("aeiouy");

/**
 * Of each sound (IPA) of a word the letters, as [from, to) in `word`; null for a sound that has none of its own.
 * Null where spelling and sounds do not belong together.
 */
export function lettersOf(word, sounds) {
  const signs = plainSigns(word);
  if (!sounds.length || !signs.length || /\d/.test(word)) return null;
  const way = cheapest(signs.map(({ letter }) => letter).join(""), sounds);
  if (!way || way.cost > Math.max(LEAST, MOST * sounds.length)) return null;
  return way.spans.map((span) => span && [signs[span[0]].from, signs[span[1] - 1].to]);
}

/** The letters of a word in small ones without accents, and where they stand. */
function plainSigns(word) {
  const signs = [];
  let from = 0;
  for (const sign of word) {
    const letter = sign.normalize("NFD")[0].toLowerCase().replace("’", "'");
    if (/[a-z']/.test(letter)) signs.push({ letter, from, to: from + sign.length });
    from += sign.length;
  }
  return signs;
}

function cheapest(letters, sounds) {
  // best[n]: the cheapest way to have said n sounds by the letters so far, by the number of letters
  const best = Array.from({ length: letters.length + 1 }, () => Array(sounds.length + 1).fill(null));
  best[0][0] = { cost: 0, spans: [] };
  for (let at = 0; at <= letters.length; at += 1) {
    for (let said = 0; said <= sounds.length; said += 1) {
      const here = best[at][said];
      if (!here) continue;
      for (const { taken, said: more, cost, spans } of steps(letters, at, sounds, said)) {
        const there = best[at + taken][said + more];
        if (!there || here.cost + cost < there.cost) best[at + taken][said + more] = { cost: here.cost + cost, spans: [...here.spans, ...spans] };
      }
    }
  }
  return best[letters.length][sounds.length];
}

/** What may come next: letters taken, sounds said, its cost, and the letters of those sounds. */
function* steps(letters, at, sounds, said) {
  const sound = sounds[said];
  if (at < letters.length) yield { taken: 1, said: 0, cost: letters[at] === "'" ? 0 : SILENT[letters[at]] ?? OTHER_SILENT, spans: [] };
  if (sound === undefined) return;
  yield { taken: 0, said: 1, cost: UNWRITTEN[sound] ?? OTHER_UNWRITTEN, spans: [null] };
  if (at === letters.length) return;
  const isVowel = VOWEL.test(sound);
  for (const { taken, cost } of fits(SPELLINGS.get(sound), letters, at, !isVowel)) {
    yield { taken, said: 1, cost: cost + (isVowel ? LONG_VOWEL * taken : 0), spans: [[at, at + taken]] };
  }
  for (const more of [2, 3]) {
    for (const { taken, cost } of fits(TOGETHER.get(sounds.slice(said, said + more).join("+")), letters, at, !isVowel)) {
      yield { taken, said: more, cost: cost + TOGETHER_COST, spans: Array(more).fill([at, at + taken]) };
    }
  }
  if (isVowel === VOWELS.has(letters[at])) yield { taken: 1, said: 1, cost: isVowel ? UNLISTED_VOWEL : UNLISTED, spans: [[at, at + 1]] };
}

/** How many letters each fitting spelling takes, and its own cost; a consonant may be written twice. */
function* fits(spellings, letters, at, isConsonant) {
  for (const { spelling, cost } of spellings ?? []) {
    if (letters.startsWith(spelling, at)) yield { taken: spelling.length, cost };
    if (isConsonant && letters.startsWith(spelling[0] + spelling, at)) yield { taken: spelling.length + 1, cost };
  }
}

function table(text) {
  return new Map(text.trim().split("\n").map((line) => line.split(" ")).map(([sound, ...spellings]) => [sound, spellings.map(costly)]));
}

function costly(written) {
  const [spelling, tenths = 0] = written.split(":");
  return { spelling, cost: tenths / 10 };
}
