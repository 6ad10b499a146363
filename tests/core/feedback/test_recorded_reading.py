import pytest

from tutor.core.audio.samples import RATE
from tutor.core.feedback.assessment import (
    Assessment,
    Fluency,
    Passage,
    Pause,
    PronouncedWord,
    Pronunciation,
    ReadWord,
)
from tutor.core.feedback.reading.reading import WINDOW_BEHIND
from tutor.core.feedback.recorded_reading import RecordedReading

FLUENCY = Fluency(80.0, 3.0, 4.0, 120.0, 1, 0.5, 4.0, 4, (Pause(200, 700, expected=True),))


def assessed(reading: RecordedReading, *statuses: str, fluency: Fluency = FLUENCY) -> Assessment:
    """The next words of the text, each with what became of it; all that was said scores 90."""
    window = reading.window()
    start, end = window.position, window.position + len(statuses)
    words = list(zip(window.words[start:end], statuses, strict=True))
    return Assessment(
        Passage(start, end, tuple(ReadWord(word, status) for word, status in words)),  # type: ignore[arg-type]
        Pronunciation(
            90.0,
            90.0,
            90.0,
            90.0,
            calibrated=True,
            words=tuple(
                PronouncedWord(
                    word, 100 * n, 100 * n + 90, 90.0 if status == "matched" else None, 0
                )
                for n, (word, status) in enumerate(words)
            ),
        ),
        fluency,
    )


def test_utterances_make_one_report() -> None:
    """Each is looked for where the last one ended; times are the recording's."""
    reading = RecordedReading("one two three four", "en")
    reading.receive_assessment(assessed(reading, "matched", "matched"), 0)
    assert reading.window().position == 2
    reading.receive_assessment(assessed(reading, "matched"), 5 * RATE)
    found = reading.report()
    assert [word.start_ms for word in found.words] == [0, 100, 5_000, None]
    assert [word.error for word in found.words] == [None, None, None, "omission"]
    assert found.completeness == 75
    assert found.details is None  # rates over a pause between utterances say nothing


def test_passages_are_of_the_whole_text() -> None:
    """Also far behind the first word that the window holds."""
    reading = RecordedReading(" ".join(f"w{n}" for n in range(WINDOW_BEHIND + 30)), "en")
    for n in range(11):
        reading.receive_assessment(assessed(reading, *["matched"] * 10), n * RATE)
    assert reading.window().offset == 30
    assert [word.start_ms for word in reading.report().words[100:102]] == [10_000, 10_100]


def test_a_single_utterance_tells_its_pauses() -> None:
    """On the recording's clock, not on its own."""
    reading = RecordedReading("one two", "en")
    reading.receive_assessment(assessed(reading, "matched", "matched"), 2 * RATE)
    details = reading.report().details
    assert details is not None
    assert [(pause.start_ms, pause.end_ms) for pause in details.all_pause_list] == [(2_200, 2_700)]


def test_completeness_is_what_a_session_says() -> None:
    """A word said wrong was spoken, one left out was not."""
    reading = RecordedReading("one two three four", "en")
    found = assessed(reading, "matched", "substituted", "omitted", "matched")
    reading.receive_assessment(found, 0)
    report = reading.report()
    assert [word.error for word in report.words] == [None, "substitution", "omission", None]
    assert report.completeness == 75


def test_sounds_alone_make_a_report() -> None:
    """Nothing was recognised: there is no passage, and no rates."""
    reading = RecordedReading("one two", "en")
    found = assessed(reading, "matched", "omitted")
    reading.receive_assessment(Assessment(pronunciation=found.pronunciation), 0)
    report = reading.report()
    assert [word.error for word in report.words] == [None, "omission"]
    assert (report.completeness, report.details) == (50, None)


def test_a_text_without_words_is_refused() -> None:
    """There is nothing to read."""
    with pytest.raises(ValueError, match="no words"):
        RecordedReading("?!", "en")
