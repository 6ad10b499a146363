"""Limits that must fit each other: a client within one of them is not stopped by another."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import few
from tutor.core.audio.guards import is_too_long
from tutor.core.audio.pace import Pace
from tutor.core.audio.samples import BYTES_PER_SAMPLE, WINDOW, to_samples
from tutor.core.live.checks import require_rate, require_silence
from tutor.core.live.lesson import Lesson
from tutor.core.protocol.errors import ProtocolError
from tutor.core.protocol.limits import (
    EVENTS_TTL_S,
    MAX_ENDPOINT_SILENCE_MS,
    MAX_SAMPLE_RATE,
    MIN_ENDPOINT_SILENCE_MS,
    MIN_SAMPLE_RATE,
    Limits,
)
from tutor.core.protocol.messages import Exercise, Level

LIMITS = Limits()

RATES = st.integers(MIN_SAMPLE_RATE, MAX_SAMPLE_RATE)

SILENCES_MS = st.integers(MIN_ENDPOINT_SILENCE_MS, MAX_ENDPOINT_SILENCE_MS)


def new_pace() -> Pace:
    """The pace of a session that has just begun."""
    return Pace(LIMITS.max_speed, LIMITS.speed_burst_ms / 1000)


def frame_s(rate: int) -> float:
    """Seconds of audio in the largest frame."""
    return LIMITS.max_frame_bytes / BYTES_PER_SAMPLE / rate


@given(RATES)
def test_a_frame_that_is_small_enough_is_not_too_fast(rate: int) -> None:
    """The largest frame may be the first one, even at a rate where it holds the most seconds."""
    assert new_pace().admits(frame_s(rate), now=0.0)


@few(10)
@given(RATES)
def test_a_microphone_is_never_too_fast(rate: int) -> None:
    """Audio as it is spoken passes to the session's end, in frames as large as they may be."""
    pace, step_s = new_pace(), frame_s(rate)
    frames = range(1, int(LIMITS.max_session_s / step_s) + 1)
    assert all(pace.admits(step_s, number * step_s) for number in frames)


def test_who_was_away_for_long_catches_up_before_a_second_absence_could_be_as_long() -> None:
    """What was said while the events were kept is sent after it, as fast as may be, beside what is
    being said."""
    pace, sent_s, now = new_pace(), 0.0, 0.0
    while sent_s < EVENTS_TTL_S + now:
        now += pace.wait_s(1.0, now)
        assert pace.admits(1.0, now)
        sent_s += 1.0
    assert now < EVENTS_TTL_S


def test_an_utterance_ends_before_a_silent_client_is_sent_away() -> None:
    """The longest silence ends an utterance before its length does, and that before the session's
    limits."""
    forced_ms = [MAX_ENDPOINT_SILENCE_MS, LIMITS.max_utterance_ms, LIMITS.idle_timeout_s * 1000]
    assert forced_ms == sorted(set(forced_ms))
    assert LIMITS.idle_timeout_s < LIMITS.max_session_s


def test_the_longest_utterance_is_not_taken_for_made_up_text() -> None:
    """Whisper has tokens for half a minute of fast speech, four words a second."""
    longest_s = LIMITS.max_utterance_ms / 1000
    assert not is_too_long(round(4 * longest_s), longest_s)


@given(st.sampled_from(get_args(Level)) | st.none(), SILENCES_MS)
def test_every_level_ends_utterances_within_the_limits(level: Level | None, default: int) -> None:
    """A beginner's silence is one that a client could have asked for too."""
    silence = Lesson("en", Exercise(level=level)).endpoint_silence(to_samples(default))
    assert to_samples(default) <= silence <= to_samples(MAX_ENDPOINT_SILENCE_MS)


@given(st.sampled_from(get_args(Level)), SILENCES_MS)
def test_a_silence_that_is_asked_for_counts_at_every_level(level: Level, silence_ms: int) -> None:
    """A client that knows its learner is not overruled, and gets several windows of silence."""
    lesson = Lesson.checked("en", Exercise(level=level), silence_ms)
    assert lesson.endpoint_silence(to_samples(600)) == to_samples(silence_ms) > 2 * WINDOW


@given(RATES, SILENCES_MS)
def test_what_is_within_the_limits_is_taken(rate: int, silence_ms: int) -> None:
    """Both bounds belong to what a client may ask for."""
    assert require_rate(rate) == rate
    require_silence(silence_ms)


@pytest.mark.parametrize("rate", [MIN_SAMPLE_RATE - 1, MAX_SAMPLE_RATE + 1, 0, -16_000])
def test_a_rate_outside_the_limits_is_refused(rate: int) -> None:
    """One hertz too few or too many is `unsupported_audio`, and the refusal says both bounds."""
    with pytest.raises(ProtocolError, match=f"{MIN_SAMPLE_RATE} to {MAX_SAMPLE_RATE}") as refused:
        require_rate(rate)
    assert refused.value.code == "unsupported_audio"


@pytest.mark.parametrize("ms", [MIN_ENDPOINT_SILENCE_MS - 1, MAX_ENDPOINT_SILENCE_MS + 1, 0, -600])
def test_a_silence_outside_the_limits_is_refused(ms: int) -> None:
    """Neither speech cut in its pauses nor an utterance without end can be asked for."""
    with pytest.raises(ProtocolError, match="endpoint_silence_ms must be") as refused:
        require_silence(ms)
    assert refused.value.code == "bad_message"
