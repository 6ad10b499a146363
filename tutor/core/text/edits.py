"""The least number of words to change in one text to get another (Levenshtein distance)."""

from __future__ import annotations

from collections.abc import Sequence


def next_row(above: Sequence[int], text: Sequence[str], word: str) -> list[int]:
    """The next row of the table of least edits: after `word`, against every prefix of `text`.

    `above`: the row before, one longer than `text`.
    """
    row = [above[0] + 1]
    for j, other in enumerate(text, start=1):
        row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (word != other)))
    return row
