"""What is one caller's stays with that caller."""

import pytest

from tests.support import asking
from tests.support.gateway import Gateway, Person

PUBLIC = ("/", "/static/app.js", "/docs")


def test_private_answers_are_kept_by_nobody(guarded: Gateway, anna: Person) -> None:
    """`no-store` on whatever the API answers, right or wrong: keys, tickets, the account."""
    with guarded.client(anna.token) as client:
        answers = [
            client.post("/v1/keys", json={"name": "server"}),
            client.get("/v1/keys"),
            client.post("/v1/tickets"),
            client.get("/v1/me"),
            client.get("/v1/me/export"),
            client.get("/v1/me/sessions"),
            client.get("/v1/me/words"),
            client.get("/v1/jobs"),
            client.get("/v1/jobs/1"),
            client.post("/v1/jobs"),
            client.post("/v1/accounts", json={}),
            client.get("/v1/nothing"),
            asking.get(f"{guarded.url}/metrics"),
            asking.get(f"{guarded.url}/v1/me"),
        ]
    for answer in answers:
        assert answer.headers["cache-control"] == "no-store", answer.url


@pytest.mark.parametrize("path", PUBLIC)
def test_the_pages_files_may_be_kept(guarded: Gateway, path: str) -> None:
    """Asked for again before a kept copy is used."""
    assert asking.get(guarded.url + path).headers["cache-control"] == "no-cache"
