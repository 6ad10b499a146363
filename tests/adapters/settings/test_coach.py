import pytest

from tests.support.endpoint import KEY
from tutor.adapters.settings import Settings, SettingsError
from tutor.shells.http.services import make_session_config


@pytest.mark.parametrize(
    ("settings", "language_model"),
    [
        ({}, False),
        ({"llm_model": "m"}, False),
        ({"llm_url": "http://x/v1", "llm_model": "m"}, True),
    ],
)
def test_an_address_makes_a_language_model(
    settings: dict[str, str], *, language_model: bool
) -> None:
    """Sessions ask a language model where the settings have its address, else the coach."""
    loaded = Settings.load(**settings)
    assert make_session_config(loaded).tutoring.language_model == language_model


def test_an_address_needs_a_model() -> None:
    """An endpoint without the name of a model is refused before anything starts."""
    with pytest.raises(SettingsError, match="needs the name of a model"):
        Settings.load(llm_url="http://x/v1")


def test_the_key_is_not_shown_with_the_settings() -> None:
    """Whoever prints the settings prints no secret."""
    settings = Settings.load(llm_api_key=KEY)
    assert KEY not in repr(settings)
    assert KEY not in str(settings.model_dump())
    assert settings.llm_api_key.get_secret_value() == KEY
