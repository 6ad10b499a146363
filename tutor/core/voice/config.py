"""How the tutor speaks in a session; the settings fill it."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.core.audio.samples import to_samples

MOST_CHARS = 4096
"""Characters of the longest text by default, as OpenAI has it: some five minutes of speech."""

SLOWEST, FASTEST = 0.25, 4.0
"""Speeds that may be asked for by default, as OpenAI has them; 1 is the voice's own."""

SAID_FACTOR = 2
"""How many times longer than the longest text its spoken form may be: a page of figures is minutes
of speech."""


@dataclass(frozen=True)
class SpeakingConfig:
    """Limits of the tutor's speech in a session."""

    slowest: float = SLOWEST
    fastest: float = FASTEST
    most_chars: int = MOST_CHARS
    """Characters of a reply that are spoken; the rest is text alone."""

    ahead_s: float = 20.0
    """Seconds of speech that are made ahead of what is heard."""
    lead_s: float = 5.0
    """Seconds of speech that are sent ahead of what is heard."""
    retry_s: float = 4.0
    """Seconds without anything new after which a job counts as lost."""
    deadline_s: float = 30.0
    """Seconds without a first clause after which a reply is given up."""
    unheard_s: float = 30.0
    """Seconds without a sign that the client plays after which a reply is given up."""

    is_played_unseen: bool = False
    """Whether a client does not tell what it has played: then it counts as played as fast as it is
    spoken."""
    at_onset: bool = False
    """Whether the first sound of the learner silences the tutor, whatever the words are, for a
    client that falls silent by itself; else see `Interruption`."""

    duck: int = to_samples(64)
    """Samples of the learner's speech after which the tutor is played softly."""
    unduck: int = to_samples(400)
    """Samples of silence after which it is as loud as before."""
