"""The table of what is written and how it can be said: `tests/data/wording`, a file a language."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.support.readers import read
from tutor.core.feedback.assessment import Passage
from tutor.core.text.spoken.ways import PACKS, say
from tutor.core.text.wording import split_words

TABLES = Path(__file__).parents[3] / "data" / "wording"
CASES = [
    pytest.param(path.stem, case, id=f"{path.stem}-{case['written'][:40]}")
    for path in sorted(TABLES.glob("*.toml"))
    for case in tomllib.loads(path.read_text("utf-8"))["case"]
]


def is_read(case: dict[str, Any], said: str, language: str) -> bool:
    """Whether some words count as the reading of all that is written, and of nothing else."""
    passage: Passage = read(case["written"], 0, said, language)
    whole = (passage.start, passage.end) == (0, len(split_words(case["written"], language)))
    return whole and {word.status for word in passage.words} == {"matched"}


def plain(text: str) -> list[str]:
    """The words of spoken text without case and marks."""
    words = (word.strip(".,!?;:¿¡'\" ") for word in re.split(r"[\s\-\u2011]+", text.casefold()))
    return [word for word in words if any(map(str.isalnum, word))]


def test_every_language_with_rules_has_a_table() -> None:
    """With sixty cases for English and thirty for each other language."""
    counts = {
        path.stem: len(tomllib.loads(path.read_text("utf-8"))["case"])
        for path in TABLES.glob("*.toml")
    }
    assert counts.keys() == PACKS.keys()
    assert all(count >= (60 if language == "en" else 30) for language, count in counts.items())


@pytest.mark.parametrize(("language", "case"), CASES)
def test_what_is_written_can_be_said_so(language: str, case: dict[str, Any]) -> None:
    """Each way counts as read, as does a recogniser's writing of it; no other reading does."""
    written = " ".join(split_words(case["written"], language))
    wrong = [said for said in (*case["said"], written) if not is_read(case, said, language)]
    wrong += [said for said in case.get("not_said", []) if is_read(case, said, language)]
    assert not wrong


@pytest.mark.parametrize(("language", "case"), CASES)
def test_the_voice_says_the_first_way(language: str, case: dict[str, Any]) -> None:
    """Figures, signs and short forms in words."""
    spoken = say(split_words(case["written"], language), language)
    assert plain(" ".join(spoken)) == plain(case["said"][0])
