"""`tutor bench --turns`: what is counted, and a recording played on the clock of its audio."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from tutor.adapters.speech.request import Request
from tutor.adapters.speech.vad import Vad
from tutor.bench.corpus import Recording, find_speech, read_probe
from tutor.bench.turns.figures import (
    Ended,
    ending_of,
    followed,
    percentile,
    summed_ends,
    summed_following,
    was_read,
)
from tutor.bench.turns.run import Player, Tally
from tutor.bench.turns.stage import Ears, Told
from tutor.core.audio.recognition import RecognisedWord, Recognition
from tutor.core.live.config import SessionConfig
from tutor.core.protocol.messages import (
    FollowedWord,
    ReadingProgress,
    SpeechStopped,
    TranscriptFinal,
    TurnEnded,
    Word,
)
from tutor.core.turns.waits import TurnConfig

TEXT = "Hello, can you hear me clearly?"


def told(*events: object) -> list[Told]:
    """Events, a second apart."""
    return [Told(float(n), event) for n, event in enumerate(events, 1)]  # type: ignore[arg-type]


def test_a_turn_that_ends_before_the_last_speech_was_cut() -> None:
    """The silence behind the last words is what the learner waits for."""
    events = told(SpeechStopped("u1", 900), TurnEnded("u1", 1_500, "silence"))
    assert ending_of(events, 0.8) == Ended(is_cut=False, dead_air_s=0.6)
    more = told(SpeechStopped("u2", 2_900), TurnEnded("u2", 3_300, "words"))
    assert ending_of([*events, *more], 2.8) == Ended(is_cut=True, dead_air_s=0.4)
    assert ending_of([], 0.8) is None


def test_figures_are_of_all_recordings() -> None:
    """Shares, means and the 95th percentile, which is a value that occurred."""
    figures = summed_ends([Ended(is_cut=n == 0, dead_air_s=n / 10) for n in range(20)])
    assert (figures.recordings, figures.cut) == (20, 1)
    assert figures.dead_air_mean_s == pytest.approx(0.95)
    assert figures.dead_air_p95_s == 1.8
    assert percentile([], 0.5) == 0


def test_a_reader_is_followed_late_or_soon() -> None:
    """From the end of each word by the final to the event that told it."""
    final = TranscriptFinal(
        "u1", "Hello can", "en", (Word("Hello", 0, 400, 1), Word("can", 400, 700, 1)), 0, 700
    )
    words = (FollowedWord(0, "Hello,", "read", 0, 400), FollowedWord(1, "can", "skipped"))
    events = told(ReadingProgress("u1", words, 2), final)
    found = followed(events, TEXT.split())
    assert found.delays_s == pytest.approx((0.6,))
    assert (found.words, found.skipped) == (6, 1)
    assert was_read(events, 0)
    assert not was_read(events, 1)
    figures = summed_following([found], [True, False])
    assert (figures.told, figures.left_out, figures.left_out_read) == (1, 2, 1)


class Stub:
    """A recogniser that hears the probe's sentence in everything."""

    device = compute_type = "none"

    def recognise(self, requests: Sequence[Request]) -> list[Recognition]:
        """The sentence, its words spread over the audio."""
        return [self._heard(request) for request in requests]

    def _heard(self, request: Request) -> Recognition:
        step = request.seconds / 7
        words = tuple(
            RecognisedWord(word, n * step, (n + 1) * step, 0.9)
            for n, word in enumerate(TEXT.split())
        )
        return Recognition(TEXT, "en", words)


def test_a_recording_is_played_in_three_ways() -> None:
    """The words end a turn sooner than the timer, and the text's end sooner than they."""
    vad, probe = Vad(), read_probe()
    recording = Recording("probe", TEXT, probe, find_speech(probe, vad))
    config = replace(SessionConfig(), turns=TurnConfig(by_words=True))
    tally = Tally()
    tally.play(Player(config, vad, Ears(Stub()), "en", follow=True), [recording])
    report = tally.report(600)
    waits = [way.dead_air_mean_s for way in (report.timer, report.speaking, report.reading)]
    assert waits == sorted(waits, reverse=True)
    assert waits[0] - waits[2] >= 0.2
    assert [way.cut for way in (report.timer, report.speaking, report.reading)] == [0, 0, 0]
    assert report.following is not None
    assert report.following.words == 6
    assert np.isfinite(report.following.delay_p95_s)
