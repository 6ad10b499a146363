from hypothesis import given
from hypothesis import strategies as st

from tutor.adapters.secrets.refresh import RefreshTokens

TOKENS = RefreshTokens("a key for tests that is long enough")
FIRST = TOKENS.first("login")


def test_each_token_that_was_ever_given_is_known() -> None:
    """The first one and all that follow it, of its own login and its own server."""
    secret = FIRST
    for _ in range(3):
        assert TOKENS.is_ours(f"login.{secret}")
        assert not TOKENS.is_ours(f"other.{secret}")
        assert not RefreshTokens("another key").is_ours(f"login.{secret}")
        assert TOKENS.following(f"login.{secret}") == TOKENS.following(f"login.{secret}")
        secret = TOKENS.following(f"login.{secret}")
    assert TOKENS.first("login") != FIRST


@given(st.text(max_size=60) | st.from_regex(r"[A-Za-z0-9_-]{43}", fullmatch=True))
def test_a_guess_is_not(secret: str) -> None:
    """Whatever it is made of."""
    assert secret == FIRST or not TOKENS.is_ours(f"login.{secret}")


@given(st.integers(0, len(FIRST) - 1), st.sampled_from("ABCxyz019_-="))
def test_a_token_that_was_changed_is_not(at: int, sign: str) -> None:
    """In a single letter."""
    changed = FIRST[:at] + sign + FIRST[at + 1 :]
    assert changed == FIRST or not TOKENS.is_ours(f"login.{changed}")
