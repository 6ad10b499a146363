from collections.abc import Iterator
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.support.examples import few
from tutor.core.feedback.pronunciation.laying import (
    CLEARLY,
    SILENCE,
    Floats,
    Integers,
    Segments,
    lay_phones,
    left_over,
    likeliest,
    preference,
)

CLASSES = 4
WORDS = st.lists(st.lists(st.integers(1, CLASSES - 1), min_size=1, max_size=2), min_size=1)


def frames(*classes: int, sure: float = 0.9, of: int = CLASSES) -> Floats:
    """Log posteriors of one frame for each class that is heard."""
    rows = np.full((len(classes), of), (1 - sure) / (of - 1), np.float32)
    rows[np.arange(len(classes)), list(classes)] = sure
    return np.log(rows)


def scores(count: int) -> st.SearchStrategy[Floats]:
    """Frames in which anything may be heard; whole numbers, so that sums are exact."""
    return arrays(np.float32, (count, CLASSES), elements=st.integers(-9, 0).map(float))


def laid(heard: Floats, words: list[list[int]]) -> list[tuple[int, int]]:
    """Where each phone begins and ends."""
    segments = lay_phones(heard, words)
    assert segments is not None
    return list(zip(segments.starts.tolist(), segments.ends.tolist(), strict=True))


def ways(count: int, words: list[list[int]]) -> Iterator[Segments]:
    """Every way to lay phones along frames: silence only around words."""
    inside = [n > 0 for word in words for n in range(len(word))]
    for starts in combinations(range(count), len(inside)):
        nexts = [*starts[1:], count]
        ends = [
            [after] if joined else range(start + 1, after + 1)
            for start, after, joined in zip(starts, nexts, [*inside[1:], False], strict=True)
        ]
        for chosen in product(*ends):
            yield Segments(np.array(starts), np.array(chosen))


def likelihood(heard: Floats, words: list[list[int]], segments: Segments) -> float:
    """The log likelihood of frames: each is its phone's, or silence."""
    classes: Integers = np.full(len(heard), SILENCE, np.int64)
    phones = [phone for word in words for phone in word]
    for phone, start, end in zip(phones, segments.starts, segments.ends, strict=True):
        classes[start:end] = phone
    return float(heard[np.arange(len(heard)), classes].sum())


def test_each_phone_gets_the_frames_in_which_it_is_heard() -> None:
    """The silence before and after the text belongs to no phone."""
    assert laid(frames(0, 1, 1, 2, 2, 2, 0), [[1, 2]]) == [(1, 3), (3, 6)]


@pytest.mark.parametrize(
    ("heard", "found"),
    [
        ((1, 1, 2, 3), [(0, 2), (2, 3), (3, 4)]),
        ((1, 0, 0, 2, 3), [(0, 1), (3, 4), (4, 5)]),
        ((0, 1, 2, 3, 0), [(1, 2), (2, 3), (3, 4)]),
    ],
)
def test_a_speaker_may_pause_between_words_or_not(
    heard: tuple[int, ...], found: list[tuple[int, int]]
) -> None:
    """Silence is laid between two words only where it is heard."""
    assert laid(frames(*heard), [[1], [2, 3]]) == found


def test_inside_a_word_there_is_no_pause() -> None:
    """Silence in the middle of a word is given to one of the phones beside it."""
    (start, middle), (again, end) = laid(frames(1, 1, 0, 0, 2, 2, 2), [[1, 2]])
    assert (start, middle, end) == (0, again, 7)


def test_a_phone_said_twice_in_a_row_has_two_segments() -> None:
    """Each of two equal phones gets at least a frame, even if nothing divides them."""
    (start, middle), (again, end) = laid(frames(1, 1, 1), [[1], [1]])
    assert start == 0 < middle <= again < end == 3


def test_a_phone_that_was_not_said_costs_its_neighbours_one_frame() -> None:
    """A text that lacks in the audio is laid all the same, as narrowly as it can be."""
    assert laid(frames(1, 1, 1, 3, 3), [[1, 2, 3]])[1] in [(2, 3), (3, 4)]


@few(50)
@given(WORDS.filter(lambda words: len(words) < 5), st.data())
def test_there_must_be_a_frame_for_each_phone(words: list[list[int]], data: st.DataObject) -> None:
    """With as many frames as phones each gets one, whatever is heard; with one less, none does."""
    count = sum(len(word) for word in words)
    heard = data.draw(scores(count))
    assert laid(heard, words) == [(n, n + 1) for n in range(count)]
    assert lay_phones(heard[1:], words) is None


@few(50)
@given(WORDS.filter(lambda words: sum(map(len, words)) < 5), scores(6))
def test_no_other_way_is_likelier(words: list[list[int]], heard: Floats) -> None:
    """Of all ways to lay a text along frames, tried one by one, the one found is among the best."""
    found = lay_phones(heard, words)
    assert found is not None
    assert likelihood(heard, words, found) == max(
        likelihood(heard, words, way) for way in ways(len(heard), words)
    )


@few(50)
@given(WORDS.filter(lambda words: sum(map(len, words)) < 10), scores(20))
def test_segments_are_in_order(words: list[list[int]], heard: Floats) -> None:
    """No phone is empty, none overlaps the next, and inside a word they touch."""
    found = laid(heard, words)
    inside = [n > 0 for word in words for n in range(len(word))]
    assert all(0 <= start < end <= len(heard) for start, end in found)
    for (_, end), (start, _), joined in zip(found, found[1:], inside[1:], strict=False):
        assert end == start if joined else end <= start


def test_a_long_text_is_laid_to_its_end() -> None:
    """A text with more phones than a byte counts is laid as well as a short one."""
    phones = [1 + n % 39 for n in range(300)]
    heard = frames(*np.repeat(phones, 2).tolist(), of=40)
    assert laid(heard, [phones]) == [(2 * n, 2 * n + 2) for n in range(300)]


@few(50)
@given(WORDS.filter(lambda words: sum(map(len, words)) < 8), scores(16), st.data())
def test_a_word_is_not_preferred_to_itself(
    words: list[list[int]], heard: Floats, data: st.DataObject
) -> None:
    """Put in its own place, a word is exactly as likely, at the edges of a text too."""
    segments = lay_phones(heard, words)
    assert segments is not None
    at = data.draw(st.integers(0, len(words) - 1))
    assert preference(heard, words, segments, at, words[at]) == 0


@pytest.mark.parametrize("words", [[[1]], [[1], [3]], [[3], [1]], [[3], [1], [3]]])
def test_the_clearer_the_other_word_the_more_it_is_preferred(words: list[list[int]]) -> None:
    """Wherever a word stands, the surer the frames are of the other one the greater the ratio."""
    at = words.index([1])
    said = [2 if word == [1] else 3 for word in words]
    ratios = []
    for sure in (0.4, 0.6, 0.9):
        heard = frames(*said, sure=sure)
        segments = lay_phones(heard, words)
        assert segments is not None
        ratios.append(preference(heard, words, segments, at, [2]))
    assert 0 < ratios[0] < ratios[1] < ratios[2]


# ---------------------------------------------------------------- several pronunciations


@pytest.mark.parametrize(
    ("heard", "chosen"),
    [((1, 2, 2, 3), [0, 0]), ((1, 3, 3, 3), [1, 0]), ((1, 1, 1, 3), [2, 0])],
)
def test_the_pronunciation_that_was_heard_is_chosen(
    heard: tuple[int, ...], chosen: list[int]
) -> None:
    """Whichever of them is the likeliest beforehand."""
    words = [[[1, 2], [1, 3], [1]], [[3]]]
    assert likeliest(frames(*heard), words) == chosen


def test_of_pronunciations_that_fit_alike_the_first_is_chosen() -> None:
    """What is not clearly another one is the likeliest."""
    unsure = frames(1, 2, sure=0.34)
    assert likeliest(unsure, [[[1], [2]]]) == [0]
    assert CLEARLY > 0


@given(scores(4))
def test_one_pronunciation_leaves_no_choice(heard: Floats) -> None:
    """Nor do more sounds than there are frames."""
    assert likeliest(heard, [[[1]], [[2, 3]]]) == [0, 0]
    assert likeliest(heard, [[[1, 2, 3], [2]], [[2, 3]]]) == [0, 0]


@pytest.mark.parametrize(
    ("heard", "left"),
    [
        ((0, 1, 2, 0, 0, 3, 0), [0, 0, 0]),  # all of it is the text's
        ((1, 2, 1, 1, 1, 1, 3), [0, 4, 0]),  # between the words
        ((0, 3, 3, 3, 3, 1, 2, 3), [4, 0, 0]),
        ((1, 2, 3, 0, 1, 1, 1), [0, 0, 3]),
        ((1, 2, 0, 0, 0, 0, 3), [0, 0, 0]),  # silence is no sound
    ],
)
def test_sound_that_no_word_explains_is_left_over(heard: tuple[int, ...], left: list[int]) -> None:
    """Frames of other sounds before, between and after the words 1 2 and 3 are counted there."""
    assert left_over(frames(*heard, sure=0.99), [[1, 2], [3]]) == left


def test_a_long_sound_leaves_nothing_over() -> None:
    """A vowel that is drawn out is its word's, and so is one that is not quite it."""
    assert left_over(frames(*[1] * 9, 2, 3, sure=0.99), [[1, 2], [3]]) == [0, 0, 0]
    unsure = np.log(np.tile(np.array([0.1, 0.3, 0.5, 0.1], np.float32), (9, 1)))
    assert left_over(unsure, [[1]]) == [0, 0]


def test_without_frames_enough_nothing_is_left_over() -> None:
    """A text that the audio cannot hold explains all of it."""
    assert left_over(frames(1), [[1, 2], [3]]) == [0, 0, 0]
