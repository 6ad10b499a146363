"""When partials are asked for, put off and given up."""

from dataclasses import replace

import pytest

from tutor.core.audio.samples import to_samples
from tutor.core.live.config import SessionConfig
from tutor.core.live.utterances.partials import Partials
from tutor.core.live.utterances.utterance import Utterance
from tutor.core.turns.progress import Place

CONFIG = SessionConfig(
    first_partial=to_samples(320),
    partial_interval=to_samples(320),
    early_interval=to_samples(160),
    early_partials=3,
    partial_yield=4.0,
    partial_timeout_s=5.0,
)
ONSET = to_samples(1_000)


def utterance(*, heard_ms: int = 0, revision: int = 0, text: str = "") -> Utterance:
    """An utterance whose newest partial, which was answered, listened to so much of its speech."""
    one = Utterance("s", "u1", ONSET, ONSET, "en", revision=revision, shown_revision=revision)
    one.partial_heard = ONSET + to_samples(heard_ms) if heard_ms else 0
    if text:
        one.stabiliser.receive_hypothesis(text, "en", ())
    return one


def its_partials() -> Partials:
    """The partials of a session in which nothing is read."""
    return Partials(CONFIG, [], Place())


def is_due(partials: Partials, one: Utterance, spoken_ms: int, silent_ms: int = 0) -> bool:
    """Whether a partial is due after so much speech and so much silence behind it."""
    heard = ONSET + to_samples(spoken_ms)
    return partials.is_due(one, heard, heard + to_samples(silent_ms))


def test_the_first_partial_waits_for_enough_speech() -> None:
    """An utterance's first partial is asked for after `first_partial` of speech, not before."""
    partials = its_partials()
    assert not is_due(partials, utterance(), 319)
    assert is_due(partials, utterance(), 320)


def test_silence_does_not_count_for_the_first_partial() -> None:
    """A short sound with silence behind it is not enough speech for a partial."""
    assert not is_due(its_partials(), utterance(), 200, silent_ms=2_000)


def test_one_partial_is_under_way_at_a_time() -> None:
    """While a partial is under way no other one is due, however much is said."""
    one = utterance(heard_ms=320, revision=1)
    one.partial_revision = 2
    assert not is_due(its_partials(), one, 5_000)


def test_silence_since_the_last_partial_is_not_listened_to_again() -> None:
    """A partial is due when something was said since the last one."""
    one = utterance(heard_ms=960, revision=5, text="hello")
    assert not is_due(its_partials(), one, 900, silent_ms=3_000)
    assert is_due(its_partials(), one, 1_000, silent_ms=280)


def test_a_learner_who_sees_nothing_as_yet_is_heard_sooner() -> None:
    """Early partials that heard no word are followed after the shorter interval, later ones not."""
    partials = its_partials()
    assert is_due(partials, utterance(heard_ms=320, revision=1), 480)
    assert not is_due(partials, utterance(heard_ms=320, revision=1, text="I"), 480)
    assert not is_due(partials, utterance(heard_ms=320, revision=4), 480)


@pytest.mark.parametrize("queued_s", [0.1, 0.5, 2.0])
def test_a_partial_that_waited_puts_the_next_one_off(queued_s: float) -> None:
    """The next partial comes `partial_yield` times as late as the last one waited for a worker."""
    partials = its_partials()
    one = replace(utterance(heard_ms=320, revision=9, text="I"), partial_sent_at=10.0)
    one.partial_heard = ONSET + to_samples(320)
    failed = replace(one.result("failed"), kind="partial", decode_s=0.3)
    partials.receive_result(one, failed, now=10.3 + queued_s)
    assert partials.queued_s == pytest.approx(queued_s)
    wait_ms = max(320, round(4_000 * queued_s))
    assert not is_due(partials, one, 320 + wait_ms - 10)
    assert is_due(partials, one, 320 + wait_ms + 10)


def test_a_partial_without_a_result_is_overdue() -> None:
    """After `partial_timeout_s` nobody waits for a partial any more."""
    partials, one = its_partials(), utterance(revision=1)
    assert not partials.is_overdue(one, 99.0), "there is none to give up"
    one.partial_revision, one.partial_sent_at = 1, 10.0
    assert not partials.is_overdue(one, 14.9)
    assert partials.is_overdue(one, 15.0)
