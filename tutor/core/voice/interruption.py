"""Whether the learner interrupts the tutor: soft at the first sign, silent when it is speech.

A sound makes the tutor soft and no more: it may be a cough. Words decide. Where the tutor has heard
itself once, sounds alone make it soft no more: it would begin to stammer at its own echo.
Probabilities of speech come in, a window each, while the tutor can be heard.
"""

from __future__ import annotations

from enum import StrEnum

from tutor.core.audio.samples import WINDOW, to_samples
from tutor.core.voice.overheard import Verdict

FEWEST_WORDS = 2
"""Words of a partial that stop the tutor: a single one may be noise that is no word."""

SHORT_WORDS = 2
"""The most words that are said in so short a time as a hum takes."""

ECHO_WORDS = 3
"""Words of a partial that prove an echo: one or two are in many a sentence."""

SHORT = to_samples(500)
"""Samples of sound below which a word or two are no interruption: a hum is recognised as "man" or
"come on". What asks for a turn ("stop", "wait") is one however short it is."""

SPOKEN_PROBABILITY = 0.5
"""The probability from which on a window is speech here."""


class Move(StrEnum):
    """What the tutor does about what is heard."""

    DUCK = "duck"
    UNDUCK = "unduck"
    STOP = "stop"


class Interruption:
    """Watches over the learner while the tutor speaks.

    `duck`, `unduck`: samples of speech after which the tutor is soft, and of silence after which it
    is not.
    """

    def __init__(self, duck: int, unduck: int) -> None:
        self._duck, self._unduck = duck, unduck
        self._spoken = self._silent = 0  # samples in a row
        self._sounded = 0  # samples of speech since it was quiet
        self._is_soft = False
        self.has_echo = False
        """Whether the tutor has heard itself in this session."""

    def begin(self) -> None:
        """Begin anew: the tutor begins to speak."""
        self._spoken = self._silent = self._sounded = 0
        self._is_soft = False

    def resume_from(self, *, is_soft: bool, has_echo: bool) -> None:
        """Go on where another gateway was: the tutor speaks, softly or not."""
        self._is_soft, self.has_echo = is_soft, has_echo

    def receive_probability(self, probability: float) -> Move | None:
        """Take the probability of speech in the next window."""
        if probability >= SPOKEN_PROBABILITY:
            self._sounded = WINDOW + (0 if self._silent >= self._unduck else self._sounded)
            self._spoken, self._silent = self._spoken + WINDOW, 0
        else:
            self._spoken, self._silent = 0, self._silent + WINDOW
        if not self._is_soft and not self.has_echo and self._spoken >= max(self._duck, 1):
            self._is_soft = True
            return Move.DUCK
        return self._louder() if self._silent >= self._unduck else None

    def receive_verdict(self, verdict: Verdict, words: int, *, is_final: bool) -> Move | None:
        """Take what the words were that were heard, and how many, so far or in all."""
        if verdict is Verdict.ECHO:
            self.has_echo = self.has_echo or is_final or words >= ECHO_WORDS
            return self._louder()
        is_enough = words > SHORT_WORDS or self._sounded >= SHORT
        is_speech = is_enough and (is_final or words >= FEWEST_WORDS)
        if verdict is Verdict.CALL or (verdict is Verdict.SPEECH and is_speech):
            self._is_soft = False
            return Move.STOP
        return self._louder() if is_final else None

    def _louder(self) -> Move | None:
        was_soft, self._is_soft = self._is_soft, False
        return Move.UNDUCK if was_soft else None
