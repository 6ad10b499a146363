"""A voice that remembers what it has said."""

from __future__ import annotations

import numpy as np
import pytest

from tutor.adapters.settings import Settings
from tutor.adapters.voice.remembered import Remembered
from tutor.adapters.voice.voice import Said, VoiceError
from tutor.core.voice.voices import VoiceFacts

RATE = 1_000


class Counting:
    """A voice that takes a second for a clause, and says none twice alike."""

    facts = VoiceFacts("joe", "en-US", "piper", "CC0", "a test")
    sample_rate = RATE

    def __init__(self) -> None:
        self.said: list[tuple[str, float]] = []

    def say(self, clause: str, speed: float) -> Said:
        """Says it, or fails."""
        if clause == "…":
            raise VoiceError("it has no sounds")
        self.said.append((clause, speed))
        return Said(np.full(RATE, len(self.said), np.int16), (0,))


def test_what_was_said_is_not_made_again() -> None:
    """The same sound comes, with its words; another speed is another one."""
    voice = Counting()
    remembered = Remembered(voice, 10)
    first = remembered.say("Well said.", 1.0)
    assert remembered.say("Well said.", 1.0) is first
    remembered.say("Well said.", 0.8)
    assert voice.said == [("Well said.", 1.0), ("Well said.", 0.8)]
    assert (remembered.facts, remembered.sample_rate) == (voice.facts, RATE)


def test_what_was_asked_for_longest_ago_is_forgotten() -> None:
    """No more than so many seconds are kept; nothing is where there is room for none."""
    voice = Counting()
    remembered = Remembered(voice, 2)
    for clause in ("one", "two", "one", "three", "one", "two"):
        remembered.say(clause, 1.0)
    assert [clause for clause, _ in voice.said] == ["one", "two", "three", "two"]
    nothing = Remembered(voice, 0)
    assert nothing.say("one", 1.0) is not nothing.say("one", 1.0)


def test_what_cannot_be_said_is_tried_each_time() -> None:
    """An error is not remembered."""
    remembered = Remembered(Counting(), 10)
    for _ in range(2):
        with pytest.raises(VoiceError):
            remembered.say("…", 1.0)


def test_nobody_changes_what_others_hear() -> None:
    """The sound that is kept cannot be written to."""
    said = Remembered(Counting(), 10).say("Hello.", 1.0)
    with pytest.raises(ValueError, match="read-only"):
        said.audio[0] = 1


def test_a_worker_remembers_five_minutes_unless_it_is_told_otherwise() -> None:
    """The default, and what is refused."""
    assert Settings().speech_kept_s == 300
    with pytest.raises(ValueError, match="speech_kept_s"):
        Settings(speech_kept_s=-1)
