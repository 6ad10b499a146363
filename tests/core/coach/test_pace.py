import pytest

from tutor.core.coach.pace import LEAST_S, LEAST_WORDS, has_pace


@pytest.mark.parametrize(
    ("words", "wpm", "is_told"),
    [
        (LEAST_WORDS, 60 * LEAST_WORDS / LEAST_S, True),
        (LEAST_WORDS - 1, 30.0, False),
        (8, 318.0, False),
        (9, 429.0, False),
        (40, 429.0, True),
    ],
)
def test_words_a_minute_need_some_seconds(words: int, wpm: float, is_told: bool) -> None:
    """Seven words and five seconds are the least that has a pace."""
    assert has_pace(wpm, "word " * words) is is_told
