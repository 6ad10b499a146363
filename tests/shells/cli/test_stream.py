"""`tutor stream` tells by its exit status whether all that was said has its words."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from websockets.asyncio.server import ServerConnection, serve

from tests.support.speech import SPEECH
from tutor.adapters.wire.practice import decode_message, encode_event
from tutor.core.protocol.errors import error_event
from tutor.core.protocol.limits import Limits
from tutor.core.protocol.messages import (
    ServerEvent,
    SessionEnd,
    SessionStart,
    SessionStarted,
    SessionSummary,
    SpeechStarted,
    TranscriptFinal,
)
from tutor.shells.cli.stream import stream_file

FINAL = TranscriptFinal("u1", "Hello.", "en", (), 0, 900)
LOST = error_event("recognition_failed", utterance="u1")


class Nowhere:
    """Shows nothing."""

    def show(self, seq: int, event: ServerEvent) -> None:
        """Show nothing."""

    def close(self) -> None:
        """Do nothing."""


async def streamed(told: Sequence[ServerEvent], close: int = 1000) -> str | None:
    """What `tutor stream` says went wrong at a server that tells these events."""

    async def play(socket: ServerConnection) -> None:
        await socket.recv()
        limits = Limits(max_speed=100.0, speed_burst_ms=60_000)
        events = [SessionStarted("s", "t", limits), *told, SessionSummary(1, 1, 900, 900)]
        await socket.send(encode_event(1, events[0]))
        async for data in socket:
            if isinstance(data, str) and isinstance(decode_message(data), SessionEnd):
                break
        for seq, event in enumerate(events[1:], 2):
            await socket.send(encode_event(seq, event))
        await socket.close(close)

    async with serve(play, "127.0.0.1", 0) as server:
        (listener,) = server.sockets
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        file = SPEECH / "two_words.flac"
        return await stream_file(
            url, file, SessionStart("en"), token=None, fast=True, view=Nowhere()
        )


@pytest.mark.parametrize(
    ("told", "close", "fault"),
    [
        ([SpeechStarted("u1", 0), FINAL], 1000, None),
        ([], 1000, None),
        ([SpeechStarted("u1", 0), LOST], 1000, "recognition_failed: u1 of the recording"),
        ([SpeechStarted("u1", 0)], 1000, "session_lost: u1 of the recording has no end"),
        ([SpeechStarted("u1", 0), FINAL], 1011, "closed the session with 1011"),
    ],
)
async def test_words_that_are_missing_are_a_fault(
    told: list[ServerEvent], close: int, fault: str | None
) -> None:
    """Whatever was lost is named; nothing is said of a recording without speech."""
    said = await streamed(told, close)
    assert said is None if fault is None else fault in str(said)
