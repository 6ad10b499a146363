import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.shells.live.send_queue import SendQueue


async def test_the_reader_waits_for_what_comes() -> None:
    """An empty queue holds its reader up until something is put in."""
    queue = SendQueue[str]()
    reading = asyncio.create_task(queue.get())
    await asyncio.sleep(0)
    assert not reading.done()
    queue.put(["one", "two"])
    assert await reading == "one"
    assert len(queue) == 1
    assert await queue.get() == "two"


async def test_a_reader_that_gave_up_takes_nothing() -> None:
    """What comes after a cancelled wait is there for the next one."""
    queue = SendQueue[str]()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await queue.get()
    queue.put(["one"])
    assert await queue.get() == "one"


@given(st.lists(st.lists(st.integers(), max_size=4), max_size=20))
async def test_nothing_is_lost_or_changes_places(batches: list[list[int]]) -> None:
    """Whatever is put in, in whatever pieces, comes out once and in order."""
    queue, got = SendQueue[int](), []

    async def read() -> None:
        while True:
            got.append(await queue.get())

    reading = asyncio.create_task(read())
    for batch in batches:
        queue.put(batch)
        await asyncio.sleep(0)
    while len(queue):
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    assert got == [item for batch in batches for item in batch]
