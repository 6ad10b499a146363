"""Access tokens: only our own."""

from typing import Any

import jwt
import pytest

from tests.support.doors import KEY
from tests.support.gateway import Gateway, Person


@pytest.mark.parametrize(
    ("change", "key", "algorithm"),
    [
        ({}, "another key that is as long as ours", "HS256"),
        ({}, KEY * 2, "HS512"),
        ({}, "", "none"),
        ({"aud": "another"}, KEY, "HS256"),
        ({"iss": "another"}, KEY, "HS256"),
        ({"typ": "refresh"}, KEY, "HS256"),
        ({"exp": 1}, KEY, "HS256"),
        *(({name: None}, KEY, "HS256") for name in ("exp", "aud", "iss", "typ", "sub", "sid")),
        ({"gen": 1}, KEY, "HS256"),
        ({"sid": "another"}, KEY, "HS256"),
        ({"sub": "another"}, KEY, "HS256"),
    ],
)
def test_only_our_own_access_tokens_are_taken(
    guarded: Gateway, anna: Person, change: dict[str, Any], key: str, algorithm: str
) -> None:
    """A token has one algorithm, one key, exp, aud, iss and type; anything else is 401."""
    claims = jwt.decode(anna.token, KEY, algorithms=["HS256"], audience="voice-tutor")
    same = jwt.encode(claims, KEY, "HS256")
    changed = {name: value for name, value in (claims | change).items() if value is not None}
    forged = jwt.encode(changed, key, algorithm)
    with guarded.client(same) as client:
        assert client.get("/v1/me").status_code == 200
    with guarded.client(forged) as client:
        assert client.get("/v1/me").status_code == 401


def test_gateways_whose_clocks_differ_take_each_others_tokens(
    guarded: Gateway, anna: Person
) -> None:
    """A token that was signed some seconds ahead of our time is valid."""
    claims = jwt.decode(anna.token, KEY, algorithms=["HS256"], audience="voice-tutor")
    ahead = claims | {"iat": claims["iat"] + 30, "exp": claims["exp"] + 30}
    with guarded.client(jwt.encode(ahead, KEY, "HS256")) as client:
        assert client.get("/v1/me").status_code == 200
