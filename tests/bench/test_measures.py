"""The arithmetic of `tutor bench`, on scripted events with figures worked out by hand."""

import numpy as np
import pytest

from tutor.bench.figures import (
    Figures,
    Spread,
    WordErrors,
)
from tutor.bench.measures import Arrival, Played, SessionLog, measure, percentile, spread
from tutor.core.audio.samples import RATE, WINDOW
from tutor.core.protocol.errors import error_event
from tutor.core.protocol.messages import (
    ServerEvent,
    SpeechStarted,
    SpeechStopped,
    TranscriptFinal,
    TranscriptPartial,
    Word,
)

BEGAN_S = 100.0
"""When the first sample of every scripted session is spoken."""


def second(seconds: float) -> int:
    """A position in samples."""
    return round(seconds * RATE)


def recording(
    start_s: float = 1.0,
    speech_s: tuple[float, float] = (1.2, 2.0),
    text: str = "I went home.",
    end_s: float = 2.5,
) -> Played:
    """A recording with one stretch of speech, of which only the two outer windows are noted."""
    begin, end = second(speech_s[0]), second(speech_s[1])
    return Played(
        "a",
        text,
        second(start_s),
        second(end_s),
        ((begin, begin + WINDOW), (end - WINDOW, end)),
    )


def final(text: str, *ends_ms: int, utterance: str = "u1") -> TranscriptFinal:
    """A final whose words end at these times."""
    words = tuple(
        Word(word, end - 100, end, 0.9) for word, end in zip(text.split(), ends_ms, strict=True)
    )
    return TranscriptFinal(utterance, text, "en", words, 1200, 2000)


def partial(committed: str, tentative: str, utterance: str = "u1") -> TranscriptPartial:
    """What the learner sees."""
    return TranscriptPartial(utterance, 1, committed, tentative, 0)


def log(
    *arrivals: tuple[float, ServerEvent], played: tuple[Played, ...] | None = None
) -> SessionLog:
    """A session whose events came so many seconds after its first sample."""
    return SessionLog(
        BEGAN_S,
        played or (recording(),),
        tuple(Arrival(BEGAN_S + at_s, event) for at_s, event in arrivals),
        second(4),
    )


ONE_UTTERANCE = (
    (1.35, SpeechStarted("u1", 1210)),
    (1.50, partial("", "")),
    (1.70, partial("", "I want")),
    (2.00, partial("I", "went")),
    (2.30, partial("I", "went hole")),
    (2.55, SpeechStopped("u1", 2010)),
    (2.65, final("I went home.", 1400, 1700, 2300)),
)
"""Spoken from 1.2 to 2.0 s; "went" is on the screen from 2.0 s on, "home" only in the final."""


def figures(*arrivals: tuple[float, ServerEvent]) -> Figures:
    """The figures of one session with an endpoint silence of 500 ms."""
    return measure([log(*arrivals)], 500)


def test_the_first_partial_is_the_first_one_with_text() -> None:
    """Its latency counts from the true onset, not from the server's, and skips empty partials."""
    found = figures(*ONE_UTTERANCE)
    assert found.first_partial.count == 1
    assert found.first_partial.p50 == pytest.approx(1.70 - 1.2)
    assert found.without_partial == 0


def test_where_no_partial_came_the_final_is_the_first_text() -> None:
    """A server that is too slow for partials does not look fast by not sending them."""
    found = figures((1.35, SpeechStarted("u1", 1210)), (2.65, final("I went", 1400, 1700)))
    assert found.first_partial.p50 == pytest.approx(2.65 - 1.2)
    assert found.without_partial == 1


def test_the_final_counts_from_the_true_end_of_speech() -> None:
    """Its latency is arrival minus the end of the last window with speech."""
    found = figures(*ONE_UTTERANCE)
    assert found.final.p50 == pytest.approx(2.65 - 2.0)
    assert found.final_beyond_silence.p50 == pytest.approx(0.15)


def test_a_word_appears_when_it_stays() -> None:
    """Each word's latency runs from its end to the first partial from which on it is there.

    A word that no lasting partial shows appears with the final; a word cannot end after speech.
    """
    found = figures(*ONE_UTTERANCE).word
    # I: 1.70 - 1.40; went: 2.00 - 1.70; home: 2.65 - 2.00, though its end_ms is 2300.
    assert found.count == 3
    assert found.p50 == pytest.approx(0.30)
    assert found.greatest == pytest.approx(0.65)


def test_a_word_that_went_away_meanwhile_appears_when_it_is_back() -> None:
    """Only the last appearance counts, and a word before its end was spoken counts negative."""
    found = figures(
        (1.35, SpeechStarted("u1", 1200)),
        (1.50, partial("", "Home")),
        (1.70, partial("", "")),
        (1.90, partial("", "home,")),
        (2.60, final("home.", 2000)),
    ).word
    assert found.p50 == pytest.approx(-0.10)


def test_tentative_flicker_counts_words_that_were_replaced_or_removed() -> None:
    """`want` and `hole` were replaced; a word that an insertion moved was not."""
    found = figures(*ONE_UTTERANCE)
    assert (found.tentative_flicker, found.committed_flicker, found.committed_revised) == (2, 0, 0)
    moved = figures(
        (1.35, SpeechStarted("u1", 1200)),
        (1.70, partial("", "went home")),
        (2.60, final("I went home", 1, 2, 3)),
    )
    assert moved.tentative_flicker == 0


def test_committed_text_that_changes_is_told() -> None:
    """A committed word that a later partial does not keep counts, to the letter; so does one that
    the final replaces, by itself.
    """
    found = figures(
        (1.35, SpeechStarted("u1", 1200)),
        (1.70, partial("I want", "")),
        (1.90, partial("I Want to", "go")),
        (2.60, final("I went to go", 1, 2, 3, 4)),
    )
    assert found.committed_flicker == 1
    assert found.committed_revised == 1
    assert found.tentative_flicker == 0


def test_every_utterance_must_have_exactly_one_terminal_event() -> None:
    """None and two are counted, an error that names the utterance is one."""
    found = figures(
        (1.3, SpeechStarted("u1", 1200)),
        (1.4, SpeechStarted("u2", 1400)),
        (1.5, SpeechStarted("u3", 1600)),
        (2.0, final("a", 1, utterance="u2")),
        (2.0, final("a", 1, utterance="u2")),
        (2.1, error_event("recognition_failed", utterance="u3")),
    )
    assert found.utterances == 3
    assert found.unsettled == 2
    assert found.errors == {"recognition_failed": 1}


def test_two_utterances_of_a_recording_share_its_speech() -> None:
    """A pause inside a recording divides it: each utterance has its own onset and end."""
    windows = [(second(s), second(s) + WINDOW) for s in (1.2, 1.5, 2.5, 3.0)]
    played = Played("a", "one two", second(1), second(3.5), tuple(windows))
    found = measure(
        [
            log(
                (1.30, SpeechStarted("u1", 1200)),
                (1.60, partial("", "one")),
                (2.05, SpeechStopped("u1", 1532)),
                (2.10, final("one", 1500)),
                (2.60, SpeechStarted("u2", 2500)),
                (3.00, partial("", "two", utterance="u2")),
                (3.55, SpeechStopped("u2", 3032)),
                (3.70, final("two", 3000, utterance="u2")),
                played=(played,),
            )
        ],
        500,
    )
    assert found.first_partial.p50 == pytest.approx((0.4 + 0.5) / 2)
    assert found.final.greatest == pytest.approx(3.70 - (3.0 + WINDOW / RATE))
    assert found.wer == WordErrors(2, 0, 0, 0)
    assert found.unheard_s == 0


def test_speech_after_the_endpoint_belongs_to_no_utterance() -> None:
    """A last word that the server did not wait for is no negative latency but unheard speech."""
    windows = ((second(1.2), second(1.2) + WINDOW), (second(3.0), second(3.0) + WINDOW))
    played = Played("a", "one two", second(1), second(3.5), windows)
    found = measure(
        [
            log(
                (1.30, SpeechStarted("u1", 1200)),
                (1.75, SpeechStopped("u1", 1232)),
                (1.80, final("one", 1232)),
                played=(played,),
            )
        ],
        500,
    )
    assert found.final.p50 == pytest.approx(1.80 - (1.2 + WINDOW / RATE))
    assert found.unheard_s == pytest.approx(WINDOW / RATE)
    assert found.wer == WordErrors(2, 0, 1, 0)


def test_each_recording_is_compared_with_its_own_finals() -> None:
    """Finals go to the recording in which their utterance began, even a little before it."""
    first = recording(text="one")
    other = recording(5.0, (5.2, 6.0), "two", 6.5)
    found = measure(
        [
            log(
                (1.30, SpeechStarted("u1", 1200)),
                (2.60, final("one", 1)),
                (5.30, SpeechStarted("u2", 4900)),
                (6.60, final("too", 1, utterance="u2")),
                played=(first, other),
            )
        ],
        500,
    )
    assert found.recordings == 2
    assert found.wer == WordErrors(2, 1, 0, 0)


def test_a_recording_that_nobody_heard_is_all_deletions() -> None:
    """No utterance, no latency, but its words count."""
    found = figures()
    assert found.wer == WordErrors(3, 0, 3, 0)
    assert found.wer.rate == 1.0
    assert found.final == Spread()


def test_percentiles_lie_between_values() -> None:
    """The same as numpy's linear interpolation; of one value, itself."""
    values = [0.4, 0.1, 0.9, 0.2]
    found = spread(values)
    assert found.p50 == pytest.approx(float(np.percentile(values, 50)))
    assert found.p95 == pytest.approx(float(np.percentile(values, 95)))
    assert found.p99 == pytest.approx(float(np.percentile(values, 99)))
    assert found.greatest == 0.9
    assert percentile([0.7], 0.95) == 0.7
