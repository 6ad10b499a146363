import asyncio
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.support.places import ROOT
from tutor.shells.cli.child import Child
from tutor.shells.cli.lines import LINE_CHARS, LineSplitter, line_printer
from tutor.shells.cli.supervisor import EXIT_FORCED, EXIT_GAVE_UP, Restarts, Supervisor

PATIENCE_S = 50.0  # far above what a started Python needs on a busy machine

SAY_PID = "import os, time; print('pid', os.getpid(), flush=True)\n"
SLEEPS = SAY_PID + "time.sleep(600)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + SLEEPS
STUBBORN_WITH_GRANDCHILD = f"""
import subprocess, sys
subprocess.Popen([sys.executable, '-c', {STUBBORN!r}])
{STUBBORN}"""
SAYS_WHEN_STOPPED = """
import pathlib, signal, sys, time
def on_term(*_):
    print("asked", flush=True)
    pathlib.Path({folder!r}, {name!r}).touch()
    while not all(pathlib.Path({folder!r}, name).exists() for name in {together!r}):
        time.sleep(0.01)
    print("done", flush=True); sys.exit()
signal.signal(signal.SIGTERM, on_term)
print("ready", flush=True)
time.sleep(600)
"""


def python(name: str, code: str, **fields: Any) -> Child:
    """A child that runs a few lines of Python."""
    return Child(name, (sys.executable, "-c", code), **fields)


class Tree:
    """A supervisor under test, and all that its children printed."""

    def __init__(self, *children: Child, **settings: Any) -> None:
        self.lines: list[tuple[str, str]] = []
        self.stop = asyncio.Event()
        # A death is quick however long a busy machine takes to start a Python.
        never = {"quick_s": 2 * PATIENCE_S, "stable_s": 2 * PATIENCE_S}
        settings = {"restart_backoff_s": 0.05} | never | settings
        self.supervisor = Supervisor(children, on_line=self._on_line, **settings)

    def _on_line(self, name: str, line: str) -> None:
        self.lines.append((name, line))

    async def run(self) -> int:
        """Run the supervisor to its end."""
        return await asyncio.wait_for(self.supervisor.run(self.stop), 2 * PATIENCE_S)

    def pids(self) -> list[int]:
        """The process numbers printed so far."""
        return [int(line.split()[1]) for _, line in self.lines if line.startswith("pid ")]

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so, for instance a line is there."""
        async with asyncio.timeout(PATIENCE_S):
            while not is_so():
                await asyncio.sleep(0.01)


@asynccontextmanager
async def running(tree: Tree) -> AsyncIterator[Tree]:
    """Run the tree for the length of the block, then expect an orderly stop."""
    task = asyncio.create_task(tree.run())
    try:
        yield tree
    finally:
        tree.stop.set()
        assert await task == 0


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; one that only waits to be reaped does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def until_dead(pids: list[int]) -> None:
    """Wait until none of the processes runs."""
    deadline = time.monotonic() + PATIENCE_S
    while any(map(is_alive, pids)):
        assert time.monotonic() < deadline, "a process was left behind"
        time.sleep(0.01)


async def test_restarts_a_killed_child() -> None:
    """A child killed with -9 is started again."""
    async with running(Tree(python("worker", SLEEPS))) as tree:
        await tree.until(lambda: len(tree.pids()) == 1)
        os.kill(tree.pids()[0], signal.SIGKILL)
        await tree.until(lambda: len(tree.pids()) == 2)
        assert is_alive(tree.pids()[1])


@pytest.mark.heavy
async def test_a_dead_childs_own_children_die_before_the_restart() -> None:
    """What a killed child had started is gone when the child is started again."""
    async with running(Tree(python("worker", STUBBORN_WITH_GRANDCHILD, grace_s=0.1))) as tree:
        await tree.until(lambda: len(tree.pids()) == 2)
        leader = next(pid for pid in tree.pids() if os.getpgid(pid) == pid)
        os.kill(leader, signal.SIGKILL)
        await tree.until(lambda: len(tree.pids()) == 3)
        assert not any(is_alive(pid) for pid in tree.pids()[:2])


@pytest.mark.heavy
async def test_waits_longer_before_each_restart() -> None:
    """Starts of a child that keeps dying lie further and further apart."""
    says_when = python("worker", "import time; print(time.time())")
    tree = Tree(says_when, restart_backoff_s=0.2, give_up_after=4)
    await tree.run()
    starts = [float(line) for _, line in tree.lines]
    waits = [later - earlier for earlier, later in pairwise(starts)]
    assert waits[0] >= 0.2
    assert waits[1] >= 0.4
    assert waits[2] >= 0.8


def test_back_off_doubles_up_to_its_limit_and_resets() -> None:
    """The wait doubles up to its limit and starts anew after a stable run."""
    restarts = Restarts(0.5, 3.0, stable_s=10, quick_s=2, give_up_after=5)
    assert [restarts.next_delay_s(5) for _ in range(4)] == [0.5, 1.0, 2.0, 3.0]
    assert restarts.next_delay_s(10) == 0.5


def test_only_quick_deaths_in_a_row_count_towards_giving_up() -> None:
    """A run that was not quick to die clears the count of quick deaths."""
    restarts = Restarts(0.5, 3.0, stable_s=10, quick_s=2, give_up_after=2)
    given_up = [restarts.next_delay_s(ran_s) is None for ran_s in (1, 3, 1, 1)]
    assert given_up == [False, False, False, True]


async def test_gives_up_a_child_that_keeps_dying(caplog: pytest.LogCaptureFixture) -> None:
    """A child that keeps dying at once stops the tree with one line that quotes its stderr."""
    dies = "import sys; print('noise'); sys.exit('no such device\\n')"
    tree = Tree(python("store", SLEEPS), python("worker", dies), give_up_after=3)
    assert await tree.run() == EXIT_GAVE_UP
    assert tree.lines.count(("worker", "no such device")) == 3
    errors = [r.getMessage() for r in caplog.records if r.levelno == logging.ERROR]
    assert errors == ["worker keeps dying, giving up: no such device"]
    until_dead(tree.pids())


async def test_a_wrong_setting_stops_everything_at_once() -> None:
    """A child that exits with 78 (EX_CONFIG) is not restarted; the whole tree ends with 78."""
    wrong = "import sys; print('TUTOR_PORT: not a number', file=sys.stderr); sys.exit(78)"
    tree = Tree(python("store", SLEEPS), python("gateway", wrong))
    assert await tree.run() == os.EX_CONFIG
    assert tree.lines.count(("gateway", "TUTOR_PORT: not a number")) == 1
    until_dead(tree.pids())


async def test_a_setting_that_was_right_does_not_become_wrong(tmp_path: Path) -> None:
    """A child that has run, and cannot read its model for a moment when it starts again, is started
    once more; the others live on."""
    code = f"""
import pathlib, sys, time
runs = pathlib.Path({str(tmp_path / "runs")!r})
before = len(runs.read_text()) if runs.exists() else 0
runs.write_text("x" * (before + 1))
if before in (1, 2):
    sys.exit(78)
print("runs", flush=True)
time.sleep(0.3 if before == 0 else 3600)
"""
    tree = Tree(python("gateway", SLEEPS), python("asr", code), quick_s=0.2)
    async with running(tree):
        await tree.until(lambda: tree.lines.count(("asr", "runs")) == 2)
        assert (tmp_path / "runs").read_text() == "xxxx"
        assert len(tree.pids()) == 1
        assert is_alive(tree.pids()[0])


async def test_a_missing_program_is_a_wrong_setting() -> None:
    """A program that does not exist ends the tree with 78 and is named in one line."""
    tree = Tree(Child("store", ("no-such-valkey",)))
    assert await tree.run() == os.EX_CONFIG
    assert tree.lines == [("store", "cannot start no-such-valkey: No such file or directory")]


async def test_stops_users_together_and_the_store_after_them(tmp_path: Path) -> None:
    """Children of one stop order end side by side; the next order is asked when they are gone."""

    def ends_with(name: str, *others: str) -> str:
        together = (name, *others)
        return SAYS_WHEN_STOPPED.format(folder=str(tmp_path), name=name, together=together)

    tree = Tree(
        python("gateway", ends_with("gateway", "worker"), grace_s=PATIENCE_S),
        python("worker", ends_with("worker", "gateway"), grace_s=PATIENCE_S),
        python("store", ends_with("store"), stop_order=1, grace_s=PATIENCE_S),
        stop_within_s=2 * PATIENCE_S,
    )
    async with running(tree):
        await tree.until(lambda: len(tree.lines) == 3)
        tree.lines.clear()
    users, store = tree.lines[:4], tree.lines[4:]
    # Each waits for the other to be asked; what two pipes bring is read in any order.
    assert sorted(users) == [
        (name, line) for name in ("gateway", "worker") for line in ("asked", "done")
    ]
    assert store == [("store", "asked"), ("store", "done")]


async def test_a_stubborn_child_is_killed_with_its_grandchild() -> None:
    """A child that ignores SIGTERM dies when its grace is over, and its children with it."""
    tree = Tree(python("worker", STUBBORN_WITH_GRANDCHILD, grace_s=0.3))
    async with running(tree):
        await tree.until(lambda: len(tree.pids()) == 2)
        assert len(set(map(os.getpgid, tree.pids()))) == 1
        asked_at = time.monotonic()
    assert 0.3 <= time.monotonic() - asked_at < PATIENCE_S
    assert not any(map(is_alive, tree.pids()))


async def test_the_whole_stop_is_bounded() -> None:
    """However long the graces, every child is gone once the stop's own time is over."""
    tree = Tree(
        python("store", STUBBORN, grace_s=300, stop_order=1),
        python("worker", STUBBORN, grace_s=300),
        stop_within_s=0.5,
    )
    async with running(tree):
        await tree.until(lambda: len(tree.pids()) == 2)
        asked_at = time.monotonic()
    assert 0.5 <= time.monotonic() - asked_at < PATIENCE_S
    assert not any(map(is_alive, tree.pids()))


async def test_a_cancelled_run_leaves_no_child() -> None:
    """Cancelling the run, even twice, ends every child."""
    tree = Tree(python("worker", STUBBORN, grace_s=300))
    task = asyncio.create_task(tree.supervisor.run(tree.stop))
    await tree.until(lambda: len(tree.pids()) == 1)
    cancelled_at = time.monotonic()
    for _ in range(2):
        task.cancel()
        await asyncio.sleep(0.1)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - cancelled_at < PATIENCE_S
    until_dead(tree.pids())


async def test_a_child_has_a_session_and_its_environment() -> None:
    """A child leads a session of its own and sees its own variables beside the inherited."""
    code = (
        "import os, time\n"
        "leads = os.getsid(0) == os.getpid()\n"
        "print(leads, os.environ['COLOUR'], 'PATH' in os.environ, flush=True)\n"
        "time.sleep(600)"
    )
    async with running(Tree(python("worker", code, env={"COLOUR": "teal"}))) as tree:
        await tree.until(lambda: bool(tree.lines))
        assert tree.lines == [("worker", "True teal True")]


async def test_a_child_is_not_deaf_to_sigpipe() -> None:
    """A program that leaves SIGPIPE alone dies of it, though Python's own processes ignore it."""
    tree = Tree(Child("worker", ("sh", "-c", "kill -PIPE $$; exit 78")), give_up_after=1)
    assert await tree.run() == EXIT_GAVE_UP


async def test_both_streams_come_through_line_by_line() -> None:
    """Lines of stdout and stderr arrive whole, the last one even without a newline."""
    code = "import os; os.write(1, b'one\\r\\ntwo'); os.write(2, b'\\xff three\\n'); exit(78)"
    tree = Tree(python("worker", code))
    await tree.run()
    assert sorted(line for _, line in tree.lines) == ["one", "two", "\ufffd three"]


async def test_a_huge_line_comes_in_pieces() -> None:
    """A line of megabytes passes in bounded pieces, without a character lost."""
    tree = Tree(python("worker", "print('\u00e9' * 2_000_000); exit(78)"))
    await tree.run()
    assert max(len(line) for _, line in tree.lines) == LINE_CHARS
    assert "".join(line for _, line in tree.lines) == "\u00e9" * 2_000_000


def test_a_character_cut_in_two_is_put_together() -> None:
    """A character whose bytes arrive apart is whole in its line."""
    lines = LineSplitter()
    assert lines.receive_bytes(b"caf\xc3") == []
    assert lines.receive_bytes(b"\xa9\n\nend") == ["caf\u00e9", ""]
    assert lines.receive_end() == ["end"]


def test_prefixes_are_aligned(capsys: pytest.CaptureFixture[str]) -> None:
    """The names stand in a column of the longest one's width."""
    write = line_printer(["gateway", "asr"])
    write("gateway", "up")
    write("asr", "ready")
    assert capsys.readouterr().err == "gateway | up\nasr     | ready\n"


def test_names_are_unique() -> None:
    """Two children of one name are refused."""
    with pytest.raises(ValueError, match="same name"):
        Supervisor([Child("a", ("true",)), Child("a", ("true",))])


MAIN = """
import asyncio, signal, sys
signal.signal(signal.SIGHUP, signal.{hangup})
from tutor.shells.cli.child import Child
from tutor.shells.cli.supervisor import Supervisor, run_until_signalled
child = Child("worker", (sys.executable, "-c", {code!r}), grace_s=300)
sys.exit(asyncio.run(run_until_signalled(Supervisor([child], stop_within_s=300))))
"""


@contextmanager
def supervisor_process(
    code: str, hangup: str = "SIG_DFL"
) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    """A supervisor in a process of its own, and the number of its child once that is up.

    Whoever runs the tests may be deaf to SIGHUP, which a child inherits.
    """
    process = subprocess.Popen(
        [sys.executable, "-c", MAIN.format(code=code, hangup=hangup)],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stderr
        try:
            prefix, pid = process.stderr.readline().split("pid ")
            assert prefix == "worker | "
            yield process, int(pid)
        finally:
            process.kill()


@pytest.mark.heavy
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_in_order(number: signal.Signals) -> None:
    """One signal to the supervisor ends the tree in order, with code 0."""
    with supervisor_process(SLEEPS) as (process, pid):
        process.send_signal(number)
        assert process.wait(PATIENCE_S) == 0
        assert not is_alive(pid)


def test_under_nohup_the_terminal_may_go() -> None:
    """Where SIGHUP was turned off it asks for nothing: what comes next is the first signal."""
    with supervisor_process(SLEEPS, hangup="SIG_IGN") as (process, pid):
        process.send_signal(signal.SIGHUP)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0
        assert not is_alive(pid)


def test_a_second_signal_kills_at_once() -> None:
    """A second signal does not wait for a child that takes its time."""
    with supervisor_process(STUBBORN) as (process, pid):
        process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_S) == EXIT_FORCED
        assert not is_alive(pid)


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux's own")
def test_no_child_outlives_a_killed_supervisor() -> None:
    """A supervisor killed with -9 takes even a stubborn child with it."""
    with supervisor_process(STUBBORN) as (process, pid):
        process.kill()
        process.wait(PATIENCE_S)
        until_dead([pid])
