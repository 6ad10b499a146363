import pytest

from tutor.adapters.settings import Settings, SettingsError

# ---------------------------------------------------------------- 6: expiry and logout


def test_a_session_has_an_absolute_length() -> None:
    """A session ends after an hour (`tests/system/cli/test_serve.py` sees one end with 4408)."""
    assert Settings.load().max_session_s == 3600


# ---------------------------------------------------------------- 9: tokens


def test_an_access_token_lives_ten_minutes_at_most() -> None:
    """A longer life of access tokens is no setting."""
    assert Settings.load(access_token_s=600).access_token_s == 600
    with pytest.raises(SettingsError, match="TUTOR_ACCESS_TOKEN_S"):
        Settings.load(access_token_s=601)
