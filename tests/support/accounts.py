"""The limits of the gateway that tests of accounts ask, and how they ask it."""

import httpx2

ADDRESS_TRIES = 40

ACCOUNT_TRIES = 9

GRACE_S = 60

MAX_BODY = 2048

MAX_LOGINS = 7

MAX_KEYS = 3


def code_of(answer: httpx2.Response) -> tuple[int, str]:
    """Status and code of a problem document."""
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code
    return answer.status_code, answer.json()["code"]


def refreshed(client: httpx2.Client, refresh: str) -> httpx2.Response:
    """The answer to a refresh token."""
    form = {"grant_type": "refresh_token", "refresh_token": refresh}
    return client.post("/v1/token", data=form)
