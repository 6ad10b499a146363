"""How late a loop is tells how long its process did not run."""

import asyncio
import logging
import time

import pytest

from tests.support.house import SOON_S
from tutor.shells.http.stalls import GRACE_S, STEP_S, Stalls


class Clock:
    """A clock that tests move."""

    now = 0.0

    def __call__(self) -> float:
        """The time, seconds."""
        return self.now


async def running(stalls: Stalls) -> "asyncio.Task[None]":
    """Looking at the clock since now."""
    task = asyncio.create_task(stalls.run())
    await asyncio.sleep(0)
    return task


async def test_a_stall_is_known_before_it_is_looked_for() -> None:
    """Sockets are read before timers run: what they got during a stall is credited all the same."""
    clock = Clock()
    stalls = Stalls(clock)
    task = await running(stalls)
    clock.now = STEP_S + 6.0
    assert stalls.total_s() == pytest.approx(6.0)
    stalls.look()
    assert stalls.total_s() == pytest.approx(6.0)
    clock.now += 100.0
    assert stalls.total_s() == pytest.approx(6.0)  # nobody looks any more
    task.cancel()


async def test_a_loop_that_is_hardly_late_has_not_stalled() -> None:
    """Other sockets' work adds up to no credit."""
    clock = Clock()
    stalls = Stalls(clock)
    task = await running(stalls)
    clock.now = STEP_S + 0.9 * GRACE_S
    assert stalls.total_s() == 0
    task.cancel()


def test_without_a_look_nothing_is_known() -> None:
    """A gateway that does not measure gives no credit."""
    assert Stalls(time.monotonic).total_s() == 0


@pytest.mark.heavy
async def test_a_loop_that_is_blocked_is_measured_and_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whoever waits for a word can read in the log why it came late."""
    stalls = Stalls(time.monotonic)
    task = await running(stalls)
    with caplog.at_level(logging.WARNING):
        time.sleep(STEP_S + 1.5)  # noqa: ASYNC251 - this is the stall
        async with asyncio.timeout(SOON_S):
            while not caplog.messages:
                await asyncio.sleep(0.01)
    assert stalls.total_s() >= 1.4
    assert "did not run for" in caplog.text
    task.cancel()
