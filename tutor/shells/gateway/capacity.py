"""How many live jobs the ready workers take at once: read from the store for the dispatcher."""

from __future__ import annotations

import asyncio
import logging

from tutor.adapters.store.errors import StoreError
from tutor.adapters.store.workers import count_slots
from tutor.shells.http.services import Services

log = logging.getLogger(__name__)

LOOK_S = 0.5
"""Seconds between two looks at the workers, after which one that comes or goes is noticed."""


class Capacity:
    """The capacity of the recognition workers, as this gateway has seen it last."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self.workers = 0
        """How many recognition workers are ready; 0, too, while the store does not answer."""

    async def run(self) -> None:
        """Look at the workers again and again until cancelled."""
        while True:
            try:
                await self.look()
            except StoreError as error:
                if self.workers:
                    log.warning("the workers are out of sight: %s", error)
                self.workers = 0
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Count the workers and their slots now.

        Raises:
            StoreError: the store does not answer.
        """
        self.workers, slots = await count_slots(self._services.store)
        self._services.dispatcher.receive_slots(slots)
