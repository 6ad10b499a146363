"""Words as they stand between spaces, of the pieces in which faster-whisper gives them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tutor.core.audio.recognition import RecognisedWord


def recognised_word(word: dict[str, Any]) -> RecognisedWord:
    """A word of faster-whisper's alignment."""
    return RecognisedWord(
        word["word"].strip(),
        float(word["start"]),
        float(word["end"]),
        float(word["probability"]),
    )


def whole_words(alignment: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Words as they stand between spaces, of those that faster-whisper cuts at each mark inside.

    It gives "o" and "'clock.", "3" and ".5" and "%"; each has a probability, the mean of its
    tokens'.
    """
    whole: list[dict[str, Any]] = []
    for word in alignment:
        if not whole or word["word"][:1].isspace() or not word["word"]:
            whole.append(dict(word))
            continue
        last = whole[-1]
        counts = [max(1, len(one["tokens"])) for one in (last, word)]
        sums = last["probability"] * counts[0] + word["probability"] * counts[1]
        last.update(
            word=last["word"] + word["word"],
            tokens=[*last["tokens"], *word["tokens"]],
            end=word["end"],
            probability=sums / sum(counts),
        )
    return whole
