"""From looks at a part of the product to what became of its memory; pure functions."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.bench.figures import Look

WARMING = 0.3
"""Share of the time, from its beginning, that does not count: what is needed is loaded then."""

HOUR_S = 3600.0


def settled(looks: Sequence[Look]) -> list[Look]:
    """The looks from the end of the warming up on; at least the last one of any."""
    if not looks:
        return []
    begin = looks[0].at_s + WARMING * (looks[-1].at_s - looks[0].at_s)
    return [look for look in looks if look.at_s >= begin]


def slope_per_hour(looks: Sequence[Look]) -> float:
    """MiB by which memory grows in an hour: the straight line of least squares; 0 for one look."""
    count = len(looks)
    if count < 2:
        return 0.0
    mean_s = sum(look.at_s for look in looks) / count
    mean_mib = sum(look.rss_mib for look in looks) / count
    spread = sum((look.at_s - mean_s) ** 2 for look in looks)
    together = sum((look.at_s - mean_s) * (look.rss_mib - mean_mib) for look in looks)
    return together / spread * HOUR_S if spread else 0.0


def ends(looks: Sequence[Look]) -> tuple[float, float]:
    """Mean memory (MiB) of the first and of the last tenth of the looks."""
    tenth = max(1, len(looks) // 10)
    first, last = looks[:tenth], looks[-tenth:]
    return _mean(first), _mean(last)


def _mean(looks: Sequence[Look]) -> float:
    return sum(look.rss_mib for look in looks) / len(looks) if looks else 0.0
