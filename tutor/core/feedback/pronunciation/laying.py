"""Where the phones of a text lie in its audio: laid along a classifier's posteriors (Viterbi)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]

SILENCE = 0
"""The classifier's class for frames that hold no phone."""

ANY_SOUND = 2.0
"""What it costs to take a frame for a sound of no word: a natural logarithm."""

PRIOR_WEIGHT = 0.7
"""Share of the classes' log prior that is taken off before phones are laid along the frames."""


@dataclass(frozen=True)
class Segments:
    """Where each phone of a text lies, in frames; arrays [phones]."""

    starts: Integers
    ends: Integers
    """Just past each phone's last frame."""


def lay_phones(scores: Floats, words: Sequence[Sequence[int]]) -> Segments | None:
    """The likeliest segments of all phones in order; None when there are too few frames.

    Args:
        scores: [frames, classes], log posteriors, less some of the log prior.
        words: The phones of each word. Silence may lie before, between and after words.
    """
    states, phone_of = _states(words)
    if len(scores) < sum(len(word) for word in words):
        return None
    path = _viterbi(scores[:, states], states == SILENCE)
    at = phone_of[path]
    count = int(phone_of.max()) + 1
    spoken = np.flatnonzero(at >= 0)
    starts = np.full(count, len(scores), np.int64)
    ends = np.zeros(count, np.int64)
    np.minimum.at(starts, at[spoken], spoken)
    np.maximum.at(ends, at[spoken], spoken + 1)
    return Segments(starts, ends)


CLEARLY = 1.0
"""The log ratio of the frames from which on an unlikelier pronunciation of a word counts as the one
that was said."""


def likeliest(scores: Floats, words: Sequence[Sequence[Sequence[int]]]) -> list[int]:
    """Which of its pronunciations each word was said with: an index, 0 where none is clearer.

    Args:
        scores: The scores that `lay_phones` gets.
        words: The pronunciations of each word, the likeliest first; each its phones.
    """
    first = [ways[0] for ways in words]
    chosen = [0] * len(words)
    segments = lay_phones(scores, first) if any(len(ways) > 1 for ways in words) else None
    if segments is None:
        return chosen
    for at, ways in enumerate(words):
        ratios = [CLEARLY, *(preference(scores, first, segments, at, way) for way in ways[1:])]
        chosen[at] = int(np.argmax(ratios))
    return chosen


def preference(
    scores: Floats,
    words: Sequence[Sequence[int]],
    segments: Segments,
    at: int,
    other: Sequence[int],
) -> float:
    """How much likelier the frames are if another word, or none, was said in a word's place.

    It is a natural logarithm.

    Only the frames between the words before and after its neighbours count, and the neighbours are
    laid along them anew, so that a boundary that suits one of the two does not decide.

    Args:
        scores: The scores that `lay_phones` had.
        words: The phones of each word of the text.
        segments: Where all those phones lie.
        at: Index of the word in question.
        other: The other word's phones; none where the word may have been left out.
    """
    first, last = max(0, at - 1), min(len(words), at + 2)
    counts = np.cumsum([0, *(len(word) for word in words)])
    begin = int(segments.ends[counts[first] - 1]) if first else 0
    end = int(segments.starts[counts[last]]) if last < len(words) else len(scores)
    frames = scores[begin:end]
    instead = [*words[first:at], other, *words[at + 1 : last]]
    return _likelihood(frames, instead) - _likelihood(frames, words[first:last])


def left_over(scores: Floats, words: Sequence[Sequence[int]]) -> list[int]:
    """The frames of sound before each word, and after the last one, that no word explains.

    The words are laid along the frames once more, with what is between them free to be any sound
    at all, which costs `ANY_SOUND` for each frame. Without frames enough nothing is left over.

    Args:
        scores: The scores that `lay_phones` had.
        words: The phones of each word.
    """
    if len(scores) < sum(len(word) for word in words):
        return [0] * (len(words) + 1)
    loud = np.delete(scores, SILENCE, axis=1).max(axis=1) - np.float32(ANY_SOUND)
    free = scores.copy()
    free[:, SILENCE] = np.maximum(loud, scores[:, SILENCE])
    states, _ = _states(words)
    path = _viterbi(free[:, states], states == SILENCE)
    place_of = np.cumsum(states == SILENCE) - 1
    unexplained = (states[path] == SILENCE) & (loud > scores[:, SILENCE])
    left: list[int] = np.bincount(place_of[path[unexplained]], minlength=len(words) + 1).tolist()
    return left


def _likelihood(scores: Floats, words: Sequence[Sequence[int]]) -> float:
    """The log likelihood of frames along the likeliest path of words; -inf when there are too
    few."""
    said = [word for word in words if word]
    if not said:
        return float(scores[:, SILENCE].sum())
    states, _ = _states(said)
    if len(scores) < sum(len(word) for word in words):
        return -np.inf
    path = _viterbi(scores[:, states], states == SILENCE)
    return float(scores[np.arange(len(scores)), states[path]].sum())


def _states(words: Sequence[Sequence[int]]) -> tuple[Integers, Integers]:
    """The class of each state, and the index of the phone that it stands for (-1: silence)."""
    classes, phone_of, count = [SILENCE], [-1], 0
    for word in words:
        classes += [*word, SILENCE]
        phone_of += [*range(count, count + len(word)), -1]
        count += len(word)
    return np.array(classes, np.int64), np.array(phone_of, np.int64)


def _viterbi(scores: Floats, silent: npt.NDArray[np.bool_]) -> Integers:
    """The best path through states from left to right, in which silent ones may be skipped;
    [frames]."""
    frames, states = scores.shape
    low = np.float32(-1e9)
    no_jump = np.full(states, low, np.float32)
    no_jump[2:][silent[1:-1]] = 0
    steps = np.zeros((frames, states), np.int8)
    value = np.full(states, low, np.float32)
    value[:2] = scores[0, :2]
    step, jump = np.full(states, low, np.float32), np.full(states, low, np.float32)
    for t in range(1, frames):
        step[1:], jump[2:] = value[:-1], value[:-2]
        jump += no_jump
        moved = np.maximum(step, jump)
        steps[t] = np.where(value >= moved, 0, np.where(step >= jump, 1, 2))
        value = np.maximum(value, moved) + scores[t]
    path = np.empty(frames, np.int64)
    at = states - 1 if value[-1] >= value[-2] else states - 2
    for t in range(frames - 1, -1, -1):
        path[t] = at
        at -= int(steps[t, at])  # an int8 would not hold `at` in a long text
    return path
