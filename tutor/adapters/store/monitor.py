"""The commands that the store takes, from its MONITOR, for measurements."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from tutor.adapters.store.client import open_blocking_store, store_errors
from tutor.adapters.store.errors import StoreError

SHOWN = 120
"""Characters of a command that are kept: its name and its key."""


@dataclass(frozen=True)
class Command:
    """A command that the store took, and when: seconds of the machine's clock."""

    at_s: float
    text: str


@dataclass
class Monitor:
    """Notes each command of a store until it is left; this slows the store down a little."""

    url: str
    commands: list[Command] = field(default_factory=list)

    def __enter__(self) -> Monitor:
        with store_errors():
            self._monitor = open_blocking_store(self.url).monitor()  # type: ignore[no-untyped-call]
            self._monitor.__enter__()
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        # The reader is stuck in a read; without its connection it ends.
        with suppress(StoreError), store_errors():
            self._monitor.connection.disconnect()

    def between(self, begin_s: float, end_s: float) -> Sequence[Command]:
        """The commands of a span of time."""
        return [c for c in self.commands.copy() if begin_s <= c.at_s <= end_s]

    def _listen(self) -> None:
        with suppress(StoreError, ValueError, AttributeError), store_errors():
            for command in self._monitor.listen():
                self.commands.append(Command(command["time"], command["command"][:SHOWN]))
