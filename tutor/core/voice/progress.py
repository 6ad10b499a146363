"""How far a speech has come: which clause is made next, and when its worker may rest.

A worker may die, and its job may be handed out twice: what counts is what stands in the store.
"""

from __future__ import annotations

from dataclasses import dataclass

MOST_TRIES = 3
"""How often a clause is begun that killed its worker each time; then the speech is given up."""


@dataclass(frozen=True)
class Progress:
    """What of a speech is made."""

    clauses: int = 0
    """How many clauses stand in the store."""
    samples: int = 0
    """Their samples together."""

    def following(self, samples: int) -> Progress:
        """The progress after one more clause of so many samples."""
        return Progress(self.clauses + 1, self.samples + samples)

    def wants_more(self, clauses: int, until: int) -> bool:
        """Whether the next clause is to be made now.

        Args:
            clauses: How many the text has.
            until: How many samples are wanted for now: those who listen are not there yet.
        """
        return self.clauses < clauses and self.samples < until


def pause_samples(pause_ms: int, speed: float, sample_rate: int) -> int:
    """The samples of a pause behind a clause: who speaks fast pauses less."""
    return round(pause_ms / 1000 / speed * sample_rate)
