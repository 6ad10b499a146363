from typing import Any

import pytest

from tutor.adapters.speech.whisper.whole_words import whole_words


def pieces(*texts: str) -> list[dict[str, Any]]:
    """Words as faster-whisper cuts them, a token and a second each."""
    return [
        {"word": text, "tokens": [n], "start": n, "end": n + 1, "probability": (n + 1) / 10}
        for n, text in enumerate(texts)
    ]


@pytest.mark.parametrize(
    ("cut", "whole"),
    [
        ((" ten", " o", "'clock."), [" ten", " o'clock."]),
        ((" 3", ".5", "%", " of"), [" 3.5%", " of"]),
        ((" example", ".com", ".", " It"), [" example.com.", " It"]),
        (("Well", ",", " twenty", "-", "five"), ["Well,", " twenty-five"]),
        ((' "', "Hi", '!"'), [' "Hi!"']),
        ((), []),
    ],
)
def test_words_are_whole_between_spaces(cut: tuple[str, ...], whole: list[str]) -> None:
    """Whatever marks are inside or behind them."""
    assert [word["word"] for word in whole_words(pieces(*cut))] == whole


def test_a_whole_word_lasts_from_its_first_piece_to_its_last() -> None:
    """It has the tokens of all of them, and their mean probability."""
    cut = pieces(" 3", ".5", "%")
    cut[1]["tokens"] = [1, 5]
    (word,) = whole_words(cut)
    assert (word["start"], word["end"], word["tokens"]) == (0, 3, [0, 1, 5, 2])
    assert word["probability"] == pytest.approx((0.1 + 2 * 0.2 + 0.3) / 4)
    assert cut[0]["word"] == " 3"
