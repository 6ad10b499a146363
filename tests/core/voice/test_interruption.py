"""Whether the learner interrupts the tutor."""

from __future__ import annotations

import pytest

from tutor.core.audio.samples import WINDOW
from tutor.core.voice.config import SpeakingConfig
from tutor.core.voice.interruption import SHORT, Interruption, Move
from tutor.core.voice.overheard import Verdict

CONFIG = SpeakingConfig()
LOUD, QUIET = 0.9, 0.1
UNDUCK = -(-CONFIG.unduck // WINDOW)
ENOUGH = -(-SHORT // WINDOW)


def watching() -> Interruption:
    """The tutor speaks."""
    return Interruption(CONFIG.duck, CONFIG.unduck)


def moves(interruption: Interruption, *probabilities: float) -> list[Move]:
    """What the tutor does about windows of sound."""
    told = [interruption.receive_probability(one) for one in probabilities]
    return [one for one in told if one is not None]


def test_a_sound_makes_the_tutor_soft_within_two_windows_and_silence_loud_again() -> None:
    """64 ms of speech, then 400 ms of silence; each is told once."""
    interruption = watching()
    assert moves(interruption, LOUD) == []
    assert moves(interruption, LOUD, LOUD, LOUD) == [Move.DUCK]
    assert moves(interruption, *[QUIET] * (UNDUCK - 1)) == []
    assert moves(interruption, *[QUIET] * 30) == [Move.UNDUCK]


def test_a_click_does_nothing() -> None:
    """One window of it is no speech."""
    assert moves(watching(), LOUD, QUIET, LOUD, QUIET, QUIET) == []


@pytest.mark.parametrize(
    ("verdict", "words", "is_final", "move"),
    [
        (Verdict.SPEECH, 2, False, Move.STOP),
        (Verdict.SPEECH, 1, False, None),
        (Verdict.SPEECH, 1, True, Move.STOP),
        (Verdict.CALL, 1, False, Move.STOP),
        (Verdict.BACKCHANNEL, 1, False, None),
        (Verdict.BACKCHANNEL, 1, True, Move.UNDUCK),
        (Verdict.NOTHING, 0, True, Move.UNDUCK),
        (Verdict.ECHO, 3, False, Move.UNDUCK),
    ],
)
def test_words_decide(verdict: Verdict, words: int, is_final: bool, move: Move | None) -> None:
    """Two words of a partial stop the tutor, or one of a final; what is no speech never does."""
    interruption = watching()
    moves(interruption, *[LOUD] * ENOUGH)
    assert interruption.receive_verdict(verdict, words, is_final=is_final) is move


@pytest.mark.parametrize(
    ("verdict", "words", "is_final", "move"),
    [
        (Verdict.SPEECH, 2, False, None),
        (Verdict.SPEECH, 2, True, Move.UNDUCK),
        (Verdict.SPEECH, 3, False, Move.STOP),
        (Verdict.CALL, 1, False, Move.STOP),
    ],
)
def test_a_hum_is_no_interruption_whatever_it_is_recognised_as(
    verdict: Verdict, words: int, is_final: bool, move: Move | None
) -> None:
    """So short are "mm-hm" and a cough; a call is an interruption, and so are many words."""
    interruption = watching()
    moves(interruption, *[LOUD] * 30, *[QUIET] * UNDUCK, *[LOUD] * (ENOUGH - 1), *[QUIET] * 3)
    assert interruption.receive_verdict(verdict, words, is_final=is_final) is move


def test_one_word_that_the_tutor_said_too_proves_no_echo() -> None:
    """It is in many a sentence: the next sound makes the tutor soft again."""
    interruption = watching()
    interruption.receive_verdict(Verdict.ECHO, 2, is_final=False)
    assert moves(interruption, LOUD, LOUD) == [Move.DUCK]


def test_a_tutor_that_has_heard_itself_is_not_softened_by_sounds() -> None:
    """It would stammer at its own echo; words still stop it."""
    interruption = watching()
    interruption.receive_verdict(Verdict.ECHO, 3, is_final=False)
    assert moves(interruption, *[LOUD] * 20) == []
    assert interruption.receive_verdict(Verdict.SPEECH, 3, is_final=False) is Move.STOP
