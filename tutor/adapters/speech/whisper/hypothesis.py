"""A hypothesis: what a decoder has written down of one utterance, before it is believed."""

from __future__ import annotations

from dataclasses import dataclass, field

from tutor.core.audio import guards


@dataclass(frozen=True)
class Hypothesis:
    """What a decoder has written down of one utterance."""

    tokens: list[int]
    text: str
    log_probability: float
    """Mean log-probability of the tokens."""
    no_speech: float
    """Probability that nobody speaks."""
    probabilities: list[float] = field(default_factory=list)
    """Probabilities of the tokens; only of partials decoded without a beam."""

    def cut(self, seconds: float) -> str:
        """A partial's text, of so many seconds, without what a guard knows to be made up."""
        text = guards.cut_restart(guards.cut_echo(self.text))
        return guards.cut_loop(text, seconds)
