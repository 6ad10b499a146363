"""English sounds as a voice was taught to read them: CMUdict's ARPAbet in the IPA of `en-us`.

Piper's voices learnt from texts that espeak-ng had put into IPA; theirs is the spelling here:
stress stands before its vowel, R is ɹ, a weak R-coloured vowel ɚ.
"""

from __future__ import annotations

from collections.abc import Sequence

_VOWELS = {
    "AA": "ɑː", "AE": "æ", "AH": "ʌ", "AO": "ɔː", "AW": "aʊ", "AY": "aɪ", "EH": "ɛ", "ER": "ɜː",
    "EY": "eɪ", "IH": "ɪ", "IY": "iː", "OW": "oʊ", "OY": "ɔɪ", "UH": "ʊ", "UW": "uː",
}  # fmt: skip

_WEAK = {"AH": "ə", "ER": "ɚ", "IY": "i"}
"""Vowels that are others where they bear no stress."""

_CONSONANTS = {
    "B": "b", "CH": "tʃ", "D": "d", "DH": "ð", "F": "f", "G": "ɡ", "HH": "h", "JH": "dʒ",
    "K": "k", "L": "l", "M": "m", "N": "n", "NG": "ŋ", "P": "p", "R": "ɹ", "S": "s", "SH": "ʃ",
    "T": "t", "TH": "θ", "V": "v", "W": "w", "Y": "j", "Z": "z", "ZH": "ʒ",
}  # fmt: skip

_STRESS = {"1": "ˈ", "2": "ˌ"}

_UNSTRESSED = frozenset(
    "a an and are as at be been but by can could did do does for from had has have he her him his "
    "i if in is it its me my of on or our she should so than that the their them then there they "
    "this to us was we were will with would you your i'm i've i'll it's he's she's we're they're "
    "you're that's there's".split()
)
"""Words that bear no stress in a sentence."""

_ALWAYS_WEAK = frozenset("it me him her them us".split())
"""Those that bear none at the end of a clause, either."""

_BEFORE_VOWEL = {"the": "ðɪ", "to": "tʊ"}
_BEFORE_CONSONANT = {"the": "ðə", "to": "tə"}

_READERS_IPA = (
    ("ɜːr", "ɜː"), ("ər", "ɚ"), ("eə", "ɛɹ"), ("ɪə", "ɪɹ"), ("ʊə", "ʊɹ"), ("ɒ", "ɑː"), ("əʊ", "oʊ"),
    ("eɪ", "\0"), ("e", "ɛ"), ("\0", "eɪ"), ("r", "ɹ"), ("g", "ɡ"), ("'", "ˈ"),
)  # fmt: skip
"""The IPA of dictionaries for readers, and what `en-us` has for it."""


def word_ipa(word: str, arpabet: Sequence[str], following: str = "") -> str:
    """An English word in the IPA of `en-us`.

    Args:
        word: The word in lower case: some are weak in a sentence.
        arpabet: CMUdict's sounds with stress.
        following: The IPA of the next word; empty at the end of a clause.
    """
    if word in _BEFORE_VOWEL:
        return (_BEFORE_VOWEL if _begins_with_vowel(following) else _BEFORE_CONSONANT)[word]
    if word == "a":
        return "ɐ"
    weak = word in _ALWAYS_WEAK or (word in _UNSTRESSED and bool(following))
    return "".join(_sound_ipa(arpabet, at, weak=weak) for at in range(len(arpabet)))


def reader_ipa(ipa: str) -> str:
    """IPA as dictionaries print it ("θɪŋk", "eə") in the spelling of `en-us`."""
    for shown, spoken in _READERS_IPA:
        ipa = ipa.replace(shown, spoken)
    return ipa


def _sound_ipa(arpabet: Sequence[str], at: int, *, weak: bool) -> str:
    sound = arpabet[at]
    plain, stress = sound.rstrip("012"), sound[-1:]
    if plain in _CONSONANTS:
        return "ɾ" if plain == "T" and _is_flapped(arpabet, at) else _CONSONANTS[plain]
    if stress == "0":
        return _WEAK.get(plain, _VOWELS[plain])
    return ("" if weak else _STRESS.get(stress, "")) + _VOWELS[plain]


def _is_flapped(arpabet: Sequence[str], at: int) -> bool:
    """Whether a T is the soft one of "water": after a vowel or R, before a vowel without stress."""
    before = arpabet[at - 1] if at else ""
    behind = arpabet[at + 1] if at + 1 < len(arpabet) else ""
    return (before == "R" or before[-1:] in ("0", "1", "2")) and behind[-1:] == "0"


def _begins_with_vowel(ipa: str) -> bool:
    return ipa.lstrip("ˈˌ")[:1] in frozenset("ɑæʌɔaɛɜeɪiouʊəɚɐ") - {""}
