"""Whether a learner who comes now would be served: the store answers, a worker transcribes."""

from __future__ import annotations

import asyncio
import logging

from tutor.adapters.secrets.secrets import new_secret
from tutor.adapters.speech.probe import probe_audio
from tutor.adapters.store.audio import append_audio
from tutor.adapters.store.errors import StoreError
from tutor.core.queue.jobs import RecognitionJob, RecognitionResult
from tutor.shells.gateway.capacity import Capacity
from tutor.shells.gateway.disk import has_room
from tutor.shells.http.services import Services

log = logging.getLogger(__name__)

LOOK_S = 0.5
"""Seconds between two looks at the store."""

FIRST_LOOK_S = 0.1
"""The same until a worker has transcribed the probe: somebody waits for that."""

DISK_S = 5.0
"""Seconds between two looks at the disk."""

PROBE_TIMEOUT_S = 10.0


class Readiness:
    """Ready once a worker has transcribed the probe, which goes the way of all audio."""

    def __init__(self, services: Services, capacity: Capacity) -> None:
        self._services = services
        self._capacity = capacity
        self.store = False
        self.transcribed = False
        self.disk = True
        self._disk_at = 0.0

    @property
    def workers(self) -> int:
        """How many recognition workers are ready."""
        return self._capacity.workers

    @property
    def ready(self) -> bool:
        """Whether learners can be served."""
        serves = self.store and self.workers > 0 and self.transcribed and self.disk
        return serves and not self._services.draining

    async def run(self) -> None:
        """Look at store and workers again and again until cancelled."""
        while True:
            try:
                await self._look()
            except StoreError as error:
                if self.store:
                    log.warning("not ready: %s", error)
                self.store, self.transcribed = False, False
            await self._look_at_disk()
            await asyncio.sleep(LOOK_S if self.transcribed else FIRST_LOOK_S)

    async def _look_at_disk(self) -> None:
        now = asyncio.get_running_loop().time()
        if self._disk_at and now - self._disk_at < DISK_S:
            return
        self._disk_at, had_room = now, self.disk
        folder, database = self._services.settings.data_dir, self._services.database
        self.disk = await asyncio.to_thread(has_room, folder, database)
        if had_room and not self.disk:
            log.error("not ready: there is no room left in %s, or in the database", folder)

    async def _look(self) -> None:
        await self._services.store.ping()
        if self._services.broker is not self._services.store:
            await self._services.broker.ping()
        self.store = True
        if self.workers == 0:
            self.transcribed = False
        elif not self.transcribed:
            self.transcribed = await self._probe()

    async def _probe(self) -> bool:
        session, utterance = f"probe-{new_secret()[:8]}", "u1"
        pcm = probe_audio()
        async with self._services.bus.inbox(session) as inbox:
            await append_audio(self._services.store, session, utterance, pcm)
            await self._services.dispatcher.dispatch(
                RecognitionJob(session, utterance, "final", 1, 1, len(pcm), "en")
            )
            for _ in range(int(PROBE_TIMEOUT_S)):
                await inbox.wait(1.0)
                results = await inbox.read()
                await self._services.dispatcher.release(results)
                for result in results:
                    recognition = isinstance(result, RecognitionResult) and result.recognition
                    return bool(recognition and recognition.text)
        return False
