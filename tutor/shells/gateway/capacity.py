"""How many live jobs and assessments the ready workers take at once, and which share of them is
this gateway's: read from the registry for the dispatcher."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from tutor.adapters.store.errors import StoreError
from tutor.adapters.store.workers import (
    GATEWAY,
    assessors_of,
    leave_registry,
    own_name,
    partial_slots_of,
    read_registry,
    sessions_of,
    slots_of,
)
from tutor.core.queue.slots import share_of
from tutor.shells.http.services import Services

log = logging.getLogger(__name__)

LOOK_S = 2.0
"""Seconds between two looks at the registry, after which a worker that comes or goes, or another
gateway, is noticed."""

FIRST_LOOK_S = 0.1
"""The same while no worker is known: somebody waits for the first."""


class Capacity:
    """The capacity of the recognition workers, as this gateway has seen it last."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._name = own_name()
        self.workers = 0
        """How many recognition workers are ready; 0, too, while the store does not answer."""

    async def run(self) -> None:
        """Look at the workers again and again until cancelled; then leave the registry."""
        try:
            while True:
                await self._look_if_possible()
                await asyncio.sleep(LOOK_S if self.workers else FIRST_LOOK_S)
        finally:
            with suppress(StoreError):
                await leave_registry(self._services.store, GATEWAY, self._name)

    async def _look_if_possible(self) -> None:
        try:
            await self.look()
        except StoreError as error:
            if self.workers:
                log.warning("the workers are out of sight: %s", error)
            self.workers = 0

    async def look(self) -> None:
        """Count the workers, their slots and this gateway's share of them now.

        Raises:
            StoreError: the store does not answer.
        """
        own = GATEWAY, self._name, {"sessions": len(self._services.practices)}
        entries = await read_registry(self._services.store, own)
        self.workers, slots = slots_of(entries)
        sessions, dispatcher = sessions_of(entries), self._services.dispatcher
        partials = partial_slots_of(entries)
        dispatcher.receive_slots(
            share_of(slots, sessions, self._name),
            partials and share_of(partials, sessions, self._name),
        )
        assessors, names, shares_cores = assessors_of(entries)
        share = share_of(assessors, sessions, self._name) if assessors else 0
        dispatcher.receive_assessors(share, names, shares_cores=shares_cores)
