from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.core.queue.coalescer import (
    BUCKETS_S,
    LEADS_OF_FINALS,
    LEADS_OF_LIVE,
    Bucket,
    Coalescer,
    bucket_s,
)

FINAL, PARTIAL = Bucket("final", 8.0), Bucket("partial", 4.0)


def names(coalescer: Coalescer[str]) -> list[str]:
    """The members of the next call."""
    return [name for _, name in coalescer.collect()]


def filled(**members: Bucket) -> Coalescer[str]:
    """A coalescer at which these wait, in this order."""
    coalescer = Coalescer[str](most=4, most_of_files=1)
    for name, bucket in members.items():
        coalescer.receive(name, bucket)
    return coalescer


@pytest.mark.parametrize(("window_s", "bucket"), [(1, 4), (4, 4), (4.1, 6), (13, 16), (30, 30)])
def test_a_window_is_widened_to_one_of_few(window_s: float, bucket: float) -> None:
    """Requests of nearly the same length meet; none gets less than it wants."""
    assert bucket_s(window_s) == bucket
    assert BUCKETS_S[-1] == 30


def test_the_oldest_finals_bucket_is_filled() -> None:
    """What fits it goes along, whenever it came; other windows, prompts and ears wait."""
    coalescer = filled(
        long=Bucket("final", 12.0),
        a=FINAL,
        prompted=Bucket("final", 8.0, prompt=7),
        b=FINAL,
        adapted=Bucket("final", 8.0, ear="en"),
        other=Bucket("final", 12.0),
    )
    assert names(coalescer) == ["long", "other"]
    assert names(coalescer) == ["a", "b"]
    assert names(coalescer) == ["prompted"]
    assert names(coalescer) == ["adapted"]
    assert names(coalescer) == []


def test_finals_go_before_partials_that_came_earlier() -> None:
    """A partial clocks itself, a final is waited for."""
    coalescer = filled(p=PARTIAL, f=FINAL)
    assert names(coalescer) == ["f"]
    assert names(coalescer) == ["p"]


def test_a_call_has_a_largest_size() -> None:
    """The oldest go first."""
    coalescer = filled(**{f"f{n}": FINAL for n in range(6)})
    assert names(coalescer) == ["f0", "f1", "f2", "f3"]
    assert names(coalescer) == ["f4", "f5"]


def test_what_is_heard_again_keeps_its_place() -> None:
    """A final that a guard doubts has waited longest: its wider window is the next call's."""
    coalescer = filled(doubted=FINAL)
    ((place, name),) = coalescer.collect()
    coalescer.receive("later", FINAL)
    coalescer.receive(name, Bucket("final", 12.0), order=place)
    assert names(coalescer) == ["doubted"]
    assert names(coalescer) == ["later"]


def test_pieces_of_files_fill_what_is_left_a_few_at_a_time() -> None:
    """They go behind who speaks now, and along with them."""
    coalescer = filled(f=FINAL, p=PARTIAL)
    for n in range(3):
        coalescer.receive(f"piece{n}", FINAL, is_file=True)
    assert names(coalescer) == ["f", "piece0"]
    assert names(coalescer) == ["p"]
    assert names(coalescer) == ["piece1"]
    assert names(coalescer) == ["piece2"]


arrivals = st.lists(
    st.tuples(
        st.sampled_from(["final", "partial", "file"]),
        st.sampled_from(BUCKETS_S),
        st.sampled_from([0, 5]),
        st.integers(0, 3),
    ),
    max_size=60,
)
"""Kind, window, prompt, and how many calls are made before the next comes."""


@given(st.integers(1, 8), arrivals)
def test_nothing_is_lost_doubled_or_put_off_for_ever(
    most: int, arrivals: list[tuple[str, float, int, int]]
) -> None:
    """Whatever comes in whatever order: each is heard once, in a call of its like, and behind so
    many that came earlier within so many calls."""
    coalescer = Coalescer[int](most, max(1, most // 4))
    bucket_of: dict[int, Bucket] = {}
    due: dict[int, int] = {}
    calls, heard = 0, Counter[int]()
    worst = {"final": 2, "partial": LEADS_OF_FINALS + 2, "file": LEADS_OF_LIVE + 3}

    def call() -> None:
        nonlocal calls
        calls += 1
        members = coalescer.collect()
        assert len(members) <= most
        assert len({bucket_of[item] for _, item in members}) <= 1
        heard.update(item for _, item in members)
        assert all(calls <= due[item] for _, item in members)

    for item, (kind, window_s, prompt, more) in enumerate(arrivals):
        bucket_of[item] = Bucket("partial" if kind == "partial" else "final", window_s, prompt)
        before = len(coalescer)
        due[item] = calls + worst[kind] * (before + 1) + 1
        coalescer.receive(item, bucket_of[item], is_file=kind == "file")
        for _ in range(more if len(coalescer) else 0):
            call()
    while len(coalescer):
        call()
    assert heard == Counter(range(len(arrivals)))


def test_partials_and_files_are_led_now_and_then_however_many_finals_come() -> None:
    """A full house of finals puts a partial off for three calls, a piece of a file for fifteen."""
    coalescer = Coalescer[str](most=2, most_of_files=1)
    coalescer.receive("partial", PARTIAL)
    coalescer.receive("piece", Bucket("final", 30.0), is_file=True)
    led = []
    for n in range(LEADS_OF_LIVE + 2):
        coalescer.receive(f"f{n}", FINAL)
        coalescer.receive(f"g{n}", FINAL)
        led.append(names(coalescer)[0])
    assert led.index("partial") == LEADS_OF_FINALS
    assert led.index("piece") == LEADS_OF_LIVE
