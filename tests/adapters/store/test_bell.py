import asyncio

import pytest

from tutor.adapters.store.bell import Bell


async def test_a_bell_that_rang_before_is_heard() -> None:
    """Whoever comes late does not wait, until the bell is cleared."""
    bell = Bell()
    bell.set()
    async with asyncio.timeout(1):
        await bell.wait()
    bell.clear()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await bell.wait()
