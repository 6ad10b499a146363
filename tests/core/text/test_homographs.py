import tomllib
from pathlib import Path
from typing import Any

import pytest

from tutor.core.text.homographs import HomographError, homographs_from

ASSETS = Path(__file__).parents[3] / "tutor" / "assets" / "pronunciation"
DATA: dict[str, Any] = tomllib.loads((ASSETS / "homographs.toml").read_text("utf-8"))
HELD_OUT = tomllib.loads(
    (Path(__file__).parents[2] / "data" / "homographs.toml").read_text("utf-8")
)["sentences"]
HOMOGRAPHS = homographs_from(DATA)

LEAST_RIGHT = 0.85
"""Share of the sentences that the rules were not written from; the documentation says how many."""


def reading(sentence: str, word: str) -> str:
    """The reading of a word in a sentence."""
    words = sentence.split()
    at = next(n for n, one in enumerate(words) if one.strip(".,?!").lower() == word)
    return HOMOGRAPHS[word].likeliest(words[:at], words[at + 1 :])


@pytest.mark.parametrize(
    ("word", "sentence", "expected"),
    [(word, *one) for word, table in DATA["word"].items() for one in table["sentences"]],
)
def test_the_words_beside_a_word_tell_its_reading(word: str, sentence: str, expected: str) -> None:
    """In each sentence of the file."""
    assert reading(sentence, word) == expected


def test_rules_hold_in_sentences_that_they_were_not_written_from() -> None:
    """Mostly, and much oftener than the commonest reading."""
    right = sum(reading(sentence, word) == expected for sentence, word, expected in HELD_OUT)
    common = sum(
        next(iter(HOMOGRAPHS[word].readings)) == expected for _, word, expected in HELD_OUT
    )
    assert len(HELD_OUT) >= 100
    assert right >= LEAST_RIGHT * len(HELD_OUT) > common


def test_the_nearest_sentence_alone_tells() -> None:
    """A word before the full stop is not one before the word."""
    assert reading("I have. Read it now!", "read") == "present"
    assert reading("\u201cI\u2019ve read it.\u201d", "read") == "past"


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"sets": {}, "word": {"a": 5}},
        {"sets": {}, "word": {"a": {"say": {"one": "AH"}}}},
        {"sets": {}, "word": {"a": {"say": {"x": "A", "y": "B"}, "rules": 5}}},
        {"sets": {}, "word": {"a": {"say": {"x": "A", "y": "B"}, "rules": [{"is": "z"}]}}},
        {"sets": {}, "word": {"a": {"say": {"x": "A", "y": "B"},
                                    "rules": [{"is": "x", "near": ""}]}}},
        {"sets": {}, "word": {"a": {"say": {"x": "A", "y": "B"},
                                    "rules": [{"is": "x", "before": "{none}"}]}}},
        {"sets": {}, "word": {"a": {"say": {"x": "A", "y": "B"},
                                    "rules": [{"is": "x", "before": "("}]}}},
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused(data: dict[str, object]) -> None:
    """With the name of the word, or of the table."""
    with pytest.raises(HomographError):
        homographs_from(data)
