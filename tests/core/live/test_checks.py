"""What a client may ask of a session, at its start and later."""

import pytest

from tests.support.everyday import COMMIT
from tests.support.scripted import (
    SILENCE,
    START,
    Answer,
    Hear,
    Play,
    TakeOver,
    speech,
)
from tutor.core.audio.samples import WINDOW
from tutor.core.live.config import SessionConfig
from tutor.core.live.effects import Close
from tutor.core.protocol.errors import ERRORS
from tutor.core.protocol.messages import (
    AudioFormat,
    Exercise,
    SessionStart,
    SessionUpdate,
    SpeechStopped,
)
from tutor.core.text.expected import Expected

# ---------------------------------------------------------------- starting


@pytest.mark.parametrize(
    ("start", "code"),
    [
        (SessionStart("xx"), "unsupported_language"),
        (SessionStart("english"), "unsupported_language"),
        (SessionStart("en", native_language="xx"), "unsupported_language"),
        (SessionStart("en", audio=AudioFormat(sample_rate=7_999)), "unsupported_audio"),
        (SessionStart("en", audio=AudioFormat(sample_rate=48_001)), "unsupported_audio"),
        (SessionStart("en", Exercise("read_aloud")), "bad_message"),
        (SessionStart("en", Exercise("shadow", text=" ")), "bad_message"),
        (SessionStart("en", Exercise("free", id=65 * "x")), "bad_message"),
        (SessionStart("en", Exercise("read_aloud", "...!")), "no_text"),
        (SessionStart("en", Exercise("read_aloud", 5_001 * "word ")), "text_too_long"),
        (SessionStart("en", endpoint_silence_ms=199), "bad_message"),
        (SessionStart("en", endpoint_silence_ms=2_001), "bad_message"),
    ],
)
def test_a_start_that_cannot_be_served(start: SessionStart, code: str) -> None:
    """A wrong `session.start` is refused with its code, and the socket closes."""
    play = Play(start)
    assert play.errors == [code]
    assert play.close == Close(ERRORS[code][0] or 0, code)
    assert play.play(START) == []


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 48_000])
def test_sample_rates_that_are_served(rate: int) -> None:
    """Any rate from 8 to 48 kHz is taken."""
    play = Play(SessionStart("en", audio=AudioFormat(sample_rate=rate)))
    assert play.session.state == "open"
    assert play.session.received.audio.sample_rate == rate


@pytest.mark.parametrize(
    ("exercise", "asked_ms", "silence_ms"),
    [
        (Exercise(), None, 600),
        (Exercise(level="A1"), None, 1_500),
        (Exercise(level="A2"), None, 1_200),
        (Exercise(level="B1"), None, 600),
        (Exercise(level="A1"), 200, 200),
        (Exercise(), 2_000, 2_000),
    ],
)
def test_beginners_get_more_time(exercise: Exercise, asked_ms: int | None, silence_ms: int) -> None:
    """The silence that ends an utterance goes by level, unless the client sets it."""
    play = Play(SessionStart("en", exercise, endpoint_silence_ms=asked_ms), speech(640))
    assert silence_until_endpoint_ms(play) == pytest.approx(silence_ms, abs=32)


def silence_until_endpoint_ms(play: Play) -> int:
    """How much silence, window by window, ends the open utterance."""
    for windows in range(1, 100):
        play.play(Hear(WINDOW, SILENCE))
        if len(play.events_of(SpeechStopped)) == len(play.utterances):
            return windows * 32
    raise AssertionError("no endpoint")


# ---------------------------------------------------------------- updating


def test_an_update_between_utterances_holds_for_the_next() -> None:
    """A new language reaches the jobs of the utterances after it."""
    play = Play(SessionStart("en-GB"), speech(640), COMMIT, SessionUpdate(language="de-AT"))
    play.play(speech(640), COMMIT)
    assert [job.language for job in play.jobs_of("final")] == ["en", "de"]


def test_what_is_expected_reaches_every_job() -> None:
    """Of an unknown language the first utterance tells for the next, at another gateway, too."""
    config = SessionConfig(expected=Expected(("de", "en")))
    german = Answer(text="Guten Tag", language="de")
    play = Play(SessionStart("auto", native_language="ru"), speech(640), COMMIT, config=config)
    play.play(german, TakeOver(), speech(640), COMMIT)
    first, second = (job.expected for job in play.jobs_of("final"))
    assert first == Expected(("de", "en"), "", "ru")
    assert second == Expected(("de", "en"), "de", "ru")


def test_an_update_during_an_utterance_must_wait() -> None:
    """An update while somebody speaks is refused and changes nothing."""
    play = Play(START, speech(640), SessionUpdate(language="de"), COMMIT, speech(640), COMMIT)
    assert play.errors == ["utterance_open"]
    assert [job.language for job in play.jobs_of("final")] == ["en", "en"]


def test_an_update_leaves_alone_what_it_does_not_name() -> None:
    """A new exercise keeps the endpoint silence that the client asked for."""
    play = Play(SessionStart("en", endpoint_silence_ms=1_000))
    play.play(SessionUpdate(exercise=Exercise(level="A1")), speech(640))
    assert silence_until_endpoint_ms(play) == pytest.approx(1_000, abs=32)


def test_an_update_to_another_level_changes_the_silence() -> None:
    """Who has set no endpoint silence gets that of the new level."""
    play = Play(START, SessionUpdate(exercise=Exercise(level="A1")), speech(640))
    assert silence_until_endpoint_ms(play) == pytest.approx(1_500, abs=32)


@pytest.mark.parametrize(
    ("update", "code"),
    [
        (SessionUpdate(language="xx"), "unsupported_language"),
        (SessionUpdate(language=""), "unsupported_language"),
        (SessionUpdate(Exercise("read_aloud")), "bad_message"),
        (SessionUpdate(endpoint_silence_ms=0), "bad_message"),
    ],
)
def test_an_update_that_cannot_be_served(update: SessionUpdate, code: str) -> None:
    """A wrong update is refused like a wrong start, and ends nothing."""
    play = Play(START, update)
    assert play.errors == [code]
    assert play.close is None
