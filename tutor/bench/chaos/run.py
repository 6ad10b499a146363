"""Faults one after the other, each while learners speak and files are recognised."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace

import psutil

from tutor.bench.chaos.inflict import Saboteur
from tutor.bench.chaos.options import ChaosOptions
from tutor.bench.chaos.play import Play
from tutor.bench.chaos.relay import relay_to
from tutor.bench.chaos.report import ChaosReport
from tutor.bench.options import BenchError, Progress
from tutor.bench.processes import Tree
from tutor.bench.run import describe_machine
from tutor.bench.server import Server, running, started
from tutor.core.chaos.faults import Fault, plan

SETTINGS = {
    "batch_cores": "shared",  # beside learners nothing is idle, and files would never be done
    "max_jobs_per_user": "100",
}

SPAN = 0.9
"""Share of what is said within which a fault is done."""


def run(options: ChaosOptions, progress: Progress) -> ChaosReport:
    """Do the faults of the plan to a product; see `run_chaos`."""
    progress("starting", 0.0)
    with _product(options) as server:
        return asyncio.run(_run(server, options, progress))


def _product(options: ChaosOptions) -> AbstractContextManager[Server]:
    if options.url:
        return _given(options.url, options.pid)
    kept = {"keep_store": "true"} if options.keep_store else {}
    return started({**SETTINGS, **kept, **options.settings})


@contextmanager
def _given(url: str, pid: int | None) -> Iterator[Server]:
    with running(url) as server:
        yield server if pid is None else replace(server, tree=_tree(pid))


def _tree(pid: int) -> Tree:
    try:
        if "serve" not in psutil.Process(pid).cmdline():
            raise LookupError(pid)  # it may have a product below it, as a test has
        tree = Tree(pid)
        tree.part("gateway")
    except (psutil.Error, LookupError) as error:
        raise BenchError(f"--pid {pid}: that is no `tutor serve` of this machine") from error
    return tree


async def _run(server: Server, options: ChaosOptions, progress: Progress) -> ChaosReport:
    began = time.monotonic()
    async with relay_to(server.url) as (url, relay):
        saboteur = Saboteur(server.url, relay, server.tree)
        kinds = [kind for kind in options.kinds if kind.part in saboteur.parts]
        if not kinds:
            raise BenchError("the product has none of these parts")
        progress("undisturbed", 0.0)
        play = Play(url, saboteur, options)
        chance = random.Random(options.seed).random  # noqa: S311 - a plan, no secret
        faults = plan(options.faults, kinds, SPAN * play.length_s, chance)
        ended, is_back = "", True
        try:
            await play.rehearse()
            await _perform(play, faults, progress)
            progress("the last files", 1.0)
            trials = await play.trials()
            await saboteur.wait_until_ready()
        except (asyncio.CancelledError, BenchError) as error:  # what was done until then is told
            if not play.has_begun:
                raise
            is_back = not isinstance(error, BenchError)
            ended = "interrupted" if is_back else str(error)
            trials = play.trials_so_far()
        finally:
            play.end()
    took_s = round(time.monotonic() - began, 1)
    return ChaosReport(options, describe_machine(), took_s, tuple(trials), ended, is_back)


async def _perform(play: Play, faults: Sequence[Fault], progress: Progress) -> None:
    for fault in faults:
        label = f"{fault.number} of {len(faults)}: {fault.kind}"
        progress(label, (fault.number - 1) / len(faults))
        became = await play.suffer(fault)
        progress(f"{label}: {became}", fault.number / len(faults))
