"""The deletion of an account, in every store."""

from __future__ import annotations

import anyio.to_thread

from tutor.adapters.store.erasure import erase_sessions
from tutor.adapters.store.errors import StoreError
from tutor.adapters.store.pieces import forget_job
from tutor.adapters.store.throttle import forget_seats
from tutor.shells.http.services import Services
from tutor.shells.http.throttling import unavailable


async def erase(services: Services, user: str) -> None:
    """Delete a user's rows, recordings and what Redis still holds of their sessions.

    Sockets of this gateway are closed at once, those of others when they look at the account next
    (`TUTOR_ACCOUNT_CHECK_S`); each then deletes what it has written in the meantime.

    Raises:
        Problem: 503, Redis does not answer; what it holds of a session expires in two minutes.
    """
    sessions = await anyio.to_thread.run_sync(services.history.names, user)
    jobs = await anyio.to_thread.run_sync(services.jobs.names, user)
    await anyio.to_thread.run_sync(services.accounts.delete, user)
    services.recheck()
    try:
        await erase_sessions(services.store, frozenset(sessions))
        await anyio.to_thread.run_sync(_forget_jobs, services, jobs)
        await forget_seats(services.store, user)
    except StoreError as error:
        raise unavailable() from error


def _forget_jobs(services: Services, jobs: list[str]) -> None:
    """Delete what is left of uploaded files in Redis: pieces that are being recognised."""
    with services.blocking_store() as store:
        for job in jobs:
            forget_job(store, job)
