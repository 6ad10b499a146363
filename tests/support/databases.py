"""Empty databases, of each kind that the product takes."""

from pathlib import Path
from secrets import token_hex

import pytest

from tests.support.postgres import new_database


def empty_database(request: pytest.FixtureRequest, folder: Path) -> str:
    """The URL of a database of the kind that a fixture's parameter names."""
    if request.param == "sqlite":
        return f"sqlite:///{folder / 'tutor.db'}"
    return new_database(request.getfixturevalue("postgres"), f"t{token_hex(4)}")
