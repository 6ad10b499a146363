"""What `tutor chaos` found, to and from JSON."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.bench.chaos.options import ChaosOptions
from tutor.bench.figures import Machine
from tutor.bench.report import from_json, to_json
from tutor.core.chaos.faults import Means, Part
from tutor.core.chaos.outcome import Outcome

TOLD = frozenset({(Part.STORE.value, Means.KILL.value)})
"""Faults that may cost the words of what is being said, of which its speaker is told: the store's
death. A store that stands still, or whose connections break, has lost nothing."""


@dataclass(frozen=True)
class Trial:
    """One fault, and what became of what was said and asked meanwhile."""

    number: int
    part: str
    means: str
    at_s: float
    lasts_s: float
    outcomes: dict[str, int]
    """How many utterances, files and texts to be spoken had which outcome."""
    unanswered: int
    """Utterances whose feedback did not end."""
    broken: tuple[str, ...]
    """Promises of sessions that were not kept."""
    recovered_s: float
    """Seconds from the fault until the last words that were late; 0: none were."""
    remarks: tuple[str, ...] = ()
    """What is not as it should be, in words."""
    unscored: int = 0
    """Utterances of which was told that there are no scores: how their feedback ended."""
    hurt: int = 1
    """Processes or connections that it was done to; 0: there was none, and it proves nothing."""
    waited_for: int = 0
    """Files and texts that were still being made when the run was broken off: not judged."""

    def count(self, *outcomes: Outcome) -> int:
        """How many had one of these outcomes."""
        return sum(self.outcomes.get(outcome.value, 0) for outcome in outcomes)

    @property
    def total(self) -> int:
        """How many utterances, files and texts there were."""
        return sum(self.outcomes.values())

    @property
    def is_held(self) -> bool:
        """Whether all that is promised was kept."""
        may_fail = (self.part, self.means) in TOLD
        lost = self.count(Outcome.LOST, Outcome.DOUBLED, Outcome.DIFFERING)
        failed = 0 if may_fail else self.count(Outcome.FAILED)
        return bool(self.hurt) and not (lost or failed or self.broken or self.unanswered)


@dataclass(frozen=True)
class ChaosReport:
    """All faults of a run."""

    options: ChaosOptions
    machine: Machine
    took_s: float
    trials: tuple[Trial, ...]
    ended: str = ""
    """Why it ended before all faults were done; empty: it did not."""
    is_back: bool = True
    """Whether the product came back from the last fault."""

    @property
    def is_held(self) -> bool:
        """Whether nothing was lost, nothing came twice, and no words differ."""
        return self.is_back and all(trial.is_held for trial in self.trials)

    def of_kinds(self) -> dict[str, list[Trial]]:
        """The faults by kind, in the order of the parts."""
        found: dict[str, list[Trial]] = {}
        order = list(Part)
        for trial in sorted(self.trials, key=lambda one: (order.index(Part(one.part)), one.means)):
            found.setdefault(f"{trial.part}: {trial.means}", []).append(trial)
        return found

    def to_json(self) -> str:
        """The report as JSON."""
        return to_json(self)

    @classmethod
    def from_json(cls, text: str) -> ChaosReport:
        """Read a report.

        Raises:
            ValueError: the text is no such report.
        """
        return from_json(cls, text)
