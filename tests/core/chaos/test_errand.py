import pytest

from tutor.core.chaos.errand import judge_file, judge_speech
from tutor.core.chaos.outcome import Outcome


@pytest.mark.parametrize(
    ("text", "jobs", "outcome"),
    [
        ("i went to the market", 1, Outcome.WHOLE),
        ("I went to the market. I went to the market.", 1, Outcome.DIFFERING),
        ("I went to the market.", 2, Outcome.DOUBLED),
        ("I went to the market.", 0, Outcome.DOUBLED),
        ("", 1, Outcome.DIFFERING),
        (None, 1, Outcome.LOST),
    ],
)
def test_a_file_has_one_job_and_its_words(text: str | None, jobs: int, outcome: Outcome) -> None:
    """Whatever was killed while it was uploaded and recognised."""
    assert judge_file(text, jobs, {"I went to the market."}) is outcome


@pytest.mark.parametrize(
    ("length", "outcome"),
    [
        (100_000, Outcome.WHOLE),
        (90_000, Outcome.WHOLE),
        (110_000, Outcome.WHOLE),
        (50_000, Outcome.DIFFERING),
        (71_000, Outcome.DIFFERING),
        (129_000, Outcome.DOUBLED),
        (0, Outcome.DIFFERING),
        (170_000, Outcome.DOUBLED),
        (None, Outcome.LOST),
    ],
)
def test_speech_is_as_long_as_its_text(length: int | None, outcome: Outcome) -> None:
    """A clause that is missing or comes twice makes it another length."""
    assert judge_speech(length, 100_000) is outcome
