"""A fault that hurts nobody is told as such."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

import psutil
import pytest

from tutor.bench.chaos import inflict
from tutor.bench.chaos.inflict import Saboteur
from tutor.bench.chaos.relay import Relay
from tutor.core.chaos.faults import Fault, Kind, Means, Part


@dataclass
class Tree:
    """The processes of a product that has no store."""

    there: list[tuple[str, psutil.Process]] = field(default_factory=list)

    def processes(self) -> list[tuple[str, psutil.Process]]:
        """Those that there are."""
        return self.there

    def store_url(self) -> str:
        """Nowhere."""
        return "redis://127.0.0.1:9/0"


@pytest.fixture
def process() -> Iterator[psutil.Process]:
    """A process that may be hurt."""
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as child:
        yield psutil.Process(child.pid)
        child.kill()


def saboteur(tree: Tree) -> Saboteur:
    """Who does faults to it."""
    return Saboteur("http://127.0.0.1:9", Relay("127.0.0.1", 9), tree)  # type: ignore[arg-type]


def fault(part: Part, means: Means) -> Fault:
    """A short one."""
    return Fault(1, Kind(part, means), 0.0, 0.05)


@pytest.mark.parametrize("means", [Means.KILL, Means.STALL])
async def test_what_is_there_is_hurt(process: psutil.Process, means: Means) -> None:
    """And after a stall it goes on."""
    product = saboteur(Tree([("asr", process)]))
    assert await product.do(fault(Part.ASR, means)) == 1
    assert (process.wait(5) == -9) if means is Means.KILL else process.status() != "stopped"


@pytest.mark.parametrize(
    ("part", "means"),
    [
        (Part.ASR, Means.KILL),
        (Part.ASR, Means.STALL),
        (Part.ASR, Means.CUT),
        (Part.STORE, Means.CUT),
        (Part.LINE, Means.CUT),
        (Part.LINE, Means.STALL),
    ],
)
async def test_where_nothing_is_nothing_is_hurt(
    monkeypatch: pytest.MonkeyPatch, part: Part, means: Means
) -> None:
    """No process, no store, no connection: the fault has proved nothing, and says so."""
    monkeypatch.setattr(inflict, "FIND_S", 0.2)
    assert await saboteur(Tree()).do(fault(part, means)) == 0


async def test_a_part_that_is_just_starting_is_waited_for(process: psutil.Process) -> None:
    """It may have died of the fault before."""
    tree = Tree()
    product = saboteur(tree)
    looks = iter([[], [], [("asr", process)]])
    tree.processes = lambda: next(looks, [("asr", process)])  # type: ignore[method-assign]
    assert await product.do(fault(Part.ASR, Means.KILL)) == 1
