from collections.abc import Mapping, Sequence
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.readers import PETS, said
from tutor.core.audio.recognition import RecognisedWord
from tutor.core.feedback.reading.alignment import (
    FAR,
    INSERTION,
    JUMP,
    MATCH,
    MOST_AHEAD,
    MOST_BEHIND,
    MOST_HEARD,
    NEXT_OMISSION,
    OMISSION,
    SAME_BEGINNING,
    SENTENCE_START,
    STEP,
    SUBSTITUTION,
    Pairs,
    pair_ways,
)
from tutor.core.feedback.reading.restarts import LONGEST_RESTART
from tutor.core.text.spoken.choice import MOST_STEPS
from tutor.core.text.wording import Token, split_words

VOCABULARY = "apple apricot river rinse mountain garden gather yellow winter doctor".split()
"""Words of which some begin alike; none is a number, a short form or two words in one."""

SOME = st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=7, unique=True)


def pair(
    window: Sequence[str], place: int, heard: Sequence[RecognisedWord], language: str
) -> tuple[Sequence[Token], Sequence[Token], Pairs]:
    """The text's tokens, the heard tokens, and how they pair."""
    found = pair_ways(window, place, heard, language)
    return found.text, found.tokens, found.pairs


def shown(text: str, heard: str, place: int = 0, language: str = "en") -> str:
    """An alignment in one line: `text=heard`, `-omitted`, `+inserted`."""
    window = split_words(text, language)
    own, others, pairs = pair(window, place, said(heard), language)
    forms = []
    for h, t in pairs:
        if h is None:
            assert t is not None
            forms.append("-" + own[t].key)
        elif t is None:
            forms.append("+" + others[h].key)
        else:
            forms.append(own[t].key if own[t].key == others[h].key
                         else f"{own[t].key}={others[h].key}")  # fmt: skip
    return " ".join(forms)


# ---------------------------------------------------------------- the best alignment


def similarity(one: str, other: str) -> float:
    """What it brings to pair two words."""
    if one == other:
        return MATCH
    return SAME_BEGINNING if one[:2] == other[:2] else SUBSTITUTION


def beginning(at: int, place: int) -> float:
    """What it costs to begin at a word of a text of one sentence."""
    off = abs(at - place)
    cost = max(STEP * off, JUMP) + FAR * off
    return cost * SENTENCE_START if at == 0 else cost


def best(
    text: Sequence[str],
    heard: Sequence[str],
    place: int,
    partners: Mapping[int, int | None] | None = None,
) -> float:
    """The score of the best alignment, every one tried; of those with some partners, if given."""

    @cache
    def rest(h: int, t: int, *, may_omit: bool) -> float:
        if h == len(heard):
            return 0
        found = []
        partner = partners[h] if partners else t
        if t < len(text) and partner == t:
            found.append(similarity(heard[h], text[t]) + rest(h + 1, t + 1, may_omit=True))
        if not partners or partner is None:
            found.append(INSERTION + rest(h + 1, t, may_omit=True))
        if may_omit:
            found += [
                OMISSION + NEXT_OMISSION * (more - t - 1) + rest(h, more, may_omit=False)
                for more in range(t + 1, len(text) + 1)
            ]
        return max(found, default=float("-inf"))

    return max(beginning(t, place) + rest(0, t, may_omit=False) for t in range(len(text) + 1))


@given(SOME, SOME, st.data())
def test_no_other_alignment_is_better(
    text: list[str], heard: list[str], data: st.DataObject
) -> None:
    """Of all alignments of what was heard, tried one by one, the one found has the best score."""
    place = data.draw(st.integers(0, len(text)))
    _, _, pairs = pair(text, place, said(" ".join(heard)), "en")
    partners = {h: t for h, t in pairs if h is not None}
    assert best(text, heard, place, partners) == pytest.approx(best(text, heard, place))


@given(
    st.lists(st.sampled_from([*VOCABULARY, "don't", "25", "she's", "um", "cats.", "a", "5"])),
    st.lists(st.sampled_from([*VOCABULARY, "do", "twenty", "five", "is", "um", "Cats", "5"])),
    st.data(),
)
def test_pairs_are_in_order(window: list[str], heard: list[str], data: st.DataObject) -> None:
    """Each heard token has one entry; of the text all from the first paired one to the last."""
    place = data.draw(st.integers(0, len(window)))
    text, tokens, pairs = pair(window, place, said(" ".join(heard)), "en")
    if not text:
        assert pairs == []
        return
    assert [h for h, _ in pairs if h is not None] == list(range(len(tokens)))
    places = [t for _, t in pairs if t is not None]
    assert places == list(range(places[0], places[-1] + 1)) if places else True
    ends = [h for h, t in pairs if t is not None]
    assert not ends or None not in (ends[0], ends[-1])  # no reader omits what is not begun


@given(SOME)
def test_a_text_pairs_with_itself(words: list[str]) -> None:
    """Read word for word, each word is its own partner."""
    _, _, pairs = pair(words, 0, said(" ".join(words)), "en")
    assert pairs == [(n, n) for n in range(len(words))]


@given(st.integers(1, 6), st.data())
def test_of_equal_places_the_readers_wins(count: int, data: st.DataObject) -> None:
    """A sentence that a text repeats is looked for where the reader is expected."""
    window = split_words("The river is wide. " * count, "en")
    at = 4 * data.draw(st.integers(0, count - 1))
    _, _, pairs = pair(window, at, said("the river is wide"), "en")
    assert pairs == [(n, at + n) for n in range(4)]


# ---------------------------------------------------------------- what a reader does


@pytest.mark.parametrize(
    ("heard", "place", "found"),
    [
        ("I like cats my sister", 0, "i like cats -i -like -dogs my sister"),
        ("like dogs", 3, "like dogs"),
        ("fish they", 15, "fish they"),
        ("well I like cats", 0, "+well i like cats"),
        ("my sister she doesn't like", 6, "my sister +she does not like"),
    ],
)
def test_words_left_out_and_added(heard: str, place: int, found: str) -> None:
    """What lies between words that were read is omitted; what the text lacks is added."""
    assert shown(PETS, heard, place) == found


def test_one_long_gap_is_likelier_than_two_short_ones() -> None:
    """A reader who skips words skips them in a row: the "and" is the one after the gap."""
    text = "Tea and milk and bread and jam"
    assert shown(text, "tea and jam") == "tea -and -milk -and -bread and jam"


def test_a_word_pairs_with_the_one_that_it_is_like() -> None:
    """Of two words in one's place the one that begins alike was meant for it."""
    assert shown("He walked home", "he slowly walk home") == "he +slowly walked=walk home"
    assert shown("He walked home", "he walk slowly home") == "he walked=walk +slowly home"


def test_what_is_said_after_a_sentence_is_not_the_next_ones() -> None:
    """A remark is no misreading of words that the reader has not come to."""
    assert shown("I like cats. Dogs bark.", "I like cats okay") == "i like cats +okay"
    assert shown("I like cats, dogs bark.", "I like cats okay") == "i like cats dogs=okay"
    assert shown("I like cats. Dogs bark.", "I like cats bogs bark") == "i like cats dogs=bogs bark"


@pytest.mark.parametrize("mark", ["!", "?", "…", "。", ".”", '?"', ".)"])
def test_sentences_end_with_more_than_a_full_stop(mark: str) -> None:
    """Quotation marks and brackets may stand behind what ends one, in any script."""
    assert shown(f"I like cats{mark} Dogs bark.", "I like cats okay") == "i like cats +okay"


# ---------------------------------------------------------------- what does not count


@pytest.mark.parametrize(
    ("text", "heard", "found"),
    [
        ("I like cats", "um I uh like cats", "i like cats"),
        ("Um, I like cats", "um I uh like cats", "um i like cats"),
        ("I like cats", "I I I like cats", "i like cats"),
        ("I like cats", "I like I like cats", "i like cats"),
        ("Bye bye now", "bye bye now", "bye bye now"),
        ("It is 55", "it is fifty five", "it is 5 5"),
        ("It is 55", "it is is 55", "it is 5 5"),
    ],
)
def test_hesitation_leaves_no_trace(text: str, heard: str, found: str) -> None:
    """Fillers and words said again go, unless the text has them so; figures are never doubled."""
    assert shown(text, heard) == found


@pytest.mark.parametrize(("size", "kept"), [(LONGEST_RESTART, 1), (LONGEST_RESTART + 1, 2)])
def test_a_reader_begins_again_after_a_few_words(size: int, kept: int) -> None:
    """Who says a whole paragraph twice has read it twice."""
    words = [f"{a}{b}" for a in "bcdfg" for b in VOCABULARY][:size]
    _, tokens, _ = pair(words, 0, said(" ".join(words * 2)), "en")
    assert len(tokens) == kept * size


@pytest.mark.parametrize(
    ("text", "heard", "found"),
    [
        ("a book shelf", "a bookshelf", "a bookshelf"),
        ("a bookshelf", "a book shelf", "a bookshelf"),
        ("She's here", "she is here", "she 's=is here"),
        ("She has gone", "she's gone", "she has='s gone"),
        ("a colour", "a color", "a color"),
    ],
)
def test_spelling_makes_no_difference(text: str, heard: str, found: str) -> None:
    """Compounds, short forms and spellings are paired with what they are said like."""
    assert shown(text, heard) == found


def test_a_compound_knows_all_its_words() -> None:
    """Joined with what the other side writes as one, a token still came from two words."""
    text, tokens, _ = pair(["a", "book", "shelf"], 0, said("a bookshelf"), "en")
    assert [(token.start, token.end) for token in text] == [(0, 1), (1, 3)]
    assert [(token.start, token.end) for token in tokens] == [(0, 1), (1, 2)]


@pytest.mark.parametrize(
    ("text", "heard"), [("", "I like"), ("I like", ""), ("I like", "um uh"), ("", "")]
)
def test_without_words_there_is_nothing_to_pair(text: str, heard: str) -> None:
    """An empty text, and an utterance of nothing but fillers, have no pairs."""
    assert shown(text, heard) == ""


def test_characters_are_paired_where_no_spaces_are_written() -> None:
    """A Chinese reader who leaves out a character has left out a word."""
    assert shown("今天天气很好。", "今 天 天 很 好", language="zh") == "今 天 天 -气 很 好"


# ---------------------------------------------------------------- what it costs

COSTLY = (
    "1984", "7:30", "$5.50", "21 March", "XIV", "1/2 3.5%", "it's he'd", "1984 green", "3.14159265",
    "1234567890" * 8, "the cat", "12.05.2024 um 18:45", "80 000 km/h",
)  # fmt: skip


@pytest.mark.heavy
@pytest.mark.parametrize(
    ("heard", "language"), [("same", "en"), ("1985", "en"), ("half past", "en"), ("same", "de")]
)
@pytest.mark.parametrize("text", COSTLY)
def test_no_text_makes_an_alignment_costly(text: str, heard: str, language: str) -> None:
    """Of the longest window and the longest utterance some pairs are looked at, and no more: the
    gateway aligns between two messages of other learners. Both passes, and the choice of ways."""
    window = (f"{text} " * 200).split()[:200]
    spoken = (f"{text if heard == 'same' else heard} " * 200).split()[:200]
    found = pair_ways(window, 80, said(" ".join(spoken)), language)
    assert found.steps <= 2 * (MOST_BEHIND + MOST_AHEAD) * MOST_HEARD + MOST_STEPS
    assert found.steps > 0


def test_what_a_limit_cuts_off_is_far_from_the_reader() -> None:
    """Of a text of long numbers the reader's place, and what is read in half a minute, are kept."""
    window = ["12345678"] * 99 + ["apple", "river"] + ["12345678"] * 101
    found = pair_ways(window, 99, said("apple river"), "en")
    assert [found.text[t].key for _, t in found.pairs if t is not None] == ["apple", "river"]
    assert len(found.text) == MOST_BEHIND + MOST_AHEAD < 8 * len(window)


def test_an_utterance_is_aligned_once() -> None:
    """Its place, its passage and its ways are asked for one after the other."""
    text, heard = "The cat sat at 7:30".split(), said("the cat sat at half past seven")
    assert pair_ways(text, 0, heard, "en") is pair_ways(tuple(text), 0, tuple(heard), "en")
