"""Words that a client says are likely: where they go, and what is refused."""

from dataclasses import replace

import pytest

from tests.support.scripted import START, Play, TakeOver, check, silence, speech
from tutor.core.live.effects import Dispatch
from tutor.core.protocol.limits import MAX_VOCABULARY, MAX_VOCABULARY_WORD
from tutor.core.protocol.messages import SessionUpdate
from tutor.core.queue.jobs import RecognitionJob

NAMES = ("Kowalczyk", "Siobhan", "Tbilisi")
KNOWN = replace(START, vocabulary=NAMES)
SAID = (speech(960), silence(700))


def told(play: Play, begin: int = 0, kind: str = "final") -> dict[str, set[tuple[str, ...]]]:
    """The likely words in the jobs of each utterance; `begin`: an effect's number, before which
    they do not count."""
    found: dict[str, set[tuple[str, ...]]] = {}
    for one in play.log[begin:]:
        match one.effect:
            case Dispatch(RecognitionJob() as job) if job.kind == kind:
                found.setdefault(job.utterance, set()).add(job.vocabulary)
    return found


def test_finals_are_told_the_words() -> None:
    """As they are written, in the client's order; partials are not: they are heard once."""
    play = Play(KNOWN, *SAID)
    assert told(play) == {"u1": {NAMES}}
    assert told(play, kind="partial") == {"u1": {()}}


def test_without_words_nothing_is_told() -> None:
    """A session costs no more than before."""
    assert told(Play(START, *SAID)) == {"u1": {()}}


def test_an_update_holds_from_the_next_utterance_on() -> None:
    """One that names none keeps the session's; an empty list takes them back."""
    play = Play(KNOWN, *SAID, SessionUpdate(vocabulary=("Brno",)))
    play.play(SessionUpdate(patience="quick"), *SAID)
    play.play(SessionUpdate(vocabulary=()), *SAID)
    assert list(told(play).values()) == [{NAMES}, {("Brno",)}, {()}]


def test_another_gateway_knows_them_too() -> None:
    """For the utterance that is open and for those that follow."""
    play = Play(KNOWN, speech(640), TakeOver())
    before = len(play.log)
    play.play(speech(640), silence(700), *SAID)
    check(play)
    assert told(play, before) == {"u1": {NAMES}, "u2": {NAMES}}


def test_blanks_and_repetitions_are_nothing() -> None:
    """Each word once, with single blanks."""
    play = Play(replace(START, vocabulary=("New  York ", "Brno", "New York")), *SAID)
    assert told(play) == {"u1": {("New York", "Brno")}}


@pytest.mark.parametrize(
    "wrong",
    [
        [""],
        ["  "],
        ["a" * (MAX_VOCABULARY_WORD + 1)],
        ["a\x00b"],
        ["a\u202eb"],
        [f"word{n}" for n in range(MAX_VOCABULARY + 1)],
    ],
    ids=["empty", "blank", "long", "control", "direction", "many"],
)
def test_what_is_no_word_is_refused(wrong: list[str]) -> None:
    """With what may be sent; at the start, and in an update."""
    at_start = Play(replace(START, vocabulary=tuple(wrong)))
    assert at_start.errors == ["bad_message"]
    later = Play(START, SessionUpdate(vocabulary=tuple(wrong)))
    assert later.errors == ["bad_message"]


def test_as_many_and_as_long_as_may_be() -> None:
    """The limits themselves are taken."""
    words = tuple(f"{n:0{MAX_VOCABULARY_WORD}}" for n in range(MAX_VOCABULARY))
    assert told(Play(replace(START, vocabulary=words), *SAID)) == {"u1": {words}}
