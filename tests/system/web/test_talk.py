"""Conversations in a real browser, against the whole product."""

from pathlib import Path

import pytest

from tests.support.house import House
from tests.support.microphone import write_wav
from tests.web.runner import needs_chromium, run_node_tests

pytestmark = [needs_chromium, pytest.mark.timeout(600)]


def test_a_conversation_with_the_whole_product(house: House, tmp_path: Path) -> None:
    """Spoken and typed answers tick the goals; without a microphone one types."""
    wav = str(write_wav(tmp_path / "weather.wav", "weather.flac"))
    run_node_tests("house/talk.test.js", TUTOR_URL=house.url, WEATHER_WAV=wav)
