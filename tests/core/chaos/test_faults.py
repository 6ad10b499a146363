import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.core.chaos.faults import KINDS, STALLS_S, Means, Part, chosen, plan

SPAN_S = 7.0


def test_each_part_has_each_means() -> None:
    """But for the line, which has no process that could be killed."""
    assert {(kind.part, kind.means) for kind in KINDS} == {
        (part, means) for part in Part for means in Means
    } - {(Part.LINE, Means.KILL)}


def test_the_same_seed_gives_the_same_plan() -> None:
    """And another one another."""
    plans = [plan(60, KINDS, SPAN_S, random.Random(seed).random) for seed in (1, 1, 2)]
    assert plans[0] == plans[1] != plans[2]


@given(st.integers(0, 200), st.integers(), st.sets(st.sampled_from(KINDS), min_size=1))
def test_each_kind_has_its_share_within_the_span(count: int, seed: int, kinds: set) -> None:  # type: ignore[type-arg]
    """As often as every other or once more, numbered from 1 on, each stall within its bounds."""
    faults = plan(count, sorted(kinds, key=str), SPAN_S, random.Random(seed).random)
    assert [fault.number for fault in faults] == list(range(1, count + 1))
    counts = Counter(fault.kind for fault in faults)
    assert max(counts.values(), default=0) - min(counts[kind] for kind in kinds) <= 1
    for fault in faults:
        shortest, longest = STALLS_S.get(fault.kind.means, (0.0, 0.0))
        assert shortest <= fault.lasts_s <= longest
        assert 0 <= fault.at_s <= SPAN_S


def test_a_long_stall_is_longer_than_what_waits() -> None:
    """Sessions hold on to a store that is away for 5 s, and so long a burst may be."""
    assert STALLS_S[Means.LONG_STALL][0] > 5


@pytest.mark.parametrize(
    ("victim", "processes", "index"),
    [(0.0, 3, 0), (0.49, 3, 0), (0.5, 3, 1), (0.74, 3, 1), (0.75, 3, 2), (1.0, 3, 2), (0.9, 1, 0)],
)
def test_the_main_process_is_every_second_victim(victim: float, processes: int, index: int) -> None:
    """The others share the other half; a part of one process has no other."""
    assert chosen(victim, processes) == index
