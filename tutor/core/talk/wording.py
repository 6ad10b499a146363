"""The words of a reply: which variant is said, and what stands in its gaps."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence

from tutor.core.coach.phrases import gaps_in
from tutor.core.talk.understanding import politely_bare

MAX_QUOTED = 60
"""Characters that are quoted of what was not understood."""


def turned(variants: Sequence[str], seed: int, name: str) -> tuple[str, ...]:
    """Some variants, beginning with the one that the seed has chosen."""
    at = zlib.crc32(f"{seed} {name}".encode()) % len(variants)
    return (*variants[at:], *variants[:at])


def plainest(variants: Sequence[str], seed: int, name: str) -> str:
    """A variant without gaps."""
    plain = [one for one in turned(variants, seed, name) if not gaps_in(one)]
    return plain[0]


def fill(variants: Sequence[str], slots: Mapping[str, Sequence[str]], joint: str) -> str:
    """The first variant whose gaps are all filled; empty where there is none."""
    for variant in variants:
        gaps = gaps_in(variant)
        if gaps <= slots.keys():
            filled = variant.format(**{gap: _listed(slots[gap], joint) for gap in gaps})
            return filled[:1].upper() + filled[1:]
    return ""


def _listed(values: Sequence[str], joint: str) -> str:
    if len(values) < 2:
        return "".join(values)
    return f"{', '.join(values[:-1])} {joint} {values[-1]}"


def clip(text: str) -> str:
    """A text to be quoted, not too long."""
    bare = politely_bare(" ".join(text.split()))
    return bare if len(bare) <= MAX_QUOTED else bare[: MAX_QUOTED - 1].rstrip() + "…"
