"""How what is typed after `tutor bench` is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from typer.core import TyperCommand

from tutor.bench.options import BenchError

BASELINES = ("none", "first", "all")


class BenchCommand(TyperCommand):
    """A command in which `--baseline` alone means `--baseline first`, an option Typer does not
    know."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments, with the value that was left out."""
        return super().parse_args(ctx, with_baseline(args))


def with_baseline(arguments: Sequence[str]) -> list[str]:
    """The arguments, with `first` after a `--baseline` that has no value."""
    full: list[str] = []
    for argument, after in zip(arguments, [*arguments[1:], ""], strict=True):
        is_bare = argument == "--baseline" and after not in BASELINES
        full += [argument, "first"] if is_bare else [argument]
    return full


def read_counts(text: str) -> tuple[int, ...]:
    """The numbers of sessions in a text like `1,2,4`.

    Raises:
        BenchError: a part is no number.
    """
    try:
        return tuple(int(part) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise BenchError(f"--sessions {text}: whole numbers with commas between them") from error


def read_settings(pairs: Sequence[str]) -> dict[str, str]:
    """The settings in texts like `name=value`; `TUTOR_` before a name may be left out.

    Raises:
        BenchError: a text is no pair.
    """
    settings = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise BenchError(f"--set {pair}: it must be name=value")
        settings[name.lower().removeprefix("tutor_")] = value
    return settings


def read_baseline(text: str) -> Any:
    """Where plain faster-whisper is measured too.

    Raises:
        BenchError: it is none of `BASELINES`.
    """
    if text not in BASELINES:
        raise BenchError(f"--baseline {text}: it is `first` or `all`")
    return text
