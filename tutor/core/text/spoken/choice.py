"""Which of the ways was said: the ones of two texts that have the least to change between them.

Both texts may be said in several ways. Their ways are two graphs of keys, and the cheapest pair of
paths through them is found as the least edits between two texts are (Wagner and Fischer 1974, on
graphs).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Keys = tuple[str, ...]
Segment = Sequence[Keys]
"""The ways of a piece of text, each as its comparable keys; one way for a plain word."""

MOST_STEPS = 20_000
"""Pairs of keys that are compared for one choice: some 50 ms."""

_LESS_LIKELY = 1e-4
"""What a way costs for each one that is likelier, so that of equals the likeliest is taken."""


@dataclass(frozen=True)
class _Edge:
    """A step into a node of a graph of ways."""

    origin: int
    key: str | None
    """None: the way has no keys at all."""
    segment: int
    way: int
    cost: float
    """What the way costs for being less likely, on its first step."""
    skips: bool = False
    """Whether the step leaves out a whole segment, as only an open end allows."""


@dataclass(frozen=True)
class Choice:
    """The index of the way chosen for each segment of two texts."""

    left: list[int]
    right: list[int]
    steps: int
    """How many pairs of keys were compared."""


def choose(
    left: Sequence[Segment],
    right: Sequence[Segment],
    alike: Callable[[str, str], bool],
    *,
    open_start: bool = False,
    open_end: bool = False,
    most_steps: int = MOST_STEPS,
) -> Choice:
    """The way chosen for each segment of two texts; the likeliest, where there are too many.

    Args:
        left: The segments of a text.
        right: The segments of what was heard.
        alike: Whether two keys stand for the same spoken word.
        open_start: Whether any number of segments may be missing at the beginning of `left`.
        open_end: The same for its end.
        most_steps: Pairs of keys that may be compared. Beyond it the rarest ways of each segment
            are left out.
    """
    left, right = _within_bounds(left, right, most_steps)
    if all(len(segment) == 1 for segment in (*left, *right)):
        return Choice([0] * len(left), [0] * len(right), 0)
    nodes, others = _graph(left), _graph(right)
    costs: list[list[float]] = []
    steps: list[list[tuple[_Edge | None, _Edge | None]]] = []
    for u, edges in enumerate(nodes):
        costs.append([0.0] * len(others))
        steps.append([(None, None)] * len(others))
        for v, against in enumerate(others):
            free = (open_start and v == 0) or (open_end and v == len(others) - 1)
            if u or v:
                costs[u][v], steps[u][v] = _cheapest(costs, edges, against, u, v, alike, free)
    ways, others_ways = _trace_back(steps, len(left), len(right))
    return Choice(ways, others_ways, _size(left) * _size(right))


def _within_bounds(
    left: Sequence[Segment], right: Sequence[Segment], most_steps: int
) -> tuple[Sequence[Segment], Sequence[Segment]]:
    most = 64
    while most > 1 and _size(left) * _size(right) > most_steps:
        most //= 2
        left, right = [one[:most] for one in left], [one[:most] for one in right]
    return left, right


def _size(segments: Sequence[Segment]) -> int:
    return sum(len(keys) for segment in segments for keys in segment)


def _graph(segments: Sequence[Segment]) -> list[list[_Edge]]:
    """The steps into each node; the nodes are in order, the last one is the end."""
    nodes: list[list[_Edge]] = [[]]
    start = 0
    for n, segment in enumerate(segments):
        ends: list[_Edge] = []
        for way, keys in enumerate(segment):
            at, cost = start, way * _LESS_LIKELY
            for key in keys[:-1]:
                nodes.append([_Edge(at, key, n, way, cost)])
                at, cost = len(nodes) - 1, 0.0
            ends.append(_Edge(at, keys[-1] if keys else None, n, way, cost))
        ends.append(_Edge(start, None, n, 0, 0.0, skips=True))
        nodes.append(ends)
        start = len(nodes) - 1
    return nodes


def _cheapest(
    costs: Sequence[Sequence[float]],
    edges: Sequence[_Edge],
    against: Sequence[_Edge],
    u: int,
    v: int,
    alike: Callable[[str, str], bool],
    free: bool,
) -> tuple[float, tuple[_Edge | None, _Edge | None]]:
    best: tuple[float, tuple[_Edge | None, _Edge | None]] = (float("inf"), (None, None))
    for edge in edges:
        if edge.skips and not free:
            continue
        cost = costs[edge.origin][v] + edge.cost + (edge.key is not None)
        best = min(best, (cost, (edge, None)), key=_cost)
    for other in against:
        if other.skips:
            continue
        cost = costs[u][other.origin] + other.cost + (other.key is not None)
        best = min(best, (cost, (None, other)), key=_cost)
        for edge in edges:
            if edge.key is None or other.key is None:
                continue
            change = 0.0 if alike(edge.key, other.key) else 1.5
            cost = costs[edge.origin][other.origin] + edge.cost + other.cost + change
            best = min(best, (cost, (edge, other)), key=_cost)
    return best


def _cost(found: tuple[float, object]) -> float:
    return found[0]


def _trace_back(
    steps: Sequence[Sequence[tuple[_Edge | None, _Edge | None]]], left: int, right: int
) -> tuple[list[int], list[int]]:
    ways, others = [0] * left, [0] * right
    u, v = len(steps) - 1, len(steps[0]) - 1
    while u or v:
        edge, other = steps[u][v]
        if edge is not None:
            ways[edge.segment], u = edge.way, edge.origin
        if other is not None:
            others[other.segment], v = other.way, other.origin
    return ways, others
