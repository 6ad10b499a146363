"""Hold every phone of a text against every other class in its place, with its bounds left free.

Goodness of pronunciation looks at the frames that a phone got when the text was laid along them.
Another sound would have got others: here the phone, each other class or nothing at all stands
between the same neighbours, and each finds the bounds that suit it best.
"""

from __future__ import annotations

import numpy as np

from tutor.core.feedback.pronunciation.laying import SILENCE, Floats, Integers, Segments

EDGE = 8
"""Frames of silence beside a phone that count, where no other phone touches it."""

FREE = 8
"""Columns: how much likelier the phone is than the best other, than silence, than nothing; the log
of its share of all classes, of how many are likelier, the shares' entropy; the first for each of
its frames; the log odds of its share."""

_LEAST = np.float32(-1e9)


def held_against_all(scores: Floats, phones: Integers, segments: Segments) -> Floats:
    """The columns of each phone; [phones, FREE].

    Args:
        scores: What `lay_phones` had, [frames, classes].
        phones: The classes of the text.
        segments: Where they lie.
    """
    rows = [_against_all(scores, phones, segments, at) for at in range(len(phones))]
    return np.array(rows, np.float32)


def _against_all(scores: Floats, phones: Integers, segments: Segments, at: int) -> list[float]:
    begin, left = _before(phones, segments, at)
    end, right = _behind(phones, segments, at, len(scores))
    frames = np.cumsum(scores[begin:end], axis=0)
    sums = np.concatenate([np.zeros((1, scores.shape[1]), np.float32), frames])
    before = sums[:, left, None] - sums  # up to a first frame the left neighbour, then the class
    behind = sums - sums[:, right, None]
    if begin == segments.starts[at]:
        before[1:] = _LEAST
    if end == segments.ends[at]:
        behind[:-1] = _LEAST
    whole = sums[-1, right]
    best = (np.maximum.accumulate(before, 0)[:-1] + behind[1:]).max(0) + whole
    nothing = float((sums[:, left] + whole - sums[:, right]).max())
    shares = _shares(before, behind)
    return _columns(
        best, shares, nothing, int(phones[at]), int(segments.ends[at] - segments.starts[at])
    )


def _before(phones: Integers, segments: Segments, at: int) -> tuple[int, int]:
    """The first frame of what stands before a phone, and its class."""
    start = int(segments.starts[at])
    if at and segments.ends[at - 1] == start:
        return int(segments.starts[at - 1]), int(phones[at - 1])
    return max(int(segments.ends[at - 1]) if at else 0, start - EDGE), SILENCE


def _behind(phones: Integers, segments: Segments, at: int, frames: int) -> tuple[int, int]:
    """The frame past what stands behind a phone, and its class."""
    end, is_last = int(segments.ends[at]), at + 1 == len(phones)
    if not is_last and segments.starts[at + 1] == end:
        return int(segments.ends[at + 1]), int(phones[at + 1])
    return min(frames if is_last else int(segments.starts[at + 1]), end + EDGE), SILENCE


def _shares(before: Floats, behind: Floats) -> Floats:
    """Log shares of the classes, over all bounds they may have."""
    most = before.max(0)
    so_far = np.log(np.cumsum(np.exp(np.maximum(before - most, -60)), 0))[:-1] + most
    paths = so_far + behind[1:]
    top = paths.max(0)
    total = np.log(np.exp(paths - top).sum(0)) + top
    total = total - total.max()
    logs: Floats = total - np.log(np.exp(total).sum())
    return logs


def _columns(best: Floats, shares: Floats, nothing: float, phone: int, length: int) -> list[float]:
    own = float(best[phone])
    others = best.copy()
    others[[phone, SILENCE]] = _LEAST
    lead, share = own - float(others.max()), float(shares[phone])
    return [
        float(np.clip(lead, -40, 40)),
        float(np.clip(own - best[SILENCE], -40, 40)),
        float(np.clip(own - nothing, -40, 60)),
        max(share, -30.0),
        float(np.log1p((best > own).sum())),
        float(-(np.exp(shares) * shares).sum()),
        float(np.clip(lead / length, -10, 10)),
        float(np.clip(share - np.log1p(-min(np.exp(share), 0.999999)), -20, 15)),
    ]
