import re
import tomllib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.adapters.coach.phrases import FOLDER, load_phrases
from tutor.core.coach.phrases import (
    SENTENCES,
    Phrases,
    PhrasesError,
    gaps_in,
    phrases_from,
    plural_form,
)
from tutor.core.feedback.assessment import (
    Pause,
)

BOOKS = load_phrases()

words = st.sampled_from(["The", "ship,", "“morning”", "a", "{word}", "</x>", "天气", "…"])

pauses = st.builds(Pause, st.integers(0, 900), st.integers(900, 2000), st.booleans())


def test_all_languages_have_the_same_sentences_and_gaps() -> None:
    """Every file has each sentence, and each variant exactly its gaps."""
    assert {"en", "ru"} <= BOOKS.keys()
    for language, book in BOOKS.items():
        assert book.sentences.keys() == SENTENCES.keys(), language
        for name, variants in book.sentences.items():
            assert all(gaps_in(variant) == SENTENCES[name] for variant in variants), name


@pytest.mark.parametrize("language", sorted(BOOKS))
def test_every_sentence_has_variants(language: str) -> None:
    """Nothing but a quotation is always said in the same words."""
    few = {name for name, variants in BOOKS[language].sentences.items() if len(variants) < 2}
    assert few == {"quoted"}


@pytest.mark.parametrize("language", sorted(BOOKS))
def test_the_coach_never_claims_what_was_said(language: str) -> None:
    """It tells what it heard: nobody can prove what a learner meant to say."""
    sentences = [v for variants in BOOKS[language].sentences.values() for v in variants]
    assert not [text for text in sentences if re.search(r"(?i)you said|вы сказали", text)]


@pytest.mark.parametrize("language", sorted(BOOKS))
def test_silence_is_not_called_noise(language: str) -> None:
    """No speech is found in both: what is told holds for either."""
    told = " ".join(BOOKS[language].sentences["reason.no_speech"])
    assert not re.search(r"(?i)noise|silen|шум|тишин", told)


@pytest.mark.parametrize(
    ("number", "words", "pauses"),
    [
        (1, "1 слово", "1 лишняя пауза"),
        (2, "2 слова", "2 лишние паузы"),
        (5, "5 слов", "5 лишних пауз"),
        (11, "11 слов", "11 лишних пауз"),
        (14, "14 слов", "14 лишних пауз"),
        (21, "21 слово", "21 лишняя пауза"),
        (22, "22 слова", "22 лишние паузы"),
        (100, "100 слов", "100 лишних пауз"),
        (111, "111 слов", "111 лишних пауз"),
        (0, "0 слов", "0 лишних пауз"),
    ],
)
def test_russian_counts_in_three_forms(number: int, words: str, pauses: str) -> None:
    """Numbers choose the form of their word by the rules of CLDR."""
    assert BOOKS["ru"].count("words", number) == words
    assert BOOKS["ru"].count("pauses", number) == pauses


@pytest.mark.parametrize(
    ("plural", "forms"),
    [
        ("one", ["other", "one", "other"]),
        ("zero_one", ["one", "one", "other"]),
        ("none", ["other", "other", "other"]),
        ("slavic", ["many", "one", "few"]),
    ],
)
def test_other_families_count_otherwise(plural: str, forms: list[str]) -> None:
    """Zero, one and two in each family of plural rules."""
    assert [plural_form(plural, number) for number in (0, 1, 2)] == forms


def drop(data: dict[str, dict[str, dict[str, list[str]]]]) -> None:
    """Lose a sentence."""
    del data["sentences"]["praise"]["word"]


def add(data: dict[str, dict[str, dict[str, list[str]]]]) -> None:
    """Have one too many."""
    data["sentences"]["praise"]["looks"] = ["You look well."]


def lose_gap(data: dict[str, dict[str, dict[str, list[str]]]]) -> None:
    """Leave a gap out."""
    data["sentences"]["praise"]["word"] = ["Good."]


def reach_in(data: dict[str, dict[str, dict[str, list[str]]]]) -> None:
    """Use a gap that is more than a name."""
    data["sentences"]["praise"]["word"] = ["{word.__class__}"]


def open_brace(data: dict[str, dict[str, dict[str, list[str]]]]) -> None:
    """Forget a brace."""
    data["sentences"]["praise"]["word"] = ["{word"]


def empty(data: dict[str, dict[str, dict[str, list[str]]]]) -> None:
    """Have no variant."""
    data["sentences"]["praise"]["word"] = []


def lose_form(data: dict[str, dict[str, dict[str, list[str]]]]) -> None:
    """Have too few plural forms."""
    del data["counted"]["words"]["one"]


def other_plural(data: dict[str, object]) -> None:
    """Name no family of plurals."""
    data["plural"] = "klingon"


@pytest.mark.parametrize(
    ("spoil", "names"),
    [
        (drop, "sentences: lacks praise.word"),
        (add, "sentences: does not know praise.looks"),
        (lose_gap, "praise.word"),
        (reach_in, "praise.word"),
        (open_brace, "praise.word"),
        (empty, "praise.word"),
        (lose_form, "counted.words: lacks one"),
        (other_plural, "plural"),
    ],
)
def test_a_wrong_file_of_phrases_is_named(spoil: Callable[[object], None], names: str) -> None:
    """Whoever edits a file reads what is wrong with which sentence."""
    data = tomllib.loads((FOLDER / "en.toml").read_text("utf-8"))
    spoil(data)
    with pytest.raises(PhrasesError, match=f"own.toml.*{re.escape(names)}"):
        phrases_from(data, "own.toml")


@given(st.text(max_size=30))
def test_what_is_quoted_is_not_read_as_a_gap(quoted: str) -> None:
    """Braces in what was heard stay braces."""
    book: Phrases = BOOKS["en"]
    assert quoted in book.say("heard", "x", said=quoted)
