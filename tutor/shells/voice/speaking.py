"""One text on its way to a listener: jobs to the workers, clauses back, until it is said."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine
from contextlib import suppress

from tutor.adapters.secrets.secrets import new_secret
from tutor.adapters.store.broker.queue import JobQueue
from tutor.adapters.store.errors import StoreError
from tutor.adapters.store.leases import is_held
from tutor.adapters.store.results import Inbox
from tutor.adapters.store.speech import forget_speech, keep_text, read_spoken
from tutor.core.queue.jobs import SpeechJob, SpeechResult
from tutor.core.voice.listening import Listening
from tutor.core.voice.request import SpeechRequest
from tutor.shells.http.services import Services

log = logging.getLogger(__name__)

LOOK_S = 0.5
"""Seconds between two looks at a speech of which nothing is told."""

UTTERANCE = "s1"
"""The name of the one speech of a request."""


class SpeechFailedError(Exception):
    """A text could not be spoken to its end; the message is one line."""


class Speaking:
    """A text that is being spoken to one listener, who is called `speech-…` in the store."""

    def __init__(self, services: Services, request: SpeechRequest) -> None:
        self._services = services
        self._request = request
        self._session = f"speech-{new_secret()[:16]}"
        settings = services.settings
        self._listening = Listening(
            round(settings.speech_ahead_s * request.sample_rate),
            settings.speech_retry_s,
            settings.speech_deadline_s,
            time.monotonic(),
        )

    async def clauses(self) -> AsyncGenerator[bytes]:
        """The speech as PCM16, clause by clause, as soon as each is made.

        Who stops taking them has to close the iterator: the workers then stop, too.

        Raises:
            SpeechFailedError: no worker speaks it, the voice fails, or the store is away.
        """
        began = time.monotonic()
        store, session = self._services.store, self._session
        try:
            await keep_text(store, session, UTTERANCE, self._request)
            async with self._services.bus.inbox(session) as inbox:
                async for pcm in self._taken(inbox):
                    if self._listening.taken.clauses == 1:
                        took = time.monotonic() - began
                        self._services.metrics.first_clause.observe(took)
                    yield pcm
        except StoreError as error:
            raise SpeechFailedError("the store does not answer") from error
        finally:
            # Not awaited: when the listener has gone, this task is being cancelled.
            _in_background(_forget(self._services, session))

    async def _taken(self, inbox: Inbox) -> AsyncIterator[bytes]:
        """The clauses, each when it is there; asks for more as they are taken."""
        listening, store = self._listening, self._services.store
        while True:
            await self._ask()
            for spoken in await read_spoken(
                store, self._session, UTTERANCE, listening.taken.clauses
            ):
                listening.receive(spoken.samples, time.monotonic())
                await self._ask()
                yield spoken.pcm
                if spoken.is_last:
                    return
            for result in await inbox.read():
                if isinstance(result, SpeechResult) and result.outcome == "failed":
                    raise SpeechFailedError(result.detail)
            if listening.is_overdue(time.monotonic()):
                raise SpeechFailedError("no speech worker answers")
            await inbox.wait(LOOK_S)

    async def _ask(self) -> None:
        """Send a job if more is to be made, or the last one was lost."""
        now, store = time.monotonic(), self._services.store
        lost = self._listening.seems_lost(now) and not await is_held(
            store, self._session, UTTERANCE
        )
        until = self._listening.wanted(now, lost=lost)
        if until is not None:
            job = SpeechJob(self._session, UTTERANCE, until)
            await asyncio.to_thread(_send, self._services.queue, job)


def _send(queue: JobQueue, job: SpeechJob) -> None:
    with suppress(StoreError):  # it is sent again when it counts as lost
        queue.send(job)


async def _forget(services: Services, session: str) -> None:
    with suppress(StoreError):
        await forget_speech(services.store, session, UTTERANCE)


_background: set[asyncio.Task[None]] = set()


def _in_background(coroutine: Coroutine[None, None, None]) -> None:
    task = asyncio.get_running_loop().create_task(coroutine)
    _background.add(task)
    task.add_done_callback(_background.discard)
