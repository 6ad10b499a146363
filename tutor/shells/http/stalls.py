"""How long a gateway did not run: what its sockets got meanwhile comes to it at once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

log = logging.getLogger(__name__)

STEP_S = 0.25
"""Between two looks at the clock."""

GRACE_S = 0.1
"""A loop that is later than this has stalled; less is the work of other sockets."""

TOLD_S = 1.0
"""A stall of so many seconds is logged: the machine was suspended, swapped, or is too small."""


class Stalls:
    """Measures the stalls of a process by how late its event loop is.

    A process that was stopped (a suspended machine, one that swaps, a virtual machine that moves)
    sees only that it is late, and so does one whose loop was blocked.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._due: float | None = None  # unless it runs, nothing is known
        self._total_s = 0.0

    def total_s(self) -> float:
        """Seconds of all stalls so far, one that is not over included."""
        return self._total_s + self._late_s()

    async def run(self) -> None:
        """Keep looking until cancelled."""
        while True:
            self._due = self._now() + STEP_S
            await asyncio.sleep(STEP_S)
            self.look()

    def look(self) -> None:
        """Look at the clock now: a stall is over."""
        late_s = self._late_s()
        self._total_s, self._due = self._total_s + late_s, None
        if late_s > TOLD_S:
            log.warning("the gateway did not run for %.1f s", late_s)

    def _late_s(self) -> float:
        late_s = 0.0 if self._due is None else self._now() - self._due
        return late_s if late_s > GRACE_S else 0.0
