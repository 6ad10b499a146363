"""A gateway that is full stops."""

import asyncio
import signal
from pathlib import Path

from tests.support.gateway import running_gateway
from tests.support.store import running_store
from tutor.client import PracticeClient, practise
from tutor.core.protocol.messages import Error, SessionStart

IDLE = 180
"""Sessions that are open, of the 200 that a gateway takes."""


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
        async with asyncio.TaskGroup() as opening:
            begin = SessionStart("en", feedback=False)
            entered = [
                opening.create_task(practise(gateway.url, begin, ping_interval=None).__aenter__())
                for _ in range(IDLE)
            ]
        waiting = [asyncio.create_task(idle(one.result())) for one in entered]
        gateway.process.send_signal(signal.SIGTERM)
        told = await asyncio.gather(*waiting)
        assert told == [(["going_away"], 1012)] * IDLE
        assert len(gateway.store.keys("tutor:session:*")) == IDLE
