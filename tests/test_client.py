from pathlib import Path

import pytest

from tests.house import House, free_port
from tests.speech import SPEECH, TEXTS, plain, spoken
from tutor.adapters.media import MediaError
from tutor.client import PracticeError, practice_url, practise_file, practise_pcm
from tutor.core.protocol import (
    Exercise,
    FeedbackAccuracy,
    SessionStart,
    SessionSummary,
    TranscriptFinal,
    TutorReplyDone,
)


@pytest.mark.parametrize(
    ("url", "socket"),
    [
        ("http://127.0.0.1:8000", "ws://127.0.0.1:8000/v1/practice"),
        ("https://tutor.example/", "wss://tutor.example/v1/practice"),
        ("ws://tutor.example", "ws://tutor.example/v1/practice"),
    ],
)
def test_the_practice_socket_stands_beside_the_page(url: str, socket: str) -> None:
    """A server is named by its web address."""
    assert practice_url(url) == socket


def test_a_server_that_is_not_there_is_one_line() -> None:
    """Nobody answers: a PracticeError that says where."""
    url = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(PracticeError, match=f"^cannot practise at .*{url.rpartition(':')[2]}"):
        practise_pcm(url, b"", SessionStart("en"))


def test_a_recording_that_is_none_is_said_before_the_server_is_asked(tmp_path: Path) -> None:
    """The file comes first: no session is opened for it."""
    path = tmp_path / "speech.wav"
    path.write_bytes(b"no sound")
    with pytest.raises(MediaError):
        practise_file(f"http://127.0.0.1:{free_port()}", path, SessionStart("en"))


@pytest.mark.live
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


@pytest.mark.live
def test_a_refusal_is_one_line_with_its_code(house: House) -> None:
    """A session that the server does not take raises with the error's code."""
    with pytest.raises(PracticeError, match=r"^unsupported_language: "):
        practise_pcm(house.url, spoken("weather.flac").tobytes(), SessionStart("xx"))


@pytest.mark.live
def test_a_refusal_in_the_middle_is_told_too(house: House) -> None:
    """Audio that comes too fast ends the session, and the call says so."""
    pcm = spoken("long.flac").tobytes() * 3
    with pytest.raises(PracticeError, match=r"^audio_too_fast: "):
        practise_pcm(house.url, pcm, SessionStart("en"), speed=50)
