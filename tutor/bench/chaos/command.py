"""The command line of `tutor chaos`."""

from __future__ import annotations

import logging
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from tutor.bench.arguments import read_settings
from tutor.bench.chaos import ChaosOptions, run_chaos
from tutor.bench.options import BenchError
from tutor.bench.terminal import (
    Bar,
    console,
    end_as_by_ctrl_c,
    fail,
    require_packages,
    require_writable,
)


class Lines:
    """Progress for a log: a line for each thing that is done."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._shown = ""

    def show(self, label: str, _done: float) -> None:
        """Write a line if something else is done than before."""
        if label != self._shown:
            self._shown = label
            sys.stderr.write(f"{time.monotonic() - self._began:7.1f} s  {label}\n")


def chaos(
    faults: Annotated[int, typer.Option(help="How many, one after the other.")] = 60,
    seed: Annotated[int, typer.Option(help="Of the plan.")] = 0,
    learners: Annotated[int, typer.Option(help="Learners who speak meanwhile.")] = 3,
    parts: Annotated[
        str, typer.Option(help="Those that fail, with commas; all when left out.")
    ] = "",
    url: Annotated[str | None, typer.Option(help="A running server; else one is started.")] = None,
    pid: Annotated[
        int | None, typer.Option(help="Its `tutor serve` on this machine, to be able to hurt it.")
    ] = None,
    keep_store: Annotated[
        bool, typer.Option("--keep-store", help="Let the store that is started keep its file.")
    ] = False,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="name=value of a TUTOR_ setting.")
    ] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the report.")] = None,
) -> None:
    """Kill, stall and cut off each part while learners speak; 1 if anything is lost."""
    end_as_by_ctrl_c()
    try:
        require_packages()
        require_writable(json_file)
        named = tuple(part.strip() for part in parts.split(",") if part.strip())
        options = ChaosOptions(
            faults=faults,
            seed=seed,
            learners=learners,
            parts=named,
            url=url,
            pid=pid,
            keep_store=keep_store,
            settings=read_settings(settings or []),
        )
        # What learners' clients say of their connections is no news here.
        logging.getLogger("tutor.client").setLevel(logging.ERROR)
        if sys.stderr.isatty():
            with Bar() as bar:
                report = run_chaos(options, bar.show)
        else:
            report = run_chaos(options, Lines().show)
    except BenchError as error:
        fail(str(error), 1)
    except KeyboardInterrupt:
        fail("interrupted", 130)
    from tutor.bench.chaos.table import show_chaos

    show_chaos(report, console())
    if json_file:
        json_file.write_text(report.to_json() + "\n", "utf-8")
    if not report.is_held:
        raise typer.Exit(1)
