from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tutor.adapters.sql.accounts import Accounts
from tutor.adapters.sql.database import Database
from tutor.adapters.sql.job_tables import JobRow
from tutor.adapters.sql.jobs import (
    DISPATCH_AGAIN_S,
    LEASE_S,
    JobTable,
    KeyUsedError,
    LeaseLostError,
    OwnerGoneError,
    TooManyJobsError,
)
from tutor.core.audio.recognition import Recognition
from tutor.core.files.pieces import FinishedPiece
from tutor.core.files.transcript import Piece

NOW = 1_000_000.0


@pytest.fixture
def jobs(database: Database) -> Iterator[JobTable]:
    """Its jobs; there are none before and after the test."""
    jobs = JobTable(database)
    yield jobs
    jobs.remove_expired(10 * NOW)


def row(job: str, **fields: object) -> JobRow:
    """A queued job."""
    facts: dict[str, object] = {
        "id": job,
        "purpose": "job",
        "state": "queued",
        "parameters": {"language": "en"},
        "filename": "x",
        "size": 1,
        "fingerprint": job,
        "created_at": NOW,
        "updated_at": NOW,
        "expires_at": NOW + 1000,
    }
    return JobRow(**(facts | fields))


FINISHED = FinishedPiece(Piece(0, 0, 16_000), Recognition("one", "en"))


def test_a_used_key_names_the_job_that_has_it(jobs: JobTable) -> None:
    """Of requests that come at once, one makes the job; the others are told which."""

    def add(job: str) -> str:
        try:
            jobs.add(row(job, idempotency="k"), [b"x"], 10)
        except KeyUsedError as error:
            return error.job.id
        return job

    with ThreadPoolExecutor(4) as threads:
        (made,) = set(threads.map(add, ["a", "b", "c", "d"]))
    assert jobs.find_repetition("k") is not None
    assert [job for job in "abcd" if jobs.find(job)] == [made]


def test_a_job_of_a_deleted_account_is_not_kept(jobs: JobTable, database: Database) -> None:
    """With a key or without one: it is not taken for a repetition."""
    accounts = Accounts(database, timedelta(days=1))
    user = accounts.register("a@b.example", "x" * 12, "en")
    jobs.add(row("a", owner=user.id, idempotency="k"), [b"x"], 10)
    accounts.delete(user.id)
    for key in (None, "k"):
        with pytest.raises(OwnerGoneError):
            jobs.add(row("b", owner=user.id, idempotency=key), [b"x"], 10)
    assert jobs.find("a") is None
    assert jobs.find("b") is None


def test_more_jobs_than_an_owner_may_have_are_not_kept(jobs: JobTable) -> None:
    """Nothing of the one too many is there."""
    jobs.add(row("a"), [b"x"], 1)
    with pytest.raises(TooManyJobsError):
        jobs.add(row("b"), [b"x"], 1)
    assert jobs.find("b") is None


def test_a_piece_of_a_deleted_job_is_not_kept(jobs: JobTable) -> None:
    """Its worker learns so that the job is lost."""
    jobs.add(row("a"), [b"x"], 10)
    jobs.add_piece("a", FINISHED)
    assert jobs.pieces("a") == [FINISHED]
    jobs.remove("a")
    with pytest.raises(LeaseLostError):
        jobs.add_piece("a", FINISHED)
    assert jobs.pieces("a") == []


def test_a_piece_that_another_worker_kept_stays_as_it_is(jobs: JobTable) -> None:
    """The worker that comes too late learns that the job is the other's."""
    jobs.add(row("a"), [b"x"], 10)
    jobs.add_piece("a", FINISHED)
    with pytest.raises(LeaseLostError):
        jobs.add_piece("a", FinishedPiece(Piece(0, 0, 99), Recognition("two", "en")))
    assert jobs.pieces("a") == [FINISHED]


def test_looking_for_jobs_to_queue_does_not_queue_them(jobs: JobTable) -> None:
    """Only a job that was marked as queued is left alone for a while."""
    jobs.add(row("b", created_at=NOW + 1), [b"x"], 10)
    jobs.add(row("a"), [b"x"], 10)
    assert jobs.to_dispatch(NOW) == ["a", "b"]
    assert jobs.to_dispatch(NOW) == ["a", "b"]
    jobs.mark_dispatched("a", NOW)
    assert jobs.to_dispatch(NOW) == ["b"]
    assert jobs.to_dispatch(NOW + DISPATCH_AGAIN_S + 1) == ["a", "b"]
    assert jobs.take("b", "lease", NOW)
    assert jobs.to_dispatch(NOW + LEASE_S - 1) == []
    assert jobs.to_dispatch(NOW + LEASE_S + 1) == ["b"]


def test_a_guest_may_have_jobs() -> None:
    """Where no account is needed, a job's owner is nobody."""
    assert JobRow.__table__.c.owner.nullable
