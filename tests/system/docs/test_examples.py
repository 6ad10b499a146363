"""The Python client's examples, run as they stand against the whole product."""

import os
import subprocess
import sys
import wave
from pathlib import Path

from tests.support.house import SOON_S, House
from tests.support.pages import blocks
from tests.support.places import ROOT
from tests.support.speech import SPEECH, TEXTS, spoken, wer

FILE, OPEN_SESSION, TUTOR_SPEAKS = blocks("embed/python.md", "python")


def run(code: str, house: House, folder: Path) -> str:
    """What a program prints that is started in a folder, with the address of this house."""
    done = subprocess.run(
        [sys.executable, "-c", code.replace("http://127.0.0.1:8000", house.url)],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=2 * SOON_S,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_recording_by_one_call(house: House, tmp_path: Path) -> None:
    """It prints what was said; the name says MP3, the file is another format: either will do."""
    (tmp_path / "speech.mp3").symlink_to(SPEECH / "market.flac")
    assert wer(TEXTS["market.flac"], run(FILE, house, tmp_path)) <= 0.15


def test_an_open_session_shows_words_while_they_are_said(house: House, tmp_path: Path) -> None:
    """It prints partials, committed and tentative."""
    (tmp_path / "speech.raw").write_bytes(spoken("long.flac").tobytes())
    lines = run(OPEN_SESSION, house, tmp_path).splitlines()
    assert len(lines) >= 3
    assert all(" … " in f" {line} " for line in lines)


def test_the_tutor_s_reply_is_heard(house: House, tmp_path: Path) -> None:
    """It is spoken to its end, and what was written to the file is speech of some seconds."""
    (tmp_path / "speech.raw").write_bytes(spoken("market.flac").tobytes())
    told = run(TUTOR_SPEAKS, house, tmp_path).split()
    assert told.count("tutor.speech.started") == told.count("tutor.speech.ended") == 1
    with wave.open(str(tmp_path / "reply.wav")) as sound:
        pcm = sound.readframes(sound.getnframes())
        assert sound.getnframes() > sound.getframerate()
    assert max(pcm[1::2]) > 0
