from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.support.examples import few
from tutor.core.feedback.pronunciation.features import (
    LONG_PAUSE,
    LONGEST_LEAD,
    PHONE_FEATURES,
    Description,
    OfPhone,
    OfUtterance,
    OfWord,
    describe,
    match_features,
    word_evidence,
)
from tutor.core.feedback.pronunciation.laying import Floats, Segments
from tutor.core.feedback.pronunciation.spans import Span

CLASSES = 5
WIDTH = 3


def log_softmax(raw: Floats) -> Floats:
    """Log posteriors of raw scores."""
    logs: Floats = raw - np.log(np.exp(raw).sum(1, keepdims=True))
    return logs


def heard(*shares: float, own: int = 1, other: int = 2) -> Floats:
    """Frames that give a share to the phone and most of the rest to another one."""
    rest = 0.01
    rows = np.full((len(shares), CLASSES), rest, np.float32)
    rows[:, own] = shares
    rows[:, other] = [1 - share - (CLASSES - 2) * rest for share in shares]
    return np.log(rows)


def segments(*bounds: tuple[int, int]) -> Segments:
    """Phones from frame to frame."""
    return Segments(np.array([start for start, _ in bounds]), np.array([end for _, end in bounds]))


def spans(where: Segments, words: list[list[int]], *logs: float) -> list[Span]:
    """What the recogniser says of words that it finds where their phones lie."""
    ends = np.cumsum([len(word) for word in words])
    return [
        Span(int(where.starts[end - len(word)]), int(where.ends[end - 1]), (log,))
        for word, end, log in zip(words, ends, logs or [-1.0] * len(words), strict=True)
    ]


def described(
    words: list[list[int]], where: Segments, posteriors: Floats, said: list[Span] | None = None
) -> Description:
    """An utterance; what the encoder says plays no part."""
    frames = np.zeros((len(posteriors), WIDTH), np.float32)
    return describe(frames, posteriors, words, said or spans(where, words), where)


def phone(posteriors: Floats) -> dict[OfPhone, float]:
    """The features of the phone 1, which got all frames."""
    found = described([[1]], segments((0, len(posteriors))), posteriors).features[0]
    return {name: float(found[name]) for name in OfPhone}


def even(count: int) -> Floats:
    """Frames in which every class is as likely as the others."""
    return log_softmax(np.zeros((count, CLASSES), np.float32))


# ---------------------------------------------------------------- a phone


def test_a_phone_that_is_heard_leads() -> None:
    """Where it is likeliest in every frame it falls behind none and leads by what it is ahead."""
    found = phone(heard(0.8, 0.8))
    assert found[OfPhone.IS_BEST] == 1
    assert found[OfPhone.BEHIND_BEST] == found[OfPhone.RANK] == 0
    assert found[OfPhone.LEAD] == pytest.approx(np.log(0.8 / 0.17))
    assert found[OfPhone.SURE] == pytest.approx(0.8)


def test_a_phone_that_is_not_heard_falls_behind() -> None:
    """Where another class is likelier, its lead is negative and how far it is behind the best."""
    found = phone(heard(0.1, 0.1))
    assert found[OfPhone.IS_BEST] == 0
    assert found[OfPhone.LEAD] == found[OfPhone.BEHIND_BEST] == pytest.approx(np.log(0.1 / 0.87))
    assert found[OfPhone.RANK] == pytest.approx(np.log(2))


def test_a_share_of_frames_may_be_won() -> None:
    """A phone that wins three frames of four is the best in that share of them."""
    assert phone(heard(0.9, 0.9, 0.2, 0.9))[OfPhone.IS_BEST] == 0.75


def test_a_phone_that_nobody_doubts_leads_by_no_more_than_counts() -> None:
    """A network's last digits do not make one certain phone better than another."""
    certain = np.zeros((2, CLASSES), np.float32)
    certain[:, 1] = 50
    assert phone(log_softmax(certain))[OfPhone.LEAD] == LONGEST_LEAD
    assert phone(log_softmax(-certain))[OfPhone.LEAD] == -LONGEST_LEAD


def test_neighbours_sound_into_the_edges_of_a_phone() -> None:
    """The middle is what is left without the first and the last third; a short phone is all
    middle."""
    assert phone(heard(0.1, 0.8, 0.1))[OfPhone.MIDDLE] == pytest.approx(np.log(0.8))
    short = phone(heard(0.1, 0.8))
    assert short[OfPhone.MIDDLE] == short[OfPhone.MEAN]


def test_silence_in_a_phone_is_measured() -> None:
    """The frames in which nothing is heard show in the phone that got them."""
    assert phone(heard(0.1, other=0))[OfPhone.SILENT] == pytest.approx(0.87)


def test_where_all_is_likely_alike_entropy_is_greatest() -> None:
    """It is the logarithm of the count of classes, and no class is likelier than the phone."""
    found = phone(even(3))
    assert found[OfPhone.ENTROPY] == pytest.approx(np.log(CLASSES))
    assert found[OfPhone.RANK] == found[OfPhone.LEAD] == 0


posteriors = arrays(np.float32, (6, CLASSES), elements=st.floats(-20, 20, width=32)).map(
    log_softmax
)


@few(50)
@given(posteriors)
def test_a_phones_features_are_bounded(logs: Floats) -> None:
    """Whatever is heard: the mean lies between extremes, shares are shares, entropy is finite."""
    found = phone(logs)
    slack = 1e-4
    assert found[OfPhone.LEAST] - slack <= found[OfPhone.MEAN] <= found[OfPhone.MOST] + slack
    assert found[OfPhone.LEAST] - slack <= found[OfPhone.MIDDLE] <= found[OfPhone.MOST] + slack
    assert found[OfPhone.MOST] <= slack
    assert found[OfPhone.BEHIND_BEST] <= 0
    assert all(0 <= found[n] <= 1 + slack for n in (OfPhone.SURE, OfPhone.SILENT, OfPhone.IS_BEST))
    assert -slack <= found[OfPhone.ENTROPY] <= np.log(CLASSES) + slack
    assert (found[OfPhone.BEHIND_BEST] == 0) == (found[OfPhone.IS_BEST] == 1)


@few(50)
@given(posteriors, posteriors)
def test_a_phone_is_measured_over_its_own_frames(one: Floats, other: Floats) -> None:
    """What is heard before and after a phone changes nothing of it."""
    where = segments((0, 2), (2, 4), (4, 6))
    mixed = other.copy()
    mixed[2:4] = one[2:4]
    alone, beside = (
        described([[1, 2, 3]], where, logs).features[1, :PHONE_FEATURES] for logs in (one, mixed)
    )
    np.testing.assert_array_equal(alone, beside)


# ---------------------------------------------------------------- phones and their words


def test_a_phone_knows_its_word_and_its_place_in_it() -> None:
    """A phone is first, last, between, or alone in its word."""
    words = [[1], [2, 3], [4, 1, 2, 3]]
    found = described(words, segments(*pairwise(range(8))), even(7))
    assert found.phones.tolist() == [1, 2, 3, 4, 1, 2, 3]
    assert found.word_of.tolist() == [0, 1, 1, 2, 2, 2, 2]
    assert found.place.tolist() == [3, 0, 1, 0, 2, 2, 1]


@few(50)
@given(arrays(np.float32, (8, WIDTH), elements=st.floats(-5, 5, width=32)))
def test_vectors_are_means_over_each_phones_frames(encoded: Floats) -> None:
    """The silence between two phones counts for neither; that around the speech for nothing."""
    where = segments((1, 3), (5, 7))
    words = [[1], [2]]
    found = describe(encoded, even(8), words, spans(where, words), where)
    expected = [encoded[1:3].mean(0), encoded[5:7].mean(0)]
    np.testing.assert_allclose(found.vectors, expected, atol=1e-5)
    np.testing.assert_allclose(found.mean, encoded[1:7].mean(0), atol=1e-5)
    np.testing.assert_allclose(found.deviation, encoded[1:7].std(0), atol=1e-5)


def words_of(found: Description) -> Floats:
    """The features of each word, once."""
    first = np.flatnonzero(np.diff(found.word_of, prepend=-1))
    return found.features[first, PHONE_FEATURES:]


def test_a_word_knows_the_silence_and_the_words_beside_it() -> None:
    """At the edges of the utterance there is neither a word nor a gap."""
    words = [[1], [2], [3]]
    where = segments((2, 4), (4, 6), (9, 10))
    found = words_of(described(words, where, even(12), spans(where, words, -1, -2, -4)))
    gaps = np.log1p([0, 0, 3])
    np.testing.assert_allclose(found[:, OfWord.GAP_BEFORE], gaps, rtol=1e-6)
    np.testing.assert_allclose(found[:, OfWord.GAP_BEHIND], [*gaps[1:], 0], rtol=1e-6)
    assert found[:, OfWord.BEFORE].tolist() == [0, -1, -2]
    assert found[:, OfWord.BEHIND].tolist() == [-2, -4, 0]


def test_every_phone_of_a_word_has_the_words_features() -> None:
    """They follow the phone's own, and are alike for all phones of one word only."""
    words = [[1, 2], [3]]
    where = segments((0, 1), (1, 2), (2, 3))
    first, second, third = described(words, where, even(3), spans(where, words, -1, -2)).features
    assert first[PHONE_FEATURES:].tolist() == second[PHONE_FEATURES:].tolist()
    assert first[PHONE_FEATURES:].tolist() != third[PHONE_FEATURES:].tolist()


def test_a_word_is_as_probable_as_its_tokens_on_the_whole() -> None:
    """A word of several tokens keeps their mean, the least, the first and the last."""
    said = [Span(0, 4, (-1.0, -6.0, -2.0))]
    (found,) = words_of(described([[1]], segments((0, 4)), even(4), said))
    assert found[OfWord.MEAN] == -3
    assert found[OfWord.LEAST] == -6
    assert (found[OfWord.FIRST], found[OfWord.LAST]) == (-1, -2)
    assert found[OfWord.PROBABILITY] == pytest.approx(np.exp(-3))


def test_lengths_are_in_frames() -> None:
    """Of a phone, of its word, and of its word for each of its phones; tokens are counted too."""
    said = [Span(2, 10, (-1.0, -1.0, -1.0))]
    found = described([[1, 2]], segments((2, 8), (8, 10)), even(12), said)
    assert np.exp(found.features[:, OfPhone.LENGTH]).tolist() == pytest.approx([6, 2])
    (word,) = words_of(found)
    lengths = [OfWord.LENGTH, OfWord.LENGTH_OF_PHONE, OfWord.PHONES, OfWord.TOKENS]
    assert np.exp(word[lengths]).tolist() == pytest.approx([8, 4, 2, 3])
    assert np.exp(found.utterance[OfUtterance.LENGTH]) == pytest.approx(8)


@pytest.mark.parametrize(
    ("start", "end", "earlier", "later"),
    [(30, 40, 0, 0), (35, 38, 0.5, -0.2), (0, 90, -2.5, 2.5)],
)
def test_two_ears_may_hear_a_word_at_different_times(
    start: int, end: int, earlier: float, later: float
) -> None:
    """How much later the recogniser puts a word's edges than its phones do; half a second at
    most."""
    said = [Span(start, end, (-1.0,))]
    (found,) = words_of(described([[1]], segments((30, 40)), even(100), said))
    assert found[[OfWord.EARLIER, OfWord.LATER]].tolist() == pytest.approx([earlier, later])


def test_the_worst_phone_of_a_word_shows() -> None:
    """A word has the mean of its phones' fit, and the least of them."""
    logs = np.concatenate([heard(0.8), heard(0.1, own=2, other=3)])
    (found,) = words_of(described([[1, 2]], segments((0, 1), (1, 2)), logs))
    assert found[OfWord.LEAST_HEARD] == pytest.approx(np.log(0.1))
    assert found[OfWord.HEARD] == pytest.approx((np.log(0.1) + np.log(0.8)) / 2)


# ---------------------------------------------------------------- the utterance


@pytest.mark.parametrize(("gap", "count"), [(0, 0), (LONG_PAUSE - 1, 0), (LONG_PAUSE, 1)])
def test_a_long_pause_is_counted(gap: int, count: int) -> None:
    """A pause is long from 0.3 s on; the longest one is known by its length in any case."""
    where = segments((0, 5), (5 + gap, 10 + gap))
    found = described([[1], [2]], where, even(10 + gap)).utterance
    assert np.expm1(found[OfUtterance.LONG_PAUSES]) == pytest.approx(count)
    assert np.expm1(found[OfUtterance.LONGEST_PAUSE]) == pytest.approx(gap)


def test_rates_with_and_without_silence() -> None:
    """Silence between words slows speech down, but not articulation; around them it does
    neither."""
    found = described([[1], [2]], segments((10, 14), (20, 24)), even(50)).utterance
    assert found[OfUtterance.SPEECH_RATE] == pytest.approx(2 / 14)
    assert found[OfUtterance.ARTICULATION_RATE] == pytest.approx(2 / 8)
    assert found[OfUtterance.SPEECH] == pytest.approx(8 / 14)
    assert found[OfUtterance.FRAMES] == pytest.approx(np.log(50))


def test_rhythm_is_how_much_lengths_differ() -> None:
    """A speaker whose phones are all as long has none."""
    steady = described([[1, 2, 3]], segments((0, 4), (4, 8), (8, 12)), even(12)).utterance
    lively = described([[1, 2, 3]], segments((0, 1), (1, 4), (4, 12)), even(12)).utterance
    assert steady[OfUtterance.RHYTHM] == 0 < lively[OfUtterance.RHYTHM]


def test_one_token_makes_the_worst_word() -> None:
    """The recogniser's mean is over words, whatever their tokens; its worst is a single token."""
    said = [Span(0, 1, (-1.0, -9.0, -2.0)), Span(1, 2, (-2.0,))]
    found = described([[1, 3], [2]], segments((0, 1), (1, 2), (2, 3)), even(3), said).utterance
    assert found[OfUtterance.WORDS_MEAN] == -3
    assert found[OfUtterance.WORST_WORD] == -9
    counts = np.exp(found[[OfUtterance.PHONES, OfUtterance.WORDS]])
    assert counts.tolist() == pytest.approx([3, 2])


def test_a_fifth_of_the_phones_is_weak() -> None:
    """Of six phones the utterance is known by the second-least lead: one slip does not show."""
    shares = (0.8, 0.01, 0.7, 0.2, 0.9, 0.6)
    found = described([[1] * 6], segments(*pairwise(range(7))), heard(*shares))
    leads = sorted(found.features[:, OfPhone.LEAD])
    assert found.utterance[OfUtterance.WEAK_LEAD] == pytest.approx(leads[1])
    assert leads[1] == pytest.approx(np.log(0.2 / 0.77))


@few(50)
@given(posteriors)
def test_an_utterance_of_one_phone_is_described(logs: Floats) -> None:
    """The shortest one has finite features throughout: no pause, no neighbour, no deviation."""
    found = described([[1]], segments((2, 3)), logs)
    assert np.isfinite(found.features).all()
    assert np.isfinite(found.utterance).all()
    assert np.isfinite(match_features(found)).all()


# ---------------------------------------------------------------- what is made of it


def test_each_word_has_two_witnesses() -> None:
    """For each word, however many phones it has: what the recogniser and the classifier say."""
    words = [[1, 1], [1]]
    where = segments((0, 1), (1, 2), (2, 3))
    said = spans(where, words, -1, -5)
    logs, fits = word_evidence(described(words, where, heard(0.8, 0.2, 0.1), said))
    assert logs.tolist() == [-1, -5]
    assert fits.tolist() == pytest.approx([np.log(0.8 * 0.2) / 2, np.log(0.1)])


def test_a_text_that_was_read_fits_better() -> None:
    """The better its sounds fit, the greater is all that tells a text that was read, but ranks."""
    words = [[1, 1], [1]]
    where = segments((0, 1), (1, 2), (2, 3))
    clear, unclear = (
        match_features(described(words, where, heard(*shares)))
        for shares in ((0.8, 0.9, 0.8), (0.2, 0.3, 0.1))
    )
    fell = np.flatnonzero(clear < unclear)
    assert fell.size == 1  # the rank alone
    assert (clear > unclear).sum() == 8  # the recogniser and the count of words say the same


def test_a_text_is_read_as_badly_as_its_worst_words() -> None:
    """Of two words the one that fits worse is the worst half; one word alone is its own."""
    where = segments((0, 1), (1, 2))
    both = match_features(described([[1], [1]], where, heard(0.9, 0.1)))
    worst = match_features(described([[1]], segments((0, 1)), heard(0.1)))
    half = [n for n, name in enumerate(both) if name == pytest.approx(0.1)]
    assert half
    assert all(worst[n] == pytest.approx(0.1) for n in half)
