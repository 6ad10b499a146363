"""The coalescer: which of the requests that wait at one recogniser are heard in its next call.

A call takes as long as its longest member, and hardly longer for many than for one. So members
should be alike in what a call is shaped by, and as many as there are. Languages are no such thing:
any may meet.

There is no clock and no waiting for more: while one call runs the next one's members gather.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Generic, TypeVar

from tutor.core.audio.recognition import Kind

T = TypeVar("T")

BUCKETS_S = (4.0, 6.0, 8.0, 12.0, 16.0, 30.0)
"""Seconds of the encoder windows in which requests meet: in steps of a second they seldom would."""

LEADS_OF_FINALS = 3
"""Calls in a row that finals may lead while a partial waits: it is not put off for ever."""

LEADS_OF_LIVE = 15
"""Calls in a row that who speaks now may lead while a piece of a file waits."""


def bucket_s(window_s: float) -> float:
    """The window of a bucket that holds one of so many seconds."""
    return next((bucket for bucket in BUCKETS_S if bucket >= window_s), BUCKETS_S[-1])


def alike(members: Sequence[int], traits: Sequence[Hashable]) -> list[list[int]]:
    """Members, by their places, in groups of the same trait; each group as its first one comes."""
    groups: dict[Hashable, list[int]] = {}
    for at in members:
        groups.setdefault(traits[at], []).append(at)
    return list(groups.values())


@dataclass(frozen=True)
class Bucket:
    """What members of one call have in common."""

    kind: Kind
    window_s: float
    """Seconds of the encoder's window."""
    prompt: int = 0
    """Tokens of the prompt: CTranslate2 wants every text of a call to begin at one index."""
    ear: str = ""
    """The language whose own weights listen; empty: the general ones."""


class Lane(IntEnum):
    """Who waits, in the order in which they lead a call."""

    FINAL = 0
    PARTIAL = 1
    FILE = 2


@dataclass
class Coalescer(Generic[T]):
    """What waits at one recogniser."""

    most: int
    """Members of the largest call."""
    most_of_files: int
    """Pieces of files among them, so that no call of theirs is long."""
    _lanes: dict[Lane, dict[Bucket, list[tuple[int, T]]]] = field(
        default_factory=lambda: {lane: {} for lane in Lane}
    )
    """What waits: of each bucket a heap, the oldest first."""
    _passed: dict[Lane, int] = field(default_factory=lambda: dict.fromkeys(Lane, 0))
    """How many calls others have led while somebody waited there."""
    _count: itertools.count[int] = field(default_factory=itertools.count)

    def receive(
        self, item: T, bucket: Bucket, *, is_file: bool = False, order: int | None = None
    ) -> int:
        """Take a request; its place among all that came.

        `order`: the place of what has been heard once and is to be heard again: it keeps it.
        """
        lane = Lane.FILE if is_file else Lane[bucket.kind.upper()]
        place = next(self._count) if order is None else order
        heapq.heappush(self._lanes[lane].setdefault(bucket, []), (place, item))
        return place

    def __len__(self) -> int:
        return sum(len(heap) for lane in self._lanes.values() for heap in lane.values())

    def collect(self) -> list[tuple[int, T]]:
        """The members of the next call with their places; none if nobody waits.

        The oldest of the lane whose turn it is leads, and whatever fits its bucket goes with it.
        """
        lane = self._leading()
        if lane is None:
            return []
        for other in Lane:
            waits = other is not lane and self._lanes[other]
            self._passed[other] = self._passed[other] + 1 if waits else 0
        bucket = min(self._lanes[lane], key=lambda one: self._lanes[lane][one][0][0])
        first = self._take(lane, bucket, self.most)
        others = (other for other in Lane if other is not lane)
        for other in others:
            first += self._take(other, bucket, self.most - len(first))
        return first

    def _leading(self) -> Lane | None:
        overdue = {Lane.PARTIAL: LEADS_OF_FINALS, Lane.FILE: LEADS_OF_LIVE}
        for lane, leads in overdue.items():
            if self._lanes[lane] and self._passed[lane] >= leads:
                return lane
        return next((lane for lane in Lane if self._lanes[lane]), None)

    def _take(self, lane: Lane, bucket: Bucket, most: int) -> list[tuple[int, T]]:
        heap = self._lanes[lane].get(bucket, [])
        most = min(most, self.most_of_files) if lane is Lane.FILE else most
        taken = [heapq.heappop(heap) for _ in range(min(most, len(heap)))]
        if not heap:
            self._lanes[lane].pop(bucket, None)
        return taken
