from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house import House, served


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One running product for all tests that leave it as they found it."""
    folder: Path = tmp_path_factory.mktemp("house")
    with served(folder, idle_timeout_s="20", ping_interval_s="1", ping_timeout_s="2") as house:
        yield house
