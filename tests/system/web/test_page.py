"""The practice page in a real browser, against the whole product.

The tests themselves are in `tests/web`, for Node's test runner and Playwright.
"""

from pathlib import Path

import pytest

from tests.support.house import READY_S, House, wait_until
from tests.support.microphone import write_wav
from tests.web.runner import needs_chromium, run_node_tests
from tutor.adapters.serving import is_ready

pytestmark = [needs_chromium, pytest.mark.timeout(600)]


def test_the_page_with_the_whole_product(house: House, tmp_path: Path) -> None:
    """Real speech in, scored words and a reply out; a killed gateway costs a moment."""
    run_node_tests("house/house.test.js", **environment(house, tmp_path))
    wait_until(lambda: is_ready(house.url), READY_S, house.log)


def environment(house: House, folder: Path) -> dict[str, str]:
    """What the tests against the product need to know."""
    return {
        "TUTOR_URL": house.url,
        "TUTOR_GATEWAY_PID": str(house.part("gateway").pid),
        "WEATHER_WAV": str(write_wav(folder / "weather.wav", "weather.flac")),
        "LONG_WAV": str(write_wav(folder / "long.wav", "long.flac")),
    }
