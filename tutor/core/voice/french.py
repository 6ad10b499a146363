"""French words as a clause: what their sounds become beside each other.

The IPA is that of espeak-ng's `fr`, which voices were taught to read: stress stands before the last
vowel of a word that has a meaning of its own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

_TOKENS = re.compile(r"(?P<word>[^\W\d_]+(?:['-][^\W\d_]+)*'?)|(?P<pause>[,.!?;:\u2014])")
_PAUSES = {"\u2014": ","}

_VOWELS = "aeiouyøœɛɔəɑɐ"
_GLIDES = "jwɥ"

_ELIDED = {
    "l": "l", "d": "d", "j": "ʒ", "m": "m", "t": "t", "s": "s", "n": "n", "c": "s", "qu": "k",
    "jusqu": "ʒysk", "lorsqu": "lɔʁsk", "puisqu": "pɥisk", "quelqu": "kɛlk",
}  # fmt: skip
"""Words that have lost their vowel before an apostrophe."""

_UNSTRESSED = frozenset(
    "je tu il elle on nous vous ils elles me te se le la les un une des du de au aux ce cet "
    "cette ces mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs et ou mais que qui "
    "si en y à dans par pour sur avec sans est ne ni qu'est-ce est-ce".split()
)

_JOINED = frozenset(
    "les des ces mes tes ses nos vos aux un mon ton son nous vous ils elles on en dans sans chez "
    "sous très plus moins bien deux trois six dix vingt cent est sont ont quand petit petits "
    "petites grand grands grandes gros premier dernier leurs quelques plusieurs tout aucun "
    "certains autres quels quelles suis êtes sommes étaient était avait avaient font vont".split()
)
"""Words whose last letter is heard before a vowel."""

_JOINING = {"s": "z", "x": "z", "z": "z", "d": "t", "t": "t", "n": "n", "r": "ʁ"}

_ASPIRATE = (
    "hach hall halt hamac hamburger hamster hanch handi hangar hareng harpe haricot hasard haut "
    "hausse hérisson hernie héron héros hibou hiérarch hip hobby hockey holland homard hongr honte "
    "hoquet hors housse hublot huit hurl onze oui ouistiti yaourt yacht yoga week"
).split()
"""How words begin before which nothing is joined or elided, though they begin with a vowel."""

ODD = {
    "ne": "nə", "ce": "sə", "bus": "bys", "gens": "ʒɑ̃", "pull": "pyl", "week-end": "wikɛnd",
    "weekend": "wikɛnd", "mr": "məsjø", "st": "sɛ̃", "km": "kilɔmɛtʁ", "cm": "sɑ̃timɛtʁ",
    "tv": "teve",
    "ok": "ɔkɛ", "sms": "ɛsɛmɛs", "wifi": "wifi", "retrouve": "ʁətʁuv", "internet": "ɛ̃tɛʁnɛt",
}  # fmt: skip
"""Words that a lexicon of written French takes for something else, and words from elsewhere."""

Sounds = Callable[[str], str]
"""The IPA of a word by itself, in small letters."""


def french_ipa(text: str, sounds: Sounds) -> str:
    """A clause, its numbers and signs in words, as IPA with its punctuation.

    `sounds`: of a word by itself, or of two with a hyphen or an apostrophe between.
    """
    plain = unicodedata.normalize("NFC", text.lower()).replace("\u2019", "'")
    tokens = [(token["word"] or "", token["pause"] or "") for token in _TOKENS.finditer(plain)]
    said = [sounds(word) if word else "" for word, _ in tokens]
    out: list[str] = []
    for at, (word, pause) in enumerate(tokens):
        if pause:
            out.append(_PAUSES.get(pause, pause))
            continue
        behind = at + 1 < len(tokens)
        follows = (tokens[at + 1][0], said[at + 1]) if behind else ("", "")
        joined = _joined(word, said[at], *follows)
        out.append(f" {joined if word in _UNSTRESSED else stressed(joined)}")
    return "".join(out).strip()


def elided(word: str) -> tuple[str, str] | None:
    """The sounds of what stands before a word's apostrophe, and the word behind it."""
    before, mark, behind = word.partition("'")
    return (_ELIDED[before], behind) if mark and before in _ELIDED else None


def stressed(ipa: str) -> str:
    """A word with its stress: before the last vowel that is no schwa."""
    last = max((at for at, sign in enumerate(ipa) if sign in _VOWELS and sign != "ə"), default=-1)
    return ipa if last < 0 else f"{ipa[:last]}ˈ{ipa[last:]}"


def _joined(word: str, ipa: str, following: str, following_ipa: str) -> str:
    """A word with the consonant with which it is joined to the next one, if it is."""
    if word.endswith("neuf") and following in ("heures", "ans"):
        return f"{ipa[:-1]}v"
    if word.rsplit("-")[-1] not in _JOINED or not _begins_with_vowel(following, following_ipa):
        return ipa
    sound = _JOINING.get(word[-1], "")
    return ipa if ipa.endswith(sound) else ipa + sound


def _begins_with_vowel(word: str, ipa: str) -> bool:
    if not ipa or word.startswith(tuple(_ASPIRATE)):
        return False
    return ipa[0] in _VOWELS or (ipa[0] in _GLIDES and word[0] in "aeiouhéèêïîœ")
