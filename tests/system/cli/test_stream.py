import json
import subprocess
import sys

import pytest

from tests.support.house import SOON_S, House
from tests.support.invoke import command
from tests.support.speech import SPEECH, TEXTS, plain, wer


def stream(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run `tutor stream` to its end."""
    return subprocess.run(
        [sys.executable, "-m", "tutor", "stream", *arguments],
        capture_output=True,
        text=True,
        timeout=2 * SOON_S,
    )


def test_stream_command_prints_json_events_for_any_format(lean: House) -> None:
    """`tutor stream --json` plays an Opus file in stereo at 48 kHz and prints the protocol."""
    done = stream("--url", lean.url, "--json", "--fast", str(SPEECH / "stereo_48k.ogg"))
    assert done.returncode == 0, done.stderr
    events = [json.loads(line) for line in done.stdout.splitlines()]
    finals = [event for event in events if event["type"] == "transcript.final"]
    assert wer(TEXTS["stereo_48k.ogg"], " ".join(final["text"] for final in finals)) <= 0.15
    assert events[-1]["type"] == "session.summary"


def test_stream_command_is_readable_in_a_terminal(lean: House) -> None:
    """`tutor stream` shows the final sentence with its time."""
    done = stream("--url", lean.url, "--fast", str(SPEECH / "market.flac"))
    assert done.returncode == 0, done.stderr
    assert plain(TEXTS["market.flac"]) in plain(done.stdout)
    assert "1 utterance," in done.stdout


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["nothing.wav"], "nothing.wav"),
        ([__file__], "test_stream.py"),
        ([str(SPEECH / "market.flac"), "--url", "http://127.0.0.1:9"], "cannot practise at"),
    ],
)
def test_stream_command_says_in_one_line_what_is_wrong(
    arguments: list[str], complaint: str
) -> None:
    """A missing file, a file without audio and a missing server are one clear line each."""
    code, told = command("stream", *arguments)
    assert code == 1
    assert complaint in told
    assert told.count("\n") == 1
