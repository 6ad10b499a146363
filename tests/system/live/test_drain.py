"""A gateway that is full stops."""

import asyncio
import signal
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from pathlib import Path

from tests.support.gateway import running_gateway
from tests.support.store import running_store
from tutor.client import PracticeClient, practise
from tutor.core.protocol.messages import Error, SessionStart

IDLE = 180
"""Sessions that are open, of the 200 that a gateway takes."""


def opened(url: str) -> AbstractAsyncContextManager[PracticeClient]:
    """A session that is left alone."""
    return practise(url, SessionStart("en", feedback=False), ping_interval=None)


async def idle(client: PracticeClient) -> tuple[list[str], int | None]:
    """Codes of the errors that a session tells until it closes, and its close code."""
    codes = [event.code async for _, event in client if isinstance(event, Error)]
    return codes, client.close_code


async def test_a_gateway_that_stops_drains_all_its_sessions(tmp_path: Path) -> None:
    """All want the store at once: each is told and kept to be resumed, none is broken off."""
    (tmp_path / "store").mkdir()
    with (
        running_store(tmp_path / "store") as url,
        running_gateway(tmp_path, url, guest_sockets="0", address_handshakes="0") as gateway,
    ):
        async with AsyncExitStack() as stack:
            opening = [stack.enter_async_context(opened(gateway.url)) for _ in range(IDLE)]
            entered = await asyncio.gather(*opening)
            waiting = [asyncio.create_task(idle(one)) for one in entered]
            gateway.process.send_signal(signal.SIGTERM)
            told = await asyncio.gather(*waiting)
            assert told == [(["going_away"], 1012)] * IDLE
            assert len(gateway.store.keys("tutor:session:*")) == IDLE
