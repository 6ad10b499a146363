"""A measurement at its terminal: what it needs to begin, how it shows itself, how it ends."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from tutor.bench.options import BenchError

FILE_WIDTH = 160
"""Columns of a report that is not shown in a terminal."""


def require_packages() -> None:
    """Refuse to begin without what the extra `bench` brings.

    Raises:
        BenchError: a package is not installed.
    """
    try:
        import jiwer  # noqa: F401
        import psutil  # noqa: F401
    except ImportError as error:
        raise BenchError(f"{error.name} is missing: pip install 'voice-tutor[bench]'") from error


def require_writable(*paths: Path | None) -> None:
    """Find out before the measurement, not after it, that a result cannot be written.

    Raises:
        BenchError: a folder is missing.
    """
    for path in paths:
        if path and not path.parent.is_dir():
            raise BenchError(f"{path}: there is no folder {path.parent}")


def console() -> Console:
    """The console on stdout; in a file it is so wide that no column is cut off."""
    return Console() if sys.stdout.isatty() else Console(width=FILE_WIDTH)


class Bar:
    """A progress bar on stderr: the report alone is on stdout."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.description:<28}"),
            BarColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._progress.add_task("", total=1.0)

    def __enter__(self) -> Bar:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def show(self, label: str, done: float) -> None:
        """Show what is being done, and how much of it is done, 0 to 1."""
        self._progress.update(self._task, description=label, completed=done)


def end_as_by_ctrl_c() -> None:
    """Let SIGTERM do what Ctrl-C does: the server that was started ends, too, and what was found
    until then is told."""
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))


def fail(message: str, code: int) -> NoReturn:
    """End the command with one line about what is wrong."""
    sys.stderr.write(f"tutor: {message}\n")
    raise typer.Exit(code)
