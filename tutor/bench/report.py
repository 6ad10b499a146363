"""The result of a benchmark, to and from JSON."""

from __future__ import annotations

import json
import types
from dataclasses import asdict, dataclass, fields, is_dataclass
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from tutor.bench.figures import (
    FrameCost,
    Idle,
    Load,
    Machine,
    Run,
    Soaked,
    Speaking,
    Spread,
)
from tutor.bench.options import BenchOptions, OverheadOptions, SoakOptions

PRODUCT, BASELINE = "product", "baseline"

LOADED = "with files"
"""The variant of the product that recognises uploaded files, too."""

Report = TypeVar("Report")


@dataclass(frozen=True)
class BenchReport:
    """What `tutor bench` found."""

    options: BenchOptions
    machine: Machine
    runs: tuple[Run, ...]

    def of(self, variant: str) -> list[Run]:
        """The runs of a variant, by the number of sessions."""
        return sorted((r for r in self.runs if r.variant == variant), key=lambda r: r.sessions)

    def capacity(self, variant: str) -> int:
        """The largest number of sessions up to which all stay under the bound; 0 if none does.

        A number counts if its p95 final latency is under the bound, every utterance had its one
        terminal event and nothing failed.
        """
        most = 0
        for run in self.of(variant):
            if not self._holds(run):
                break
            most = run.sessions
        return most

    def ratios(self) -> list[tuple[Run, Run]]:
        """The product's and the baseline's run for each number of sessions where both were
        measured."""
        baseline = {run.sessions: run for run in self.of(BASELINE)}
        return [
            (run, baseline[run.sessions]) for run in self.of(PRODUCT) if run.sessions in baseline
        ]

    def loaded_ratios(self) -> list[tuple[Run, Run]]:
        """The product's runs with and without files, for each number of sessions where both were
        measured."""
        alone = {run.sessions: run for run in self.of(PRODUCT)}
        return [(run, alone[run.sessions]) for run in self.of(LOADED) if run.sessions in alone]

    def to_json(self) -> str:
        """The report as JSON."""
        return to_json(self)

    @classmethod
    def from_json(cls, text: str) -> BenchReport:
        """Read a report.

        Raises:
            ValueError: the text is no such report.
        """
        return from_json(cls, text)

    def _holds(self, run: Run) -> bool:
        p95 = run.figures.final.p95
        whole = not run.figures.errors and not run.figures.unsettled
        return whole and p95 is not None and p95 <= self.options.bound_s


@dataclass(frozen=True)
class OverheadReport:
    """What `tutor bench --overhead` found."""

    options: OverheadOptions
    machine: Machine
    final: Spread
    """From `utterance.commit` sent to the final received, with nothing else under way."""
    partial: Spread
    """From one message with a second of speech sent to its first partial received."""
    hops: dict[str, Spread]
    """The hops of a final's way, by the store's own clock (MONITOR)."""
    frames: FrameCost
    speaking: Speaking
    idle: Idle
    load: Load

    def to_json(self) -> str:
        """The report as JSON."""
        return to_json(self)

    @classmethod
    def from_json(cls, text: str) -> OverheadReport:
        """Read a report.

        Raises:
            ValueError: the text is no such report.
        """
        return from_json(cls, text)


@dataclass(frozen=True)
class SoakReport:
    """What `tutor bench --soak` found."""

    options: SoakOptions
    machine: Machine
    took_s: float
    utterances: int
    unsettled: int
    """Utterances without exactly one terminal event."""
    errors: dict[str, int]
    parts: dict[str, Soaked]
    left: dict[str, int]
    """Keys in the store that were not there before, when all had the time to go, by kind."""
    forever: dict[str, int]
    """Keys without an end, by kind."""
    recordings: int = 0
    """Recordings that were played; each is one utterance or more."""
    unheard_s: float = 0.0
    """Seconds of speech that belong to no utterance."""
    idle_lost: int = 0
    """Idle sessions that the server did not keep to the end."""

    @property
    def faults(self) -> list[str]:
        """What is not as it is promised, whatever the load, in words."""
        restarted = {part: found.restarts for part, found in self.parts.items() if found.restarts}
        found = {
            "utterances without exactly one terminal event": self.unsettled,
            "idle sessions lost": self.idle_lost,
            "processes started anew": sum(restarted.values()),
            "keys without an end": sum(self.forever.values()),
        }
        return [f"{count} {what}" for what, count in found.items() if count]

    def to_json(self) -> str:
        """The report as JSON."""
        return to_json(self)

    @classmethod
    def from_json(cls, text: str) -> SoakReport:
        """Read a report.

        Raises:
            ValueError: the text is no such report.
        """
        return from_json(cls, text)


def to_json(report: Any) -> str:
    """A report, a frozen dataclass of plain values, as JSON."""
    return json.dumps(asdict(report), indent=2)


def from_json(kind: type[Report], text: str) -> Report:
    """Read such a report.

    Raises:
        ValueError: the text is no such report.
    """
    try:
        report: Report = _build(kind, json.loads(text))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a {kind.__name__}: {error!r}") from error
    return report


def _build(kind: Any, data: Any) -> Any:
    """A value of the annotated kind from plain JSON data; what is no dataclass or container
    stays."""
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        return kind(**{f.name: _build(hints[f.name], data[f.name]) for f in fields(kind)})
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        present = next(part for part in inner if part is not type(None))
        return None if data is None else _build(present, data)
    if origin is tuple:
        return tuple(_build(inner[0], item) for item in data)
    if origin is None or origin is Literal:
        return data
    return {name: _build(inner[1], item) for name, item in data.items()}
