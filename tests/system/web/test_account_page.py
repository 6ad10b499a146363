"""The account's page in a real browser, against the whole product."""

from pathlib import Path

import pytest

from tests.support.gateway import running_gateway
from tests.support.house import House
from tests.support.microphone import write_wav
from tests.web.runner import needs_chromium, run_node_tests

pytestmark = [needs_chromium, pytest.mark.timeout(600)]


def test_an_account_with_the_whole_product(house: House, tmp_path: Path) -> None:
    """A second gateway in front of the same workers demands accounts; the server warns of the
    end of its tokens 2 s after their beginning."""
    demands = {"accounts": "required", "access_token_s": "62", "quota_free_s": "3600"}
    demands["address_tries"] = "10000"  # the store remembers those of the other tests
    with running_gateway(tmp_path, house.redis_url, **demands) as gateway:
        wav = str(write_wav(tmp_path / "weather.wav", "weather.flac"))
        run_node_tests("house/account.test.js", TUTOR_URL=gateway.url, WEATHER_WAV=wav)
