"""A conversation by voice alone in a real browser, whose microphone hears its loudspeaker."""

import io
import json
import wave
from pathlib import Path

import httpx2
import pytest

from tests.support.house import SOON_S, House
from tests.support.microphone import write_talk
from tests.web.runner import needs_chromium, run_node_tests
from tutor.bench.wording import word_errors

pytestmark = [needs_chromium, pytest.mark.timeout(600)]

TAPE_RATE = 24_000

MOST_ERRORS = 0.4
"""Of the words that are shown: a busy machine leaves gaps in what the browser plays. Of another
sentence nearly all would be wrong."""


def test_what_the_tutor_says_is_what_it_shows(house: House, tmp_path: Path) -> None:
    """At the café its audio is recorded and recognised; it neither answers its own echo (-20 dB,
    200 ms late), nor goes on when the learner interrupts."""
    tape = tmp_path / "tape"
    folder = str(write_talk(tmp_path))
    run_node_tests("house/aloud.test.js", TUTOR_URL=house.url, SAID=folder, TAPE=str(tape))
    shown = json.loads(tape.with_suffix(".json").read_text())["tutor"]
    heard = recognised(house.url, tape.with_suffix(".pcm").read_bytes())
    whole = " ".join(shown[:2])  # the third is broken off
    beginning = " ".join(heard.split()[: len(whole.split())])
    assert (word_errors([(whole, beginning)]).rate or 0) <= MOST_ERRORS, (shown, heard)


def recognised(url: str, pcm: bytes) -> str:
    """What the product hears in PCM16."""
    sound = io.BytesIO()
    with wave.open(sound, "wb") as file:
        file.setparams((1, 2, TAPE_RATE, 0, "NONE", ""))
        file.writeframes(pcm)
    answer = httpx2.post(
        f"{url}/v1/audio/transcriptions",
        data={"model": "whisper-1", "language": "en"},
        files={"file": ("tape.wav", sound.getvalue())},
        timeout=SOON_S,
    )
    return str(answer.json()["text"])
