"""A reader followed word by word: what may be told of a text with each hypothesis."""

from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import few
from tutor.core.audio.recognition import RecognisedWord
from tutor.core.feedback.reading.following import BEARING_OUT, Following, Told
from tutor.core.feedback.reading.passages import locate

TEXT = "We went to the old harbour and saw a ship that came in at nine".split()


def heard(said: str) -> list[RecognisedWord]:
    """Recognised words, a quarter of a second each."""
    return [
        RecognisedWord(word, n * 0.25, n * 0.25 + 0.2, 0.9) for n, word in enumerate(said.split())
    ]


def tell(way: Following, said: str, *, is_final: bool = False) -> list[tuple[int, str]]:
    """What is told of a hypothesis."""
    passage = locate(TEXT, way.expected, heard(said), "en")
    told = way.receive_passage(passage, "en", is_final=is_final)
    return [(one.index, one.status) for one in told]


def read(*indices: int) -> list[tuple[int, str]]:
    """Words that were read."""
    return [(index, "read") for index in indices]


def test_words_are_told_as_they_are_heard() -> None:
    """Each once, with its time in the utterance."""
    way = Following(0)
    assert tell(way, "We went") == read(0, 1)
    assert tell(way, "We went to the") == read(2, 3)
    assert tell(way, "We went to the") == []
    assert way.next == 4
    passage = locate(TEXT, 0, heard("We went to the old"), "en")
    assert way.receive_passage(passage, "en") == (Told(4, "old", "read", 1_000, 1_200),)


def test_a_word_that_was_not_heard_waits_for_two_later_ones() -> None:
    """The end of unfinished audio is often misheard: only what follows bears it out."""
    way = Following(0)
    assert tell(way, "We went to the cold") == read(0, 1, 2, 3)
    assert tell(way, "We went to the cold harbour") == []
    assert tell(way, "We went to the cold harbour and") == [(4, "doubtful"), *read(5, 6)]


def test_a_word_that_was_left_out_is_skipped_when_it_is_borne_out() -> None:
    """Not before: the recogniser may only be behind."""
    way = Following(0)
    assert tell(way, "We went to the harbour") == read(0, 1, 2, 3)
    assert tell(way, "We went to the harbour and saw") == [(4, "skipped"), *read(5, 6, 7)]


def test_a_short_word_alone_is_not_told_as_skipped() -> None:
    """Recognisers drop articles that were said."""
    way = Following(0)
    assert (3, "doubtful") in tell(way, "We went to old harbour and saw")


def test_in_a_pause_one_later_word_is_enough() -> None:
    """No word is cut off at the end of what was heard; but one word alone skips nothing."""
    way = Following(0)
    passage = locate(TEXT, 0, heard("We went to the cold harbour"), "en")
    told = way.receive_passage(passage, "en", in_pause=True)
    assert [(one.index, one.status) for one in told[4:]] == [(4, "doubtful"), (5, "read")]
    another = Following(0)
    passage = locate(TEXT, 0, heard("We went to the harbour"), "en")
    told = another.receive_passage(passage, "en", in_pause=True)
    assert [(one.index, one.status) for one in told[4:]] == [(4, "doubtful"), (5, "read")]


def test_a_word_elsewhere_moves_nobody() -> None:
    """One word that is the same further on is chance; two are a place."""
    way = Following(0)
    assert tell(way, "ship") == []
    assert tell(way, "ship that came") == read(9, 10, 11)
    assert way.next == 12


def test_the_final_tells_the_rest() -> None:
    """What nothing bore out is doubtful: the judgement that follows knows better."""
    way = Following(0)
    tell(way, "We went to the")
    assert tell(way, "We went to the cold", is_final=True) == [(4, "doubtful")]
    assert way.next == 5


def test_something_else_is_not_the_text() -> None:
    """A question in between moves nobody."""
    way = Following(3)
    assert tell(way, "sorry how do you pronounce this word", is_final=True) == []
    assert way.next == 3


def test_a_sentence_that_is_begun_again_is_told_again() -> None:
    """In a new utterance: the reader's place goes back to where they are."""
    way = Following(6)
    assert tell(way, "We went to the old") == read(0, 1, 2, 3, 4)
    assert way.next == 5


said = st.lists(st.sampled_from([*TEXT, "um", "cat", "their", "seen"]), max_size=24)


@few(50)
@given(st.integers(0, len(TEXT)), st.lists(said, max_size=6))
def test_every_word_is_told_once_and_none_beyond_the_text(
    expected: int, hypotheses: list[list[str]]
) -> None:
    """Whatever is heard in whatever order: indices of the text, each event's in order, none twice,
    and a place that never moves back within an utterance."""
    way, seen, at = Following(expected), set[int](), None
    for n, words in enumerate(hypotheses):
        is_final = n == len(hypotheses) - 1
        told = [index for index, _ in tell(way, " ".join(words), is_final=is_final)]
        assert told == sorted(told)
        assert not seen & set(told)
        assert all(0 <= index < len(TEXT) for index in told)
        seen |= set(told)
        assert 0 <= way.next <= len(TEXT)
        if at is not None and seen and not is_final:
            assert way.next >= at
        at = way.next if seen else None


@few(40)
@given(st.integers(1, len(TEXT)))
def test_a_clear_reader_is_followed_to_the_last_word(length: int) -> None:
    """Whoever reads the text as it stands has each word told as read, with the partial that has
    it."""
    way = Following(0)
    for n in range(1, length + 1):
        assert tell(way, " ".join(TEXT[:n])) == read(n - 1) or n < BEARING_OUT
    assert way.told == tuple(range(length))
