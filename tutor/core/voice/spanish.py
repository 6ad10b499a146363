"""Spanish text as IPA: its spelling tells the sounds, and where the stress is.

The IPA is that of espeak-ng's `es` (Castilian), which voices were taught to read: stress stands
before its vowel, B D G are β ð ɣ where the breath flows, vowels that glide are `j w` before another
vowel and `ɪ ʊ` behind it.
"""

from __future__ import annotations

import re
import unicodedata

_VOWELS = frozenset("aeiouáéíóúüï")
_STRONG = frozenset("aeoáéíóú")
_ACCENTED = {"á": "a", "é": "e", "í": "i", "ó": "o", "ú": "u", "ï": "i"}

_UNSTRESSED = frozenset(
    "a al con de del desde e el en la las le les lo los mi mis me ni nos o os para pero por que se "
    "si sin su sus te tu tus u y como cuando donde aunque porque".split()
)
"""Words that bear no stress in a sentence."""

_SPELLINGS: tuple[tuple[str, str], ...] = (
    # What is written at a place, and its sounds; the first that fits.
    (r"ch", "tʃ"), (r"ll", "ʎ"), (r"rr", "r"), (r"qu(?=[eiéí])", "k"), (r"q", "k"),
    (r"gu(?=[eiéí])", "ɡ"), (r"g(?=[eiéí])", "x"), (r"g", "ɡ"), (r"j", "x"),
    (r"sc(?=[eiéí])", "sθ"), (r"cc(?=[eiéí])", "kθ"), (r"c(?=[eiéí])", "θ"), (r"c", "k"),
    (r"z", "θ"), (r"ñ", "ɲ"), (r"^ps(?=[aeiouáéíóú])", "s"), (r"^x", "s"), (r"x", "ks"),
    (r"ph", "f"), (r"h", ""), (r"^r", "r"), (r"(?<=[lns])r", "r"), (r"r", "ɾ"), (r"v", "b"),
    (r"w", "w"), (r"^y$", "i"), (r"(?<=[aeo])y$", "ɪ"), (r"(?<=u)y$", "j"),
    (r"y(?![aeiouáéíóú])", "i"), (r"y", "ʝ"), (r"[bdfklmnpst]", r"\g<0>"),
)  # fmt: skip

_PATTERNS = tuple((re.compile(written), sounds) for written, sounds in _SPELLINGS)

_ODD = {
    "méxico": "méjico", "mexicano": "mejicano", "mexicana": "mejicana", "mexicanos": "mejicanos",
    "mexicanas": "mejicanas", "texas": "tejas", "oaxaca": "oajaca", "jazz": "yas", "pizza": "pitsa",
    "hobby": "jobi", "internet": "internét", "wifi": "uifi", "web": "ueb",
}  # fmt: skip
"""Words whose spelling tells something else, as they would be spelled."""

_LETTERS = {
    "b": "be", "c": "ce", "d": "de", "f": "efe", "g": "ge", "h": "hache", "j": "jota", "k": "ka",
    "l": "ele", "m": "eme", "n": "ene", "ñ": "eñe", "p": "pe", "q": "cu", "r": "erre", "s": "ese",
    "t": "te", "v": "uve", "w": "uvedoble", "x": "equis", "z": "ceta",
}  # fmt: skip
"""Letters by themselves, as their names are spelled."""

_SOFT = {"b": "β", "d": "ð", "ɡ": "ɣ"}
_NASALS = {"ɡ": "ŋ", "k": "ŋ", "x": "ŋ", "b": "m", "p": "m", "f": "m"}
"""What N is before a consonant."""

_GLIDES_BEFORE = {"i": "j", "u": "w"}
_GLIDES_BEHIND = {"i": "ɪ", "u": "ʊ"}

_TOKENS = re.compile(r"(?P<word>[^\W\d_]+)|(?P<pause>[,.!?;:\u2014])")
_PAUSES = {"\u2014": ","}

Sound = tuple[str, bool]
"""A sound, and whether it is a vowel that makes a syllable of its own."""


def spanish_ipa(text: str) -> str:
    """A clause, its numbers and signs in words, as IPA with its punctuation."""
    out: list[str] = []
    before = ""
    for token in _TOKENS.finditer(unicodedata.normalize("NFC", text.lower())):
        if pause := token["pause"]:
            out.append(_PAUSES.get(pause, pause))
            before = ""
            continue
        said = word_ipa(token["word"], before)
        if said:
            out.append(f" {said}")
            before = said
    return "".join(out).strip()


def word_ipa(word: str, before: str = "") -> str:
    """A word in small letters as IPA; `before`: that of the word before it, empty after a pause."""
    written = _LETTERS.get(word) or _ODD.get(word, word)
    sounds = _sounds(written)
    stressed = None if word in _UNSTRESSED else _stressed(written, sounds)
    return _spelled(sounds, stressed, before)


def _sounds(word: str) -> list[Sound]:
    """The sounds of a word, in which an accented vowel is still written so."""
    out: list[Sound] = []
    at = 0
    while at < len(word):
        if word[at] in _VOWELS:
            out.append((word[at].replace("ü", "u"), True))
            at += 1
            continue
        found = next(((p.match(word, at), s) for p, s in _PATTERNS if p.match(word, at)), None)
        if found is None or (match := found[0]) is None:
            at += 1
            continue
        sounds = match.expand(found[1])
        vowel = sounds == "i"
        out += [(sounds, vowel)] if sounds else []
        at = match.end()
    return _glided(out)


def _glided(sounds: list[Sound]) -> list[Sound]:
    """Sounds in which a weak vowel beside another is a glide."""
    out = list(sounds)
    for at, (sound, is_vowel) in enumerate(sounds):
        if not is_vowel or sound not in _GLIDES_BEFORE:
            continue
        follows = at + 1 < len(sounds) and sounds[at + 1][1]
        leads = at > 0 and out[at - 1][1] and out[at - 1][0] in _STRONG
        if leads and not (follows and sounds[at + 1][0] in _STRONG):
            out[at] = (_GLIDES_BEHIND[sound], False)
        elif follows and sounds[at + 1][0] != sound:
            out[at] = (_GLIDES_BEFORE[sound], False)
    return out


def _stressed(word: str, sounds: list[Sound]) -> int | None:
    """Which sound bears the stress: the accented one, or by how the word ends."""
    vowels = [at for at, (_, is_vowel) in enumerate(sounds) if is_vowel]
    if not vowels:
        return None
    for at in vowels:
        if sounds[at][0] in "áéíóú":
            return at
    # "-mente" keeps the stress of its adjective beside its own; the second one is enough.
    ends_open = word[-1] in "aeiouns" and not word.endswith(("ay", "ey", "oy", "uy"))
    return vowels[-2] if ends_open and len(vowels) > 1 else vowels[-1]


def _spelled(sounds: list[Sound], stressed: int | None, before: str) -> str:
    out = ""
    for at, (sound, _) in enumerate(sounds):
        plain = _ACCENTED.get(sound, sound)
        context = out or before
        if plain in _SOFT and _flows(plain, context):
            plain = _SOFT[plain]
        if plain == "n" and at + 1 < len(sounds):
            plain = _NASALS.get(sounds[at + 1][0], "n")
        out += f"ˈ{plain}" if at == stressed else plain
    return out


def _flows(stop: str, context: str) -> bool:
    """Whether a stop is soft behind what was said: not after a pause or a nasal, nor D after L."""
    if not context:
        return False
    return context[-1] not in ("mnɲŋl" if stop == "d" else "mnɲŋ")
