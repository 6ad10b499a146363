"""English text as the IPA that a voice reads, out of the product's own lexicon and guesser."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from tutor.adapters.feedback.phones import English
from tutor.adapters.feedback.variants import load_homographs
from tutor.core.text.english import plain_apostrophes
from tutor.core.voice.sounds import reader_ipa, word_ipa

_TOKENS = re.compile(
    r"(?<![\w/])/(?P<ipa>[^/\s\d]{1,40})/(?!\w)"
    r"|(?P<word>[A-Za-z]+(?:'[A-Za-z]+)*'?)|(?P<pause>[,.!?;:\u2014])"
)
_PAUSES = {"\u2014": ","}

_LETTERS = {
    letter: sounds.split()
    for letter, sounds in {
        "a": "EY1", "b": "B IY1", "c": "S IY1", "d": "D IY1", "e": "IY1", "f": "EH1 F",
        "g": "JH IY1", "h": "EY1 CH", "i": "AY1", "j": "JH EY1", "k": "K EY1", "l": "EH1 L",
        "m": "EH1 M", "n": "EH1 N", "o": "OW1", "p": "P IY1", "q": "K Y UW1", "r": "AA1 R",
        "s": "EH1 S", "t": "T IY1", "u": "Y UW1", "v": "V IY1",
        "w": "D AH1 B AH0 L Y UW0", "x": "EH1 K S", "y": "W AY1", "z": "Z IY1",
    }.items()
}  # fmt: skip

_SPELLED = frozenset("AM PM US UK EU USA TV PC CD DVD ID IT OK UN AI GB MB KB PDF URL".split())
"""Capitals that are spelled out although the lexicon has such a word, or might guess one."""

_LONGEST_SPELLED = 5


class EnglishSounds:
    """Makes IPA of English text. Safe to share between threads."""

    def __init__(self, lexicon: English) -> None:
        self._lexicon = lexicon
        self._homographs = load_homographs()
        self._sounds = lru_cache(maxsize=8192)(lexicon.arpabet)

    def ipa(self, text: str) -> str:
        """A clause, its numbers and signs in words, as IPA with its punctuation.

        What is written between slashes (/θɪŋk/) is IPA already and is said as it stands.
        """
        plain = unicodedata.normalize("NFKC", plain_apostrophes(text))
        tokens = [found.groupdict() for found in _TOKENS.finditer(_without_accents(plain))]
        words = [_word_or_stop(token) for token in tokens]
        spelled = any(c.islower() for c in plain)  # a text all in capitals abbreviates nothing
        said: list[str] = []
        following = ""
        for at in reversed(range(len(tokens))):
            token = tokens[at]
            if token["pause"]:
                said.append(_PAUSES.get(token["pause"], token["pause"]))
                following = ""
                continue
            if token["ipa"]:
                following = reader_ipa(token["ipa"])
            else:
                following = self._word(token["word"], words, at, following, spelled=spelled)
            said += [following, " "]
        return re.sub(r" (?=[,.!?;:])", "", "".join(reversed(said))).strip()

    def _word(
        self, written: str, words: list[str], at: int, following: str, *, spelled: bool
    ) -> str:
        word = words[at]
        if spelled and self._is_spelled(written):
            return " ".join(word_ipa("", _LETTERS[letter]) for letter in word)
        return word_ipa(word, self._read(words, at) or self._sounds(word), following)

    def _read(self, words: list[str], at: int) -> list[str] | None:
        """The sounds of a word that is said in two ways, by the words beside it."""
        homograph = self._homographs.get(words[at])
        if homograph is None:
            return None
        before, behind = (" ".join(some).split() for some in (words[:at], words[at + 1 :]))
        return homograph.readings[homograph.likeliest(before, behind)].split()

    def _is_spelled(self, written: str) -> bool:
        """Whether a word is an abbreviation whose letters are said one by one."""
        if written in _SPELLED or (len(written) == 1 and written not in "AaI"):
            return True
        capitals = written.isupper() and 2 <= len(written) <= _LONGEST_SPELLED
        return capitals and not self._lexicon.knows(written.lower())


def _word_or_stop(token: Mapping[str, str | None]) -> str:
    """A word in small letters, or the mark that ends a sentence; nothing for what else there is."""
    stop = token["pause"] if token["pause"] in (".", "!", "?") else ""
    return (token["word"] or stop or "").lower().strip("'")


def _without_accents(text: str) -> str:
    """Accents of Latin letters removed ("café"), IPA left as it is."""
    return "".join(_base(character) for character in text)


def _base(character: str) -> str:
    first = unicodedata.normalize("NFD", character)[0]
    return first if first.isascii() else character
