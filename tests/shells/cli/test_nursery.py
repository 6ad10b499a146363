"""Parts are forked by a process that has imported what they need, and are the supervisor's own."""

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import closing

import psutil
import pytest

from tests.shells.cli.test_supervisor import PATIENCE_S
from tutor.shells.cli.child import Child
from tutor.shells.cli.nursery import Forked, Nursery, can_fork
from tutor.shells.cli.supervisor import Supervisor

pytestmark = pytest.mark.skipif(not can_fork(), reason="forks are for Linux")


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    """A nursery that has imported nothing yet."""
    with closing(Nursery({"TUTOR_LOG_LEVEL": "info"}, ())) as running:
        yield running


def part(*arguments: str, **env: str) -> Child:
    """A part that this program is, called with these arguments."""
    command = (sys.executable, "-m", "tutor", *arguments)
    settings = {f"TUTOR_{name.upper()}": value for name, value in env.items()}
    return Child("part", command, settings, is_part=True)


HEALTH = part("health", "gateway", port="1")


async def held(nursery: Nursery) -> Forked:
    """A part that was forked, and is stopped before it does anything."""
    process = await nursery.bear(HEALTH)
    assert process is not None
    process.send_signal(signal.SIGSTOP)
    return process


def living() -> list[int]:
    """The parts that were forked and live."""
    return [
        one.pid
        for one in psutil.Process().children()
        if one.status() != psutil.STATUS_ZOMBIE and "health" in one.cmdline()
    ]


async def ended(process: Forked) -> tuple[int, str, str]:
    """How a process ended, and what it printed."""
    assert process.stdout is not None
    assert process.stderr is not None
    code = await asyncio.to_thread(process.wait)
    with process.stdout as printed, process.stderr as told:
        return code, printed.read().decode(), told.read().decode()


@pytest.mark.heavy
async def test_a_forked_part_is_as_if_it_was_started(nursery: Nursery) -> None:
    """It is this process's child, in a session of its own, under its own name, with its own
    variables and outputs; and its return code comes back."""
    process = await nursery.bear(part("worker", "speech", redis_url="", port="a lie"))
    assert process is not None
    seen = psutil.Process(process.pid)
    assert seen.ppid() == os.getpid()
    assert os.getsid(process.pid) == process.pid
    code, printed, told = await ended(process)
    assert (code, printed) == (os.EX_CONFIG, "")
    assert told.startswith("tutor: TUTOR_PORT='a lie'")


async def test_a_forked_part_has_the_name_that_the_system_shows(nursery: Nursery) -> None:
    """Whoever looks for `tutor health gateway` among the processes finds it."""
    process = await held(nursery)
    shown = psutil.Process(process.pid).cmdline()
    assert [one for one in shown if one] == [sys.executable, "-m", "tutor", "health", "gateway"]
    process.send_signal(signal.SIGKILL)
    assert (await ended(process))[0] == -signal.SIGKILL
    process.send_signal(signal.SIGKILL)  # its number may be another's: nothing is sent


@pytest.mark.heavy
async def test_a_killed_nursery_is_followed_by_another(nursery: Nursery) -> None:
    """What it has forked lives on, and what comes next is forked, too."""
    first = await held(nursery)
    (running,) = [
        one for one in psutil.Process().children() if "tutor.shells.cli.nursery" in one.cmdline()
    ]
    running.kill()
    running.wait(PATIENCE_S)
    second = await held(nursery)
    assert psutil.pid_exists(first.pid)
    for process in (first, second):
        process.send_signal(signal.SIGKILL)
        assert (await ended(process))[0] == -signal.SIGKILL


async def test_a_part_that_nobody_waits_for_never_begins(nursery: Nursery) -> None:
    """Who stops the product while a part is being forked leaves no process behind."""
    for _ in range(3):
        waiting = asyncio.create_task(nursery.bear(HEALTH))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    last = await held(nursery)
    async with asyncio.timeout(PATIENCE_S):
        while living() != [last.pid]:
            await asyncio.sleep(0.01)
    last.send_signal(signal.SIGKILL)
    await ended(last)


@pytest.mark.heavy
async def test_a_part_is_started_alone_where_it_cannot_be_forked() -> None:
    """A nursery that is of no use costs time and nothing else."""
    lines: list[tuple[str, str]] = []
    with closing(Nursery({}, ())) as running:
        child = part("worker", "speech", redis_url="", excess="x" * 100_000)
        supervisor = Supervisor([child], on_line=lambda *line: lines.append(line), nursery=running)
        assert await supervisor.run(asyncio.Event()) == os.EX_CONFIG
    assert "TUTOR_REDIS_URL is needed" in lines[-1][1]
