import re
import tomllib
from collections.abc import Callable
from pathlib import Path

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

I18N = Path(__file__).parents[3] / "web" / "i18n"
"""The texts of the page, a file for each language."""

ARABIC = {"words", "pauses", "list"}
"""Gaps that are filled with what the coach says itself, quotes and isolates included."""

CLAIMS = r"(?i)you said|вы сказали|sie haben .* gesagt|has dicho|dijiste|vous avez dit|قلتَ|你说的是"
"""How each language would say that something was said, and not heard."""

words = st.sampled_from(["The", "ship,", "“morning”", "a", "{word}", "</x>", "天气", "…"])

pauses = st.builds(Pause, st.integers(0, 900), st.integers(900, 2000), st.booleans())


def test_all_languages_have_the_same_sentences_and_gaps() -> None:
    """Every file has each sentence, and each variant exactly its gaps."""
    assert BOOKS.keys() >= {path.stem for path in I18N.glob("*.json")}, "the page's languages"
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
    assert not [text for text in sentences if re.search(CLAIMS, text)]


@pytest.mark.parametrize("language", sorted(BOOKS))
def test_silence_is_not_called_noise(language: str) -> None:
    """No speech is found in both: what is told holds for either."""
    told = " ".join(BOOKS[language].sentences["reason.no_speech"])
    assert not re.search(r"(?i)noise|silen|bruit|lärm|stille|ruido|шум|тишин|ضوضاء|صمت|噪", told)


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
        ("arabic", ["zero", "one", "two"]),
    ],
)
def test_other_families_count_otherwise(plural: str, forms: list[str]) -> None:
    """Zero, one and two in each family of plural rules."""
    assert [plural_form(plural, number) for number in (0, 1, 2)] == forms


@pytest.mark.parametrize(
    ("number", "words", "pauses"),
    [
        (0, "0 كلمة", "0 وقفة غير متوقعة"),
        (1, "كلمة واحدة", "وقفة واحدة غير متوقعة"),
        (2, "كلمتان", "وقفتان غير متوقعتين"),
        (3, "3 كلمات", "3 وقفات غير متوقعة"),
        (10, "10 كلمات", "10 وقفات غير متوقعة"),
        (11, "11 كلمة", "11 وقفة غير متوقعة"),
        (99, "99 كلمة", "99 وقفة غير متوقعة"),
        (101, "101 كلمة", "101 وقفة غير متوقعة"),
        (103, "103 كلمات", "103 وقفات غير متوقعة"),
        (111, "111 كلمة", "111 وقفة غير متوقعة"),
    ],
)
def test_arabic_counts_in_six_forms(number: int, words: str, pauses: str) -> None:
    """One and two are words of their own, as CLDR has them."""
    assert BOOKS["ar"].count("words", number) == words
    assert BOOKS["ar"].count("pauses", number) == pauses


@pytest.mark.parametrize(
    ("language", "none", "one", "two"),
    [
        ("de", "0 Wörter", "1 Wort", "2 Wörter"),
        ("es", "0 palabras", "1 palabra", "2 palabras"),
        ("fr", "0 mot", "1 mot", "2 mots"),
        ("zh", "0 个词", "1 个词", "2 个词"),
    ],
)
def test_each_language_counts_as_it_does(language: str, none: str, one: str, two: str) -> None:
    """Zero is plural in German and Spanish, singular in French; Chinese has one form."""
    assert [BOOKS[language].count("words", n) for n in (0, 1, 2)] == [none, one, two]


def test_a_line_from_the_right_keeps_foreign_words_apart() -> None:
    """What is quoted stands between isolates, so that its signs stay at it, and a line begins with
    an Arabic word, by which a browser knows its direction."""
    for name, variants in BOOKS["ar"].sentences.items():
        for variant in variants:
            gaps = {gap: "كلمة" if gap in ARABIC else "word." for gap in SENTENCES[name]}
            said = variant.format(**gaps)
            rest = re.sub("\u2068[^\u2068\u2069]+\u2069", "", said)
            assert not re.search("[A-Za-z\u2068\u2069]", rest), variant
            first = next(sign for sign in said if sign.isalpha())
            assert name == "quoted" or "\u0600" <= first <= "\u06ff", variant


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
