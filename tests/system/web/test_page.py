"""The practice page in a real browser, against the whole product.

The tests themselves are in `tests/web`, for Node's test runner and Playwright.
"""

import wave
from pathlib import Path

import numpy as np
import pytest
import soxr

from tests.support.gateway import running_gateway
from tests.support.house import House, served
from tests.support.speech import silence, spoken
from tests.web.runner import needs_chromium, run_node_tests
from tutor.core.audio.samples import RATE

MICROPHONE_RATE = 48_000
"""What Chromium's fake microphone records at."""

pytestmark = [needs_chromium, pytest.mark.timeout(600)]


def write_wav(path: Path, name: str) -> Path:
    """A recorded sentence as a fake microphone hears it: a moment of silence before and after."""
    samples = np.concatenate([silence(1), spoken(name), silence(5)])
    heard = soxr.resample(samples, RATE, MICROPHONE_RATE).astype(np.int16)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(MICROPHONE_RATE)
        file.writeframes(heard.tobytes())
    return path


def test_the_page_with_the_whole_product(tmp_path: Path) -> None:
    """Real speech in, scored words and a reply out; a killed gateway costs a moment."""
    with served(tmp_path) as house:
        run_node_tests("house/house.test.js", **environment(house, tmp_path))


def test_an_account_with_the_whole_product(house: House, tmp_path: Path) -> None:
    """A second gateway in front of the same workers demands accounts; the server warns of the
    end of its tokens 2 s after their beginning."""
    demands = {"accounts": "required", "access_token_s": "62", "quota_free_s": "3600"}
    demands["address_tries"] = "10000"  # the store remembers those of the other tests
    with running_gateway(tmp_path, house.redis_url, **demands) as gateway:
        wav = str(write_wav(tmp_path / "weather.wav", "weather.flac"))
        run_node_tests("house/account.test.js", TUTOR_URL=gateway.url, WEATHER_WAV=wav)


def environment(house: House, folder: Path) -> dict[str, str]:
    """What the tests against the product need to know."""
    return {
        "TUTOR_URL": house.url,
        "TUTOR_GATEWAY_PID": str(house.part("gateway").pid),
        "WEATHER_WAV": str(write_wav(folder / "weather.wav", "weather.flac")),
        "LONG_WAV": str(write_wav(folder / "long.wav", "long.flac")),
    }
