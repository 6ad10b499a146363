"""Uvicorn's HTTP protocol, which hangs up on slow requests and on clients that do not take their
answers, and lets so many connections in.

Uvicorn's own limit, between two requests, begins anew with every byte, and a middleware sees a
request only when its head is whole: so the connection itself has to look at the clock.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from tutor.core.admission.connections import Connections, Entry, Networks, household
from tutor.core.admission.patience import Patience
from tutor.shells.http.problems import Problem
from tutor.shells.http.security_headers import SECURITY_HEADERS

SLOW, UNREAD = "slow", "unread"
"""Why a connection is dropped whose request does not come, or whose answer is not taken; the others
are the `Entry`'s."""


class Door:
    """Lets connections in, each under a number, and drops the one that has to give way.

    `proxies`: addresses that speak for many. `dropped` is told why a connection was dropped.
    """

    def __init__(
        self, connections: Connections, proxies: Networks, dropped: Callable[[str], None]
    ) -> None:
        self.connections = connections
        self.dropped = dropped
        self._proxies = proxies
        self._numbers = itertools.count(1)
        self._drops: dict[int, Callable[[], None]] = {}

    def enter(self, address: str, drop: Callable[[], None]) -> tuple[int, Entry]:
        """The connection's number, and whether it is in; `drop` ends it."""
        number, counted = next(self._numbers), None
        if address not in self._proxies:
            counted = household(address)
        entry, gives_way = self.connections.enter(number, counted)
        if gives_way is not None:
            self._drops.pop(gives_way)()
            self.dropped(Entry.FULL.value)
        if entry is Entry.ADMITTED:
            self._drops[number] = drop
        else:
            self.dropped(entry.value)
        return number, entry

    def leave(self, number: int) -> None:
        """A connection is gone."""
        self._drops.pop(number, None)
        self.connections.leave(number)


LEAST_WAIT_S = 0.05
"""Between two looks at a request that may be late."""


class BoundedProtocol(HttpToolsProtocol):
    """Uvicorn's protocol with a door, patience and a clock, which its subclass brings.

    `cycle` is the request that came last; `pipeline` holds those that wait for an earlier answer.
    """

    door: Door
    patience: Patience
    clock: Callable[[], float]

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Let the connection in, or answer that it may not come."""
        super().connection_made(transport)
        self._timer: asyncio.TimerHandle | None = None
        self._until: Callable[[], float] = self.clock  # when what is waited for must be there
        self._unread: asyncio.TimerHandle | None = None  # runs while an answer waits to be taken
        self._taken = 0  # bytes of the body that comes
        self._in_body = False
        address = self.client[0] if self.client else ""
        self._number, entry = self.door.enter(address, transport.abort)
        if entry is Entry.ADMITTED:
            self._expect_head()
        else:
            self._hang_up(_crowded(entry))

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the connection's place back."""
        self._stop_waiting()
        self._stop_watching()
        self.door.leave(self._number)
        super().connection_lost(exc)

    # ------------------------------------------------------------ what comes

    def data_received(self, data: bytes) -> None:
        """Read on; the clock runs again if nothing of a request came."""
        super().data_received(data)
        if self._is_idle():  # what came began no request, and has stopped Uvicorn's own clock
            self._expect_head()

    def on_message_begin(self) -> None:
        """A request begins: its head must come in time."""
        super().on_message_begin()
        if self._timer is None:
            self._expect_head()

    def on_headers_complete(self) -> None:
        """A head is whole: the body must come in time."""
        super().on_headers_complete()
        self.door.connections.work(self._number)
        self._taken, self._in_body = 0, True
        self._expect_body()

    def on_body(self, body: bytes) -> None:
        """Count what has come of a body."""
        super().on_body(body)
        self._taken += len(body)

    def on_message_complete(self) -> None:
        """A request is whole: no clock runs."""
        super().on_message_complete()
        self._stop_waiting()
        self._in_body = False
        self._rest()

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection on, with the place that it has, if nothing else is answered there."""
        self._stop_waiting()
        if not self._is_answered:
            self.transport.close()
            self._watch_last_words()
            return
        self._stop_watching()  # how its peer reads is the socket's affair now
        self.door.connections.work(self._number)
        super().handle_websocket_upgrade()
        protocol: Any = self.transport.get_protocol()
        protocol.when_lost = partial(self.door.leave, self._number)

    # ------------------------------------------------------------ what goes

    def on_response_complete(self) -> None:
        """A request was answered; the next one may be answered by now."""
        super().on_response_complete()
        if self._timer is not None and not self._in_body:  # a head comes, and has its own clock
            self._unset_keepalive_if_required()
        self._rest()
        self._watch_last_words()

    def pause_writing(self) -> None:
        """More waits to be sent than goes: the client must take it in time."""
        super().pause_writing()
        self._watch_reader()

    def resume_writing(self) -> None:
        """The client has taken what waited."""
        super().resume_writing()
        if not self.transport.is_closing():
            self._stop_watching()
            self._rest()

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection on which nothing is asked any more."""
        super().timeout_keep_alive_handler()
        self._watch_last_words()

    def send_400_response(self, msg: str) -> None:
        """Answer what cannot be read, unless another answer would be spoilt by that."""
        self._stop_waiting()
        if self._may_answer:
            super().send_400_response(msg)
        else:
            self.transport.close()
        self._watch_last_words()

    # ------------------------------------------------------------ whose turn it is

    @property
    def _is_answered(self) -> bool:
        """Whether every request with a whole head was answered."""
        return self.cycle is None or self.cycle.response_complete

    @property
    def _may_answer(self) -> bool:
        """Whether what comes now, or does not, can be answered: no other answer is under way."""
        if self._in_body and not self.pipeline:
            return self.cycle is None or not self.cycle.response_started
        return self._is_answered

    @property
    def _is_kept_waiting(self) -> bool:
        """Whether what has not come yet is late because of us: it is not its turn, or nobody reads
        it."""
        is_behind = bool(self.pipeline) if self._in_body else not self._is_answered
        return is_behind or self.flow.read_paused

    def _is_idle(self) -> bool:
        """Whether nothing is asked, and no clock runs that would end the connection."""
        clocks = (self._timer, self.timeout_keep_alive_task)
        is_ours = self.transport.get_protocol() is self and not self.transport.is_closing()
        return is_ours and self._is_answered and clocks == (None, None)

    def _rest(self) -> None:
        """Let the connection give way to others, if all is answered and the client has it."""
        if self._is_answered and not self.flow.write_paused:
            self.door.connections.wait(self._number)

    # ------------------------------------------------------------ the clocks

    def _expect_head(self) -> None:
        began = self.clock()
        self._wait(lambda: self.patience.until_head(began))

    def _expect_body(self) -> None:
        began = self.clock()
        self._wait(lambda: self.patience.until_body(began, self._taken))

    def _look(self) -> None:
        """A request may be late, or more of it has come meanwhile."""
        if self._is_kept_waiting:
            (self._expect_body if self._in_body else self._expect_head)()
        elif self._until() > self.clock():
            self._wait(self._until)
        else:
            self.door.dropped(SLOW)
            self._hang_up(_slow())

    def _hang_up(self, problem: Problem) -> None:
        """Close the connection, with an answer to what has not been answered."""
        self._stop_waiting()
        if self._may_answer and not self.transport.is_closing():
            self.transport.write(_raw(problem))
        self.transport.close()
        self._watch_last_words()

    def _wait(self, until: Callable[[], float]) -> None:
        self._stop_waiting()
        self._until = until
        self._timer = self._later(until, self._look)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _later(self, until: Callable[[], float], then: Callable[[], None]) -> asyncio.TimerHandle:
        return self.loop.call_later(max(LEAST_WAIT_S, until() - self.clock()), then)

    def _watch_last_words(self) -> None:
        """A connection that is closed ends when its client has taken the rest: in time."""
        if self.transport.is_closing() and self.transport.get_write_buffer_size():
            self._watch_reader()

    def _watch_reader(self) -> None:
        """Hang up on a client that does not take what waits for it now."""
        if self._unread is not None:
            return
        began, size = self.clock(), self.transport.get_write_buffer_size()

        def until() -> float:
            taken = max(0, size - self.transport.get_write_buffer_size())
            return self.patience.until_taken(began, taken)

        def look() -> None:
            if until() > self.clock():
                self._unread = self._later(until, look)
            else:
                self._unread = None
                self.door.dropped(UNREAD)
                self.transport.abort()

        self._unread = self._later(until, look)

    def _stop_watching(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None


def http_protocol(
    door: Door, patience: Patience, clock: Callable[[], float]
) -> type[HttpToolsProtocol]:
    """A protocol class with this door and this patience.

    `clock`: seconds in which this process ran; a request is not late because the gateway stood.
    """
    parts = {"door": door, "patience": patience, "clock": staticmethod(clock)}
    return type("HttpProtocol", (BoundedProtocol,), parts)


def _slow() -> Problem:
    return Problem(408, "too_slow", "the request did not come in time")


def _crowded(entry: Entry) -> Problem:
    wait = {"Retry-After": "10"}
    if entry is Entry.ADDRESS_FULL:
        detail = "there are too many connections from this address"
        return Problem(429, "too_many_connections", detail, headers=wait)
    return Problem(503, "busy", "there is no room for another connection", headers=wait)


def _raw(problem: Problem) -> bytes:
    """A problem as it goes to a connection that the application does not see."""
    answer = problem.response()
    answer.headers.update(SECURITY_HEADERS | {"Cache-Control": "no-store", "Connection": "close"})
    status = HTTPStatus(problem.status)
    lines = [f"HTTP/1.1 {status.value} {status.phrase}".encode()]
    lines += [name + b": " + value for name, value in answer.raw_headers]
    return b"\r\n".join([*lines, b"", bytes(answer.body)])
