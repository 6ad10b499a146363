import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import few
from tutor.core.text.english import SHORT, english_keys, plain_apostrophes

PLAIN = st.text("abcdefgklmnprstuvwxyz", min_size=1, max_size=8).filter(
    lambda word: not re.search("[0-9]", keys(word)) and " " not in keys(word)
)
"""Words that are no number and not short for several words."""


def keys(text: str) -> str:
    """The comparable keys of a text."""
    return " ".join(key for key, _, _ in english_keys(text.split()))


def origins(text: str) -> list[tuple[str, str]]:
    """Each key of a text with the words that it came from."""
    words = text.split()
    return [(key, " ".join(words[start:end])) for key, start, end in english_keys(words)]


# ---------------------------------------------------------------- numbers and signs


@given(st.integers(0, 10**15))
def test_a_number_is_its_figures_one_by_one(number: int) -> None:
    """With a comma between thousands or without one."""
    figures = " ".join(str(number))
    assert keys(str(number)) == figures
    assert keys(f"{number:,}.") == figures


@given(st.integers(0, 9_999), st.text("0123456789", min_size=1, max_size=3))
def test_a_decimal_point_is_spoken(whole: int, part: str) -> None:
    """ "2.50" is "two point five zero": also the last zero."""
    assert keys(f"{whole}.{part}") == " ".join([*str(whole), "point", *part])


@given(st.integers(0, 23), st.integers(1, 59))
def test_a_time_of_the_clock_is_its_figures(hour: int, minute: int) -> None:
    """The colon is not spoken, and the full hour is "o'clock"."""
    assert keys(f"{hour}:{minute:02}") == " ".join(f"{hour}{minute:02}")
    assert keys(f"{hour}:00") == " ".join([*str(hour), "oclock"])


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("$1", "1 dollar"),
        ("$ 1", "dollars 1"),
        ("$10", "1 0 dollars"),
        ("£1,000", "1 0 0 0 pounds"),
        ("€2 billion", "2 0 0 0 0 0 0 0 0 0 euros"),
        ("50¢", "5 0 cents"),
        ("US$5", "us 5 dollars"),
    ],
)
def test_money_is_named_behind_its_amount(written: str, expected: str) -> None:
    """One dollar, more dollars, and a million of them before their name."""
    assert keys(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("50%", "5 0 percent"),
        ("R&B", "r and b"),
        ("2+2=4", "2 plus 2 equals 4"),
        ("20°", "2 0 degrees"),
        ("me@home", "me at home"),
        ("#1 *", "1"),
    ],
)
def test_signs_are_read_aloud(written: str, expected: str) -> None:
    """Those that are spoken are words, the others nothing."""
    assert keys(written) == expected


@pytest.mark.parametrize("sign", "$ £ € ¢ % & + = ° @".split())
def test_a_sign_alone_is_a_word(sign: str) -> None:
    """Each sign that is spoken when it stands alone has one word."""
    assert keys(sign).isalpha()
    assert keys(f"five {sign} more") == f"5 {keys(sign)} more"


@pytest.mark.parametrize("digits", ["２５", "٢٥", "२५"])
def test_figures_of_other_scripts_are_figures(digits: str) -> None:
    """Full-width, Arabic and Indian ones are compared with those that English uses."""
    assert keys(digits) == keys("25")


# ---------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("5pm", "5 pm"),
        ("5 p.m.", "5 pm"),
        ("B2B", "b 2 b"),
        ("U.S.A.", "usa"),
        ("end.Next", "end next"),
        ("it.We", "it we"),
        ("well-known", "well known"),
        ("well\u2011known", "well known"),
        ("rock-'n'-roll", "rock n roll"),
        ("twenty-one", "2 1"),
        ("O'Brien", "obrien"),
    ],
)
def test_words_are_parted_where_a_speaker_parts_them(written: str, expected: str) -> None:
    """At hyphens, at a forgotten space, between letters and figures, but not inside a short
    form."""
    assert keys(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("I'd've", "i 'd have"),
        ("couldn't've", "could not have"),
        ("she's", "she 's"),
        ("they'd", "they 'd"),
        ("shan't", "shall not"),
        ("isn't", "is not"),
        ("'em", "them"),
        ("'TIS", "tis"),
        ("'quoted'", "quoted"),
        ("dogs'", "dogs"),
        ("goin'", "going"),
        ("in'", "in"),
        ("ain't", "ain't"),
        ("o'clock", "oclock"),
    ],
)
def test_contractions_are_spoken_out(written: str, expected: str) -> None:
    """Where a short form may stand for several words it is kept; quotation marks go."""
    assert keys(written) == expected


def test_a_kept_ending_is_known_as_short() -> None:
    """What is kept because it is ambiguous has its meanings listed."""
    endings = [keys(f"she{ending}").split()[-1] for ending in SHORT]
    assert endings == list(SHORT)


@given(PLAIN)
def test_case_and_marks_around_a_word_do_not_count(word: str) -> None:
    """Neither a capital nor a quotation mark is heard."""
    assert keys(word.upper()) == keys(f"“{word}”,") == keys(f"({word})!") == keys(word)


@given(st.sampled_from("don't she's they'll 'em we'd I'm you've can't".split()))
def test_any_apostrophe_is_as_good(word: str) -> None:
    """Whatever a word processor made of it, and in what case."""
    for mark in "\u2019\u2018\u02bc`\u00b4\u2032":
        assert keys(word.replace("'", mark)) == keys(word) == keys(word.upper())


@given(st.text("ab'\u2019\u2018\u02bc`\u00b4\u2032"))
def test_apostrophes_are_made_plain_in_their_places(text: str) -> None:
    """Nothing else of the text changes, and a plain text not at all."""
    plain = plain_apostrophes(text)
    assert [c if c in "ab" else "'" for c in text] == list(plain)
    assert plain_apostrophes(plain) == plain


# ---------------------------------------------------------------- where keys come from


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("twenty-one dogs", [("2", "twenty-one"), ("1", "twenty-one"), ("dogs", "dogs")]),
        ("I don't", [("i", "I"), ("do", "don't"), ("not", "don't")]),
        ("a hundred. Yes", [*[(figure, "a hundred.") for figure in "100"], ("yes", "Yes")]),
        ("only $5 million", [
            ("only", "only"), *[(n, "$5 million") for n in "5000000"], ("dollars", "million"),
        ]),
        ("— ok", [("okay", "ok")]),
    ],
)  # fmt: skip
def test_keys_know_their_words(text: str, found: list[tuple[str, str]]) -> None:
    """A word may have several keys, and a number may be made of several words."""
    assert origins(text) == found


@few(50)
@given(st.lists(PLAIN), st.lists(PLAIN))
def test_words_are_compared_one_by_one(left: list[str], right: list[str]) -> None:
    """What is no number does not depend on the words beside it."""
    alone = [*english_keys(left), *english_keys(right)]
    together = list(english_keys([*left, *right]))
    assert [key for key, _, _ in together] == [key for key, _, _ in alone]
    assert [(start, end) for _, start, end in together] == [
        (n, n + 1) for n in range(len(left) + len(right))
    ]


@given(
    st.lists(
        st.sampled_from("a one hundred and 5 $5 million twenty-five 5th oh don't … % é ٣rd".split())
        | st.text(max_size=4)
    )
)
def test_every_key_comes_from_words_of_the_text(words: list[str]) -> None:
    """Whatever a text is made of, keys are in its order and none is empty."""
    found = list(english_keys(words))
    assert all(key and 0 <= start < end <= len(words) for key, start, end in found)
    starts = [start for _, start, _ in found]
    assert starts == sorted(starts)
