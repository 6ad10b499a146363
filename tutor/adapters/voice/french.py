"""French text as IPA, out of the lexicon of `gruut-lang-fr` (MIT), and by rules of `piper-plus-g2p`
(MIT) where a word is not in it."""

from __future__ import annotations

import logging
import sqlite3
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any

from tutor.adapters.voice.voice import VoiceError
from tutor.core.voice.french import ODD, elided, french_ipa

LEXICON = "gruut_lang_fr"
RULES = "piper_plus_g2p"

_RESPELLED = {"y_vowel": "y"}
"""Sounds that the rules name in a way of their own."""


class FrenchSounds:
    """Makes IPA of French text. Safe to share between threads."""

    def __init__(self) -> None:
        """Open the lexicon.

        Raises:
            VoiceError: a package is not installed.
        """
        self._lexicon = _open(LEXICON)
        self._rules = _rules()
        self._lock = Lock()
        self._sounds = lru_cache(maxsize=8192)(self._look_up)

    def ipa(self, text: str) -> str:
        """A clause, its numbers and signs in words, as IPA with its punctuation."""
        return french_ipa(text, self._sounds)

    def _look_up(self, word: str) -> str:
        if found := ODD.get(word) or self._known(word):
            return found
        if cut := elided(word):
            return cut[0] + self._sounds(cut[1])
        if "-" in word:
            return "".join(map(self._sounds, word.split("-")))
        with self._lock:
            guessed = self._rules.phonemize(word)
        return "".join(_RESPELLED.get(sound, sound) for sound in guessed)

    def _known(self, word: str) -> str:
        with self._lock:
            row = self._lexicon.execute(
                "select phonemes from word_phonemes where word = ? order by pron_order limit 1",
                (word,),
            ).fetchone()
        return "" if row is None else str(row[0]).replace(" ", "")


def is_installed() -> bool:
    """Whether the lexicon and the rules are there."""
    return find_spec(LEXICON) is not None and find_spec(RULES) is not None


def _open(package: str) -> sqlite3.Connection:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise VoiceError(f"{package} is not installed: run `pip install {package}`")
    path = Path(spec.submodule_search_locations[0]) / "lexicon.db"
    try:
        return sqlite3.connect(f"file:{path}?mode=ro", uri=True, check_same_thread=False)
    except sqlite3.Error as error:
        raise VoiceError(f"{path}: {error}") from error


def _rules() -> Any:
    logger = logging.getLogger(f"{RULES}.registry")  # it tells of every language that it lacks
    before, logger.disabled = logger.disabled, True
    try:
        from piper_plus_g2p.french import FrenchPhonemizer
    except ImportError as error:
        raise VoiceError(f"{RULES} is not installed: run `pip install piper-plus-g2p`") from error
    finally:
        logger.disabled = before
    return FrenchPhonemizer()
