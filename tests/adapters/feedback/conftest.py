"""The judge of pronunciation, which takes seconds to load and to hear."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tutor.adapters.feedback.pronouncer import Pronouncer


@pytest.fixture(scope="session")
def pronouncer() -> "Pronouncer":
    """Whisper and the weights that the package ships."""
    from tests.support.ear import remembering_pronouncer

    return remembering_pronouncer()
