"""The options of `tutor chaos`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tutor.bench.options import require
from tutor.core.chaos.faults import KINDS, Kind, Part


@dataclass(frozen=True)
class ChaosOptions:
    """Which faults to do to which product, and who speaks meanwhile."""

    faults: int = 60
    seed: int = 0
    """Of the plan: the same seed, the same faults at the same moments."""
    learners: int = 3
    """Learners who speak at once."""
    sentences: int = 2
    """Sentences that each of them says while one fault is done."""
    different: int = 6
    """Different sentences, of those that ship with the product."""
    errands: bool = True
    """Whether files and texts to be spoken go on meanwhile, too."""
    parts: tuple[str, ...] = ()
    """Parts that faults are done to; empty: all."""
    url: str | None = None
    """Address of a product that runs; None: one is started."""
    pid: int | None = None
    """Number of its `tutor serve` on this machine; without it only connections can be cut."""
    keep_store: bool = False
    """Whether the store of the product that is started keeps its file (`TUTOR_KEEP_STORE`)."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Further `TUTOR_` settings of the product that is started, by their lower-case names."""

    def __post_init__(self) -> None:
        require(
            min(self.faults, self.learners, self.sentences, self.different) > 0, "counts begin at 1"
        )
        known = [part.value for part in Part]
        unknown = next((part for part in self.parts if part not in known), None)
        require(unknown is None, f"--parts {unknown}: there is {', '.join(known)}")
        require(
            not (self.url and (self.settings or self.keep_store)),
            "--set and --keep-store are for a product that is started: leave them out, or --url",
        )
        require(not (self.pid and not self.url), "--pid needs the --url of the same product")
        require(
            not (self.url and not self.pid and set(self.parts) - {Part.LINE}),
            "without --pid only the line can be cut: --parts line",
        )

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of faults that are done."""
        parts = {Part.LINE} if self.url and not self.pid else {Part(one) for one in self.parts}
        return tuple(kind for kind in KINDS if not parts or kind.part in parts)
