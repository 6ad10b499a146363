"""The bookkeeping of one utterance: its clock, its jobs, its way to another gateway."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.core.audio.recognition import RecognisedWord, Recognition
from tutor.core.audio.samples import BYTES_PER_SAMPLE, RATE, to_ms, to_samples
from tutor.core.live.utterances.utterance import Utterance
from tutor.core.queue.jobs import RecognitionResult

START = to_samples(2_000)
"""Two seconds into the session the utterance's audio begins."""

ONSET = to_samples(2_300)


def utterance(*, end_ms: int | None = None, prompt: str = "") -> Utterance:
    """An utterance that is open, or that ended so long after the session's start."""
    one = Utterance("s1", "u1", START, ONSET, "en", prompt=prompt)
    one.end = None if end_ms is None else to_samples(end_ms)
    return one


def final(one: Utterance, text: str = "Hello!") -> RecognitionResult:
    """A recogniser's answer to the utterance's newest job."""
    heard = Recognition(text, "en")
    return RecognitionResult("s1", one.id, "final", one.revision, 1, "ok", 64_000, heard)


# ---------------------------------------------------------------- the clock of its words


def test_a_words_times_count_from_the_sessions_start() -> None:
    """A word half a second into an utterance that began after 2 s is at 2.5 s of the session."""
    word = utterance().word(RecognisedWord("Hello!", 0.5, 0.9, 0.87654))
    assert (word.start_ms, word.end_ms) == (2_500, 2_900)
    assert word.confidence == 0.877


def test_no_word_outlasts_its_utterance() -> None:
    """A recogniser that lets the last word ring on is cut off at the utterance's end."""
    heard = RecognisedWord("Hello!", 0.5, 9.0, 1.0)
    assert utterance(end_ms=3_000).word(heard).end_ms == 3_000
    assert utterance().word(heard).end_ms == 11_000, "nobody knows yet where it ends"


@given(
    st.lists(st.floats(0, 40), min_size=2, max_size=12).map(sorted),
    st.integers(2_000, 32_000) | st.none(),
)
def test_words_in_order_stay_in_order(times: list[float], end_ms: int | None) -> None:
    """Whatever the rounding and the cut at the end do, no word goes backwards or swaps places."""
    one = utterance(end_ms=end_ms)
    words = [one.word(RecognisedWord("w", begin, end, 0.5)) for begin, end in pairwise(times)]
    told = [ms for word in words for ms in (word.start_ms, word.end_ms)]
    assert told == sorted(told)
    assert told[0] >= to_ms(START)
    assert end_ms is None or told[-1] <= end_ms


# ---------------------------------------------------------------- its jobs


@given(st.integers(1, 30 * RATE), st.sampled_from(["partial", "final"]))
def test_a_job_asks_for_the_audio_up_to_a_position(length: int, kind: str) -> None:
    """The bytes of a job are those between the utterance's first sample and the position."""
    one = utterance(prompt="Llanfair")
    job = one.job("partial" if kind == "partial" else "final", one.next_revision(), START + length)
    assert job.audio_bytes == length * BYTES_PER_SAMPLE
    assert (job.session, job.utterance, job.kind) == ("s1", "u1", kind)
    assert (job.prompt, job.attempt, job.batch) == ("Llanfair", 1, False)


def test_the_second_attempt_tells_that_it_is_one() -> None:
    """A worker sees from the job alone which attempt it works on."""
    one = utterance(end_ms=3_000)
    one.attempt = 2
    assert one.job("final", 4, to_samples(3_000)).attempt == 2


def test_revisions_only_grow() -> None:
    """Partials and finals draw from one count, so that the newer of two results is known."""
    one = utterance()
    drawn = [one.next_revision() for _ in range(5)]
    assert drawn == sorted(set(drawn))
    assert one.revision == drawn[-1]


def test_what_is_in_flight_is_what_has_no_result() -> None:
    """A final begun at a pause is waited for until its early result is there."""
    one = utterance()
    assert not one.waiting
    one.partial_revision, one.final_revision = one.next_revision(), one.next_revision()
    assert one.in_flight == [1, 2]
    one.early_result = final(one)
    assert one.in_flight == [1]
    one.partial_revision = None
    assert not one.waiting


def test_the_tutor_gets_the_words_with_the_place_of_their_audio() -> None:
    """What is understood carries the audio that was decoded and where in the session it began."""
    one = utterance(end_ms=4_000)
    understood = one.understood(final(one, "I went home."))
    assert (understood.start_ms, understood.audio_bytes) == (2_000, 64_000)
    assert understood.recognition.text == "I went home."


# ---------------------------------------------------------------- the way to another gateway


def spoken(text: str) -> Utterance:
    """An open utterance of which a partial has heard these words, with another one in flight."""
    one = utterance()
    one.appended = START + RATE
    one.shown_revision = one.next_revision()
    one.partial_heard = START + RATE
    one.stabiliser.receive_hypothesis(text, "en")
    one.partial_revision = one.next_revision()
    return one


def test_who_takes_an_utterance_over_forgets_what_was_asked_for() -> None:
    """Jobs in flight knew other audio: no result of theirs is taken, but the count goes on."""
    one = spoken("I went")
    one.final_revision = one.next_revision()
    there = Utterance.restored("s1", one.snapshot(), START + RATE // 2, 7.0)
    assert there.in_flight == []
    assert there.next_revision() == one.revision + 1


def test_an_open_utterance_goes_on_where_the_store_stops() -> None:
    """Audio behind the position comes again; before the utterance's start none is its own."""
    kept = spoken("I went").snapshot()
    assert Utterance.restored("s1", kept, START + 320, 0.0).appended == START + 320
    assert Utterance.restored("s1", kept, START - 320, 0.0).appended == START


def test_an_ended_utterance_waits_for_the_same_final_anew() -> None:
    """The final of the dead gateway's job still counts; its deadline begins with the new one."""
    one = spoken("I went")
    one.end, one.speech_end, one.ended_at = START + RATE, START + 8_000, 3.0
    one.final_revision, one.attempt = one.next_revision(), 2
    there = Utterance.restored("s1", one.snapshot(), START + RATE, 90.0)
    assert there.ended
    assert there.in_flight == [one.final_revision]
    assert (there.ended_at, there.attempt, there.appended) == (90.0, 2, START + RATE)


@given(
    st.lists(st.sampled_from(["I", "I went", "I went to", "i went too"]), max_size=5),
    st.integers(0, 9),
    st.integers(1, 2),
    st.none() | st.integers(1, 30 * RATE),
)
def test_a_restored_utterance_has_the_same_snapshot(
    texts: list[str], revision: int, attempt: int, length: int | None
) -> None:
    """Through any number of gateways an utterance stays what it was, its committed words too."""
    one = replace(utterance(), revision=revision, shown_revision=revision, attempt=attempt)
    for text in texts:
        one.stabiliser.receive_hypothesis(text, "en")
    if length is not None:
        one.end, one.speech_end = START + length, START + length // 2
        one.final_revision = one.next_revision()
    there = Utterance.restored("s1", one.snapshot(), START, 0.0)
    assert there.snapshot() == one.snapshot()
    assert there.stabiliser.stable == one.stabiliser.stable


@pytest.mark.parametrize("ends", [False, True])
def test_only_the_final_of_an_ended_utterance_is_kept(ends: bool) -> None:
    """A final begun at a pause is nothing that another gateway could wait for."""
    one = spoken("I went")
    one.final_revision = one.next_revision()
    one.end = START + RATE if ends else None
    assert one.snapshot().final_revision == (one.final_revision if ends else None)
