"""What may become of what is said."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """What became of a sentence."""

    WHOLE = "whole"
    """One terminal event for each of its utterances, and the words of an undisturbed run."""
    FAILED = "failed"
    """It ended in an error, of which its speaker was told."""
    DIFFERING = "differing"
    """Other words."""
    DOUBLED = "doubled"
    """Two terminal events, or its words twice."""
    LOST = "lost"
    """Nothing, or an utterance that has no end."""
