"""English words as the sounds they are made of, and those sounds in IPA.

The sounds are those of speechocean762's experts: ARPAbet without stress, with the diphthongs and
clusters of British dictionaries (AR as in "bear", OO as in "got", TR as in "tree"). A word is
looked up in the corpus's own lexicon, then in CMUdict; what neither has is guessed by the small
recurrent network of g2p-en; both are put into the corpus's sounds by rules.
"""

from __future__ import annotations

import gzip
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file

from tutor.core.feedback.pronunciation.converting import VOWELS, convert
from tutor.core.feedback.pronunciation.endings import stems_of, with_ending, without_ending
from tutor.core.text.english import plain_apostrophes
from tutor.core.text.normal import without_invisible
from tutor.core.text.spoken.ways import ways_of

ASSETS = Path(str(files("tutor") / "assets" / "pronunciation"))

IPA = {
    "AA": "ɑː", "AE": "æ", "AH": "ʌ", "AO": "ɔː", "AR": "eə", "AW": "aʊ", "AX": "ə", "AXR": "ər",  # noqa: RUF001 - IPA
    "AY": "aɪ", "EE": "ɜː", "EH": "e", "ER": "ɜːr", "EY": "eɪ", "IH": "ɪ", "IR": "ɪə", "IY": "iː",  # noqa: RUF001 - IPA
    "OO": "ɒ", "OW": "oʊ", "OY": "ɔɪ", "UH": "ʊ", "UR": "ʊə", "UW": "uː",  # noqa: RUF001 - IPA
    "B": "b", "CH": "tʃ", "D": "d", "DH": "ð", "DR": "dr", "DZ": "dz", "F": "f", "G": "ɡ",  # noqa: RUF001 - IPA
    "HH": "h", "JH": "dʒ", "K": "k", "L": "l", "M": "m", "N": "n", "NG": "ŋ", "P": "p", "R": "r",
    "S": "s", "SH": "ʃ", "T": "t", "TH": "θ", "TR": "tr", "TS": "ts", "V": "v", "W": "w", "Y": "j",
    "Z": "z", "ZH": "ʒ",
}  # fmt: skip
"""The IPA of each sound, as a learner sees it."""

PHONES = tuple(IPA)
"""The classifier's classes, from 1 on; 0 is silence."""

CLASS_OF = {phone: n for n, phone in enumerate(PHONES, 1)}

MOST_VARIANTS = 5
"""Pronunciations of one word that are looked up; no common word has more."""

_VOICELESS = frozenset("P T K F TH".split())
_HISSING = frozenset("S Z SH ZH CH JH TS DZ".split())
_WORDS = re.compile(r"[a-z]+(?:'[a-z]+)*|[A-Z](?![A-Za-z])", re.ASCII)
"""The words of a lexicon in spoken text; a letter of its own is a capital."""

_NAMES_OF_LETTERS = {"A": "EY1", "Z": "Z IY1"}
"""The sounds of those letters' names of which dictionaries have something else."""


class English:
    """Sounds of English words. Safe to share between threads."""

    def __init__(self, own: dict[str, tuple[str, ...]], cmudict: Sorted, guesser: Guesser) -> None:
        self._own = own
        self._cmudict = cmudict
        self._guesser = guesser
        self._word = lru_cache(maxsize=4096)(self._look_up)

    @classmethod
    def load(cls, assets: Path = ASSETS) -> English:
        """The lexicons and the guesser that the package ships."""
        return cls(
            read_lexicon(assets / "lexicon.txt"),
            Sorted(gzip.decompress((assets / "cmudict.txt.gz").read_bytes())),
            Guesser(assets / "g2p.safetensors"),
        )

    def with_own(self, own: dict[str, tuple[str, ...]]) -> English:
        """The same lexicons with another one of the corpus, to measure with words held out."""
        return English(own, self._cmudict, self._guesser)

    def phones(self, token: str) -> tuple[str, ...]:
        """The sounds of a text without spaces; () when nothing of it is spoken."""
        return self.sounds(spoken_words(token))

    def sounds(self, words: Sequence[str]) -> tuple[str, ...]:
        """The sounds of spoken words, each as it is mostly said."""
        return tuple(phone for word in words for phone in self._word(word))

    def others(self, word: str) -> list[tuple[str, ...]]:
        """The other pronunciations that CMUdict has of a word."""
        found = (self._from_cmudict(f"{word}({n})", word) for n in range(2, MOST_VARIANTS))
        return [sounds for sounds in found if sounds is not None]

    def is_listed(self, token: str) -> bool:
        """Whether the sounds of a text without spaces stand in a dictionary; else they are guessed
        from its letters."""
        return all(self._is_word_listed(word) for word in spoken_words(token))

    def _is_word_listed(self, word: str) -> bool:
        word = word.lower()  # the name of a letter is a capital
        base = word.rpartition("'")[0]
        listed = (word, base) if word.endswith(("'s", "'")) and base else (word,)
        return any(map(self.is_word, listed)) or bool(stems_of(word, self.is_word))

    def both_ways(self, word: str, other: str) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
        """The sounds of two words as they are looked up, and as one dictionary has both.

        The corpus has some words as its learners said them: "sun" then is not "son".
        """
        found = [(self.phones(word), self.phones(other))]
        known = [self._cmudict.get(" ".join(spoken_words(each))) for each in (word, other)]
        if known[0] is not None and known[1] is not None:
            found.append((tuple(known[0].split()), tuple(known[1].split())))
        return found

    def is_word(self, word: str) -> bool:
        """Whether a dictionary has a word, in small letters."""
        return word in self._own or self.knows(word)

    def arpabet(self, word: str) -> list[str]:
        """CMUdict's sounds of a word, with stress, as a voice needs them; guessed if it has none.

        `word`: lower case, without figures and signs.
        """
        known = self._cmudict.get(word)
        if known is not None:
            return known.split()
        base, mark, suffix = word.rpartition("'")
        if mark and base and suffix in ("s", ""):
            return _plural_arpabet(self.arpabet(base))
        return self._guesser.guess(word.replace("'", ""))

    def knows(self, word: str) -> bool:
        """Whether CMUdict has a word, in lower case."""
        return self._cmudict.get(word) is not None

    def _look_up(self, word: str) -> tuple[str, ...]:
        if len(word) == 1 and word.isupper():
            name = _NAMES_OF_LETTERS.get(word)
            return convert(name.split(), word) if name else self._word(word.lower())
        base, mark, suffix = word.rpartition("'")
        possessive = bool(mark and base) and suffix in ("s", "")
        if word in self._own and not self._lacks_its_ending(word):
            return self._own[word]
        if possessive and base in self._own:
            return _possessive(self._own[base], suffix)
        known = self._from_cmudict(word, word)
        if known is not None:
            return known
        if stems := stems_of(word, self.is_word):
            return with_ending(word, self._word(stems[0]))
        if possessive:
            return _possessive(self._word(base), suffix)
        return convert(self._guesser.guess(word.replace("'", "")), word)

    def _lacks_its_ending(self, word: str) -> bool:
        """Whether the corpus has a word only as learners say it who leave -s or -ed out: "cars"."""
        is_bare = not without_ending(word, self._own[word], self.is_word)[0]
        return is_bare and bool(stems_of(word, self.is_word))

    def _from_cmudict(self, entry: str, word: str) -> tuple[str, ...] | None:
        sounds = self._cmudict.get(entry)
        return None if sounds is None else convert(sounds.split(), word)


def with_flap(sounds: Sequence[str]) -> tuple[str, ...]:
    """Sounds with each T between vowels as Americans say it, which a classifier takes for a D:
    "daughter"."""
    return tuple(
        "D" if sound == "T" and VOWELS.issuperset(beside) and len(beside) == 2 else sound
        for n, sound in enumerate(sounds)
        for beside in [(*sounds[max(0, n - 1) : n], *sounds[n + 1 : n + 2])]
    )


def read_lexicon(path: Path) -> dict[str, tuple[str, ...]]:
    """The entries of a lexicon file: a word and its sounds on each line."""
    entries = (line.split() for line in path.read_text("utf-8").splitlines())
    return {word: tuple(sounds) for word, *sounds in entries}


def spoken_words(token: str) -> list[str]:
    """The words in which a text without spaces is read: for "twenty-five", "25" and "No.", too.

    The name of a letter is that letter in upper case.
    """
    spans = ways_of([token], "en")
    return way_words(" ".join(spans[0].ways[0])) if spans else plain_words_of(token)


def way_words(way: str) -> list[str]:
    """The words of a way in which something is said; its single capitals are names of letters."""
    plain = _plain(way)
    return _WORDS.findall(" ".join(w if len(w) == 1 else w.lower() for w in plain.split()))


def plain_words_of(token: str) -> list[str]:
    """The words of a text that is said as it is written."""
    return _WORDS.findall(_plain(token).lower())


def _plain(text: str) -> str:
    plain = unicodedata.normalize("NFKD", plain_apostrophes(without_invisible(text)))
    return "".join(c for c in plain if not unicodedata.combining(c))


def _possessive(name: tuple[str, ...], suffix: str) -> tuple[str, ...]:
    """The sounds of a name's possessive; "the dogs'" sounds like "dogs"."""
    return with_ending(suffix, name) if suffix else name


def _plural_arpabet(sounds: list[str]) -> list[str]:
    if not sounds:
        return sounds
    if sounds[-1] in _HISSING:
        return [*sounds, "IH0", "Z"]
    return [*sounds, "S" if sounds[-1] in _VOICELESS else "Z"]


class Sorted:
    """A dictionary of 3 MB as lines of `word rest`, sorted by bytes, searched in place."""

    def __init__(self, lines: bytes) -> None:
        self._lines = lines.splitlines()

    def get(self, word: str) -> str | None:
        """The rest of a word's line; None if there is no such word."""
        key = word.encode() + b" "
        at = bisect_left(self._lines, key)
        if at < len(self._lines) and self._lines[at].startswith(key):
            return self._lines[at][len(key) :].decode()
        return None


class Guesser:
    """g2p-en's network (Park and Kim, Apache-2.0): letters to CMUdict's sounds, two GRUs."""

    _LETTERS: ClassVar = {letter: n for n, letter in enumerate("abcdefghijklmnopqrstuvwxyz", 3)}
    _END_OF_LETTERS = 2
    _START, _END = 2, 3
    _LONGEST = 20
    _SOUNDS = (
        "<pad> <unk> <s> </s> AA0 AA1 AA2 AE0 AE1 AE2 AH0 AH1 AH2 AO0 AO1 AO2 AW0 AW1 AW2 AY0 AY1 "
        "AY2 B CH D DH EH0 EH1 EH2 ER0 ER1 ER2 EY0 EY1 EY2 F G HH IH0 IH1 IH2 IY0 IY1 IY2 JH K L M "
        "N NG OW0 OW1 OW2 OY0 OY1 OY2 P R S SH T TH UH0 UH1 UH2 UW UW0 UW1 UW2 V W Y Z ZH".split()
    )

    def __init__(self, weights: Path) -> None:
        self._path = weights

    @cached_property
    def _weights(self) -> dict[str, npt.NDArray[np.float32]]:
        return {name: array.astype(np.float32) for name, array in load_file(self._path).items()}

    def guess(self, word: str) -> list[str]:
        """CMUdict's sounds of a word that no dictionary has."""
        weights = self._weights
        hidden = np.zeros(weights["enc_w_hh"].shape[1], np.float32)
        for letter in [*(self._LETTERS.get(c, 1) for c in word), self._END_OF_LETTERS]:
            hidden = self._step("enc", weights["enc_emb"][letter], hidden)
        sounds: list[str] = []
        last = self._START
        while len(sounds) < self._LONGEST:
            hidden = self._step("dec", weights["dec_emb"][last], hidden)
            last = int((weights["fc_w"] @ hidden + weights["fc_b"]).argmax())
            if last == self._END:
                break
            sounds.append(self._SOUNDS[last])
        return [sound for sound in sounds if not sound.startswith("<")]

    def _step(
        self, part: str, value: npt.NDArray[np.float32], hidden: npt.NDArray[np.float32]
    ) -> npt.NDArray[np.float32]:
        """One step of a GRU cell."""
        weights = self._weights
        read = weights[f"{part}_w_ih"] @ value + weights[f"{part}_b_ih"]
        kept = weights[f"{part}_w_hh"] @ hidden + weights[f"{part}_b_hh"]
        size = len(hidden)
        reset, update = np.split(1 / (1 + np.exp(-(read + kept)[: 2 * size])), 2)
        new = np.tanh(read[2 * size :] + reset * kept[2 * size :])
        blended: npt.NDArray[np.float32] = (1 - update) * new + update * hidden
        return blended
