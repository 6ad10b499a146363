"""Ends a process whose call is stuck: a pool of threads has no time limit of its own."""

from __future__ import annotations

import faulthandler
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

FIRST_S = 300.0
"""Seconds that the first call of a process may take at least: libraries load what they need with
it, and on a busy machine that takes many times what a call takes."""


class Watchdog:
    """Ends the whole process when a watched call takes longer than `stuck_after_s`.

    The first call may take `first_s`, if that is longer: were a process ended because it loads
    slowly, the next one would be, too, and none would ever be ready.

    A call that hangs in a library (CUDA, CTranslate2) cannot be ended in another way.
    `faulthandler` prints where and calls `_exit` from a C thread, which needs no interpreter lock;
    it has one timer, set here to the call that is due first. Use one watchdog in a process.
    """

    def __init__(self, stuck_after_s: float, first_s: float = FIRST_S) -> None:
        self._stuck_after_s = stuck_after_s
        self._allowed_s = max(first_s, stuck_after_s)
        self._deadlines: list[float] = []
        self._lock = threading.Lock()

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Watch the calls in a block."""
        deadline = time.monotonic() + self._allowed_s
        self._change(self._deadlines.append, deadline)
        try:
            yield
        finally:
            self._allowed_s = self._stuck_after_s
            self._change(self._deadlines.remove, deadline)

    def _change(self, change: Callable[[float], None], deadline: float) -> None:
        with self._lock:
            change(deadline)
            if self._deadlines:
                left = max(0.001, min(self._deadlines) - time.monotonic())
                faulthandler.dump_traceback_later(left, exit=True)
            else:
                faulthandler.cancel_dump_traceback_later()
