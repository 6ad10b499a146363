from pathlib import Path

import pytest

from tests.support.house import free_port
from tutor.adapters.speech.media import MediaError
from tutor.client import PracticeError, practice_url, practise_file, practise_pcm
from tutor.client.connection import FRAME_MS, PracticeClient
from tutor.core.audio.samples import BYTES_PER_SAMPLE, WINDOW, to_samples
from tutor.core.protocol.messages import SessionStart


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


async def test_a_recording_is_sent_in_frames_of_whole_windows() -> None:
    """No window of the server's voice activity waits for the frame after it, but for the last."""
    sent: list[bytes] = []

    class Client(PracticeClient):
        start = SessionStart("en")

        async def send_audio(self, pcm: bytes) -> None:
            sent.append(pcm)

    pcm = bytes(range(250)) * 50
    client = Client()  # type: ignore[abstract]  # it only sends
    await client.play(pcm, speed=1_000.0)
    assert b"".join(sent) == pcm
    assert {len(frame) for frame in sent[:-1]} == {to_samples(FRAME_MS) * BYTES_PER_SAMPLE}
    assert to_samples(FRAME_MS) % WINDOW == 0
