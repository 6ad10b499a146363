import pytest

from tests.support.house import House
from tests.support.speech import SPEECH, TEXTS, plain, spoken
from tutor.client import PracticeError, practise, practise_file, practise_pcm
from tutor.core.protocol.messages import (
    Error,
    Exercise,
    FeedbackAccuracy,
    SessionStart,
    SessionSummary,
    TranscriptFinal,
    TutorReplyDone,
)


def test_a_file_is_practised_with_one_plain_call(house: House) -> None:
    """All events of a reading come back: the words, what was read, the reply, the summary."""
    name = "weather.flac"
    start = SessionStart("en", Exercise("read_aloud", TEXTS[name]))
    events = practise_file(house.url, SPEECH / name, start, speed=1.9)
    finals = [event for event in events if isinstance(event, TranscriptFinal)]
    assert plain(" ".join(final.text for final in finals)) == plain(TEXTS[name])
    assert next(e for e in events if isinstance(e, FeedbackAccuracy)).accuracy == 100
    assert next(e for e in events if isinstance(e, TutorReplyDone)).text
    assert isinstance(events[-1], SessionSummary)


def test_a_refusal_is_one_line_with_its_code(house: House) -> None:
    """A session that the server does not take raises with the error's code."""
    with pytest.raises(PracticeError, match=r"^unsupported_language: "):
        practise_pcm(house.url, spoken("weather.flac").tobytes(), SessionStart("xx"))


async def test_a_refusal_in_the_middle_ends_it(house: House) -> None:
    """What would be refused again is not tried again, also by a client that comes back."""
    async with practise(house.url, SessionStart("en"), resume=True) as client:
        await client.send_audio(b"odd")
        events = [event async for _, event in client]
        with pytest.raises(PracticeError, match="bad_audio"):
            await client.commit()
    assert client.close_code == 4415
    assert [event.code for event in events if isinstance(event, Error)] == ["bad_audio"]


async def test_a_client_that_comes_back_misses_nothing(house: House) -> None:
    """A connection that breaks in the middle of a sentence costs no word, event or message."""
    pcm = spoken("weather.flac").tobytes()
    async with practise(house.url, SessionStart("en", feedback=False), resume=True) as client:
        await client.play(pcm[:48_000])
        client.socket.transport.abort()
        await client.play(pcm[48_000:])
        await client.commit()
        await client.end()
        told = [numbered async for numbered in client]
    assert client.started.recovered
    assert [seq for seq, _ in told] == list(range(2, len(told) + 2))
    (final,) = [event for _, event in told if isinstance(event, TranscriptFinal)]
    assert plain(final.text) == plain(TEXTS["weather.flac"])
    assert not [event for _, event in told if isinstance(event, Error)]


def test_audio_in_a_hurry_waits_for_the_server(house: House) -> None:
    """However fast a recording is handed over, it goes no faster than the server allows."""
    pcm = spoken("long.flac").tobytes()
    events = practise_pcm(house.url, pcm, SessionStart("en", feedback=False), speed=50)
    assert isinstance(events[-1], SessionSummary)
