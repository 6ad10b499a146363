"""How workers may be made, for the simulation: their rule and costs, what learners get of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tutor.bench.simulation.costs import Costs

ASSUMPTIONS = (
    "Each session speaks on and on: utterances of 1 to 12 s (mean 4 s), 1.5 s of silence between.",
    "Three tokens for each second of speech, and five; eight languages alike often, five of them "
    "in Latin letters. A coalescer's call is decoded once for each of its scripts and aligned once "
    "for each of its languages.",
    "A partial is due after 0.32 s of speech and of news, one at a time, put off by four times "
    "what the last one waited; a final is begun 0.13 s after the last word, and waited for at the "
    "endpoint.",
    "One final in three is begun in vain, at a pause inside the utterance; 2.8 % are heard again "
    "in a window of 12 s (as often as echoes were found at 8 s).",
    "A hop from gateway to worker and back takes 4 ms each way. On a CPU each speaking session's "
    "gateway takes 2.7 % of a core from the recognisers; on a GPU gateways are elsewhere. Redis "
    "and feedback are never the bottleneck.",
    "Nothing fails; the machine does nothing else.",
    "The GPU's costs are reckoned from a data sheet, not measured: 30 % of an H200's dense float16 "
    "products, half of its memory's speed, 25 kernels of 5 us a layer, 6 us for each row of a "
    "step; processes share it without loss (MPS). Each request costs its process 3 ms of the "
    "interpreter, as measured on a CPU.",
)

Rule = Literal["alone", "groups", "coalescer"]
"""What one call takes: one request; all that waits, kind by kind, window by window and language by
language one after the other; or, finals first, whatever fits the oldest's bucket."""


@dataclass(frozen=True)
class Design:
    """How the workers are made."""

    name: str
    rule: Rule
    processes: int
    max_batch: int
    costs: Costs
    host_s: float
    """Seconds of a process's interpreter for each request, beside the recogniser's call."""
    languages: int = 8
    partial_processes: int = 0
    """Processes that hear partials alone, beside the others; 0: all hear both."""
    shares_device: bool = True
    """Whether processes share one device; else each has its own: a core."""


@dataclass(frozen=True)
class Outcome:
    """What the simulated learners got. Seconds."""

    sessions: int
    finals: int
    final_p50_s: float
    final_p95_s: float
    """From the end of speech to the final."""
    partial_p50_s: float
    """From one partial's audio to its text."""
    partials_per_s: float
    """Of one session while it speaks."""
    device_busy: float
    """Share of the time."""
    mean_batch: float


@dataclass(frozen=True)
class Bound:
    """What learners are to get."""

    final_p95_s: float = 1.0
    partials_per_s: float = 2.0
    """While somebody speaks: with fewer, finals come in time and no word is seen before them."""

    def holds(self, outcome: Outcome) -> bool:
        """Whether they got it."""
        in_time = outcome.final_p95_s <= self.final_p95_s
        return in_time and outcome.partials_per_s >= self.partials_per_s
