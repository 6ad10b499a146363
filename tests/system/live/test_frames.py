"""Malformed frames, each with its close code."""

import pytest
from websockets.asyncio.client import connect

from tests.support.doors import bearer, last_words, opened
from tests.support.gateway import Gateway, Person
from tutor.client import practice_url

SECOND = bytes(32_000)
"""A second of silence."""


@pytest.mark.parametrize(
    ("frame", "close"),
    [
        (bytes(70_000), 1009),
        ("{", 4400),
        ('{"type": 7}', 4400),
        (b"odd", 4415),
    ],
    ids=["too large", "no JSON", "bad type", "bad audio"],
)
async def test_malformed_frames_close_with_their_code(
    guarded: Gateway, anna: Person, frame: str | bytes, close: int
) -> None:
    """A frame over size closes with 1009, what is no message with 4400, bad audio with 4415."""
    async with opened(guarded, anna.token) as socket:
        await socket.send(frame)
        _, code = await last_words(socket)
    assert code == close


async def test_bad_utf8_closes_with_1007(guarded: Gateway, anna: Person) -> None:
    """A text frame must be UTF-8."""
    async with opened(guarded, anna.token) as socket:
        await socket.send(b"\xff\xfe", text=True)
        assert await last_words(socket) == ([], 1007)


async def test_a_frame_of_the_wrong_kind_closes_with_4400(guarded: Gateway, anna: Person) -> None:
    """Audio before `session.start`; both kinds of frames are used, so it is not 1003."""
    async with connect(practice_url(guarded.url), additional_headers=bearer(anna.token)) as socket:
        await socket.send(SECOND)
        assert await last_words(socket) == (["not_started"], 4400)
