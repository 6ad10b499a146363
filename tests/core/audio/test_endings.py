from hypothesis import given
from hypothesis import strategies as st

from tutor.core.audio.endings import joined, lacks_end, rest_from
from tutor.core.audio.recognition import RecognisedWord


def said(text: str, start_s: float = 0.0, confidence: float = 0.9) -> list[RecognisedWord]:
    """Words of 0.4 s, one every half second."""
    return [
        RecognisedWord(word, start_s + n / 2, start_s + n / 2 + 0.4, confidence)
        for n, word in enumerate(text.split())
    ]


def text(words: tuple[RecognisedWord, ...]) -> str:
    """The words, joined."""
    return " ".join(word.text for word in words)


def test_a_transcript_lacks_its_end_where_speech_goes_on_behind_its_last_word() -> None:
    """Word times are exact to a third of a second; where speech ends unknown, nothing is known."""
    words = said("I went")
    assert lacks_end(words, 1.9)
    assert not lacks_end(words, 1.1)
    assert not lacks_end(words, None)
    assert not lacks_end([], 1.9)


def test_the_rest_is_heard_from_a_few_words_before() -> None:
    """So that it does not begin out of nothing; never before the audio."""
    assert rest_from(said("I went to the market")) == 1.5 - 0.1
    assert rest_from(said("went")) == 0.0


def test_the_rest_follows_the_word_that_both_have() -> None:
    """Its punctuation knows what follows, and what was heard before counts."""
    first = said("Take a ticket to London.")
    rest = said("it to London, please.", start_s=0.1)
    assert text(joined(first, rest, 0.9)) == "Take a ticket to London, please."


def test_where_the_two_disagree_time_decides() -> None:
    """Words of the rest that lie behind the first's last one are added, and no other."""
    first = said("I would like")
    rest = said("lick a ticket", start_s=0.1)
    both = joined(first, rest, 0.9)
    assert text(both) == "I would like a ticket"
    assert [word.start_s for word in both] == sorted(word.start_s for word in both)


def test_a_rest_that_is_only_guessed_is_left() -> None:
    """A breath behind the last word is no word."""
    first = said("I would like")
    assert joined(first, said("like you", 0.1, confidence=0.2), 0.9) == tuple(first)
    assert joined(first, [], 0.9) == tuple(first)


words = st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=8).map(" ".join)


@given(words, words, st.floats(0, 4))
def test_joining_only_ever_adds(first: str, rest: str, by_s: float) -> None:
    """Whatever the rest is, the words before stay, in the order of time."""
    before = said(first)
    both = joined(before, said(rest), by_s)
    assert [w.start_s for w in both[: len(before)]] == [w.start_s for w in before]
    assert [w.end_s for w in both] == sorted(w.end_s for w in both)
