"""The limits of the gateway that tests of uploads ask, and how they ask it."""

from secrets import token_hex

import httpx2

from tests.support.gateway import Gateway, Person, enter

MAX_BYTES = 300_000

MAX_JOBS = 3


def new_person(gateway: Gateway) -> Person:
    """Somebody who was not there before."""
    return enter(gateway.url, f"{token_hex(4)}@school.example")


def post(
    client: httpx2.Client, file: bytes = b"sound", key: str = "", **fields: str
) -> httpx2.Response:
    """Ask for a job."""
    headers = {"Idempotency-Key": key} if key else {}
    return client.post("/v1/jobs", files={"file": ("a.wav", file)}, data=fields, headers=headers)


def code_of(answer: httpx2.Response) -> tuple[int, str]:
    """Status and code of a problem document."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    assert answer.json()["status"] == answer.status_code
    return answer.status_code, answer.json()["code"]
