"""Recordings that are uploaded to a running product, and what comes of them."""

from typing import Any

from tests.support import asking
from tests.support.house import SOON_S, House, wait_until

DONE_S = 150.0
"""For a job on a busy machine."""


def post(url: str, file: bytes, **fields: str) -> dict[str, Any]:
    """Ask for a job."""
    answer = asking.post(
        f"{url}/v1/jobs", files={"file": ("a.flac", file)}, data=fields, timeout=SOON_S
    )
    assert answer.status_code == 202, answer.text
    job: dict[str, Any] = answer.json()
    return job


def state(url: str, job: str) -> dict[str, Any]:
    """A job as it stands."""
    found: dict[str, Any] = asking.get(f"{url}/v1/jobs/{job}").json()
    return found


def result(house: House, job: str) -> dict[str, Any]:
    """The result, when the job has ended."""
    wait_until(lambda: state(house.url, job)["status"] in ("done", "failed"), DONE_S, house.log)
    answer = asking.get(f"{house.url}/v1/jobs/{job}/result")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found
