"""Which words of one text are in another."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.core.text.edits import next_row


def align(shown: Sequence[str], text: Sequence[str]) -> dict[int, int]:
    """The words of `shown` that are in `text`: index in `shown` to index in `text`.

    By the least-edit alignment of `shown` with the beginning of `text` that fits it best: a text
    that grows at its end keeps its words, and an insertion moves those after it but replaces none.
    """
    rows = [list(range(len(text) + 1))]
    for word in shown:
        rows.append(next_row(rows[-1], text, word))
    last = rows[-1]
    end = min(range(len(last)), key=lambda j: (last[j], abs(len(shown) - j)))
    return _trace_back(rows, shown, text, end)


def _trace_back(
    rows: list[list[int]], shown: Sequence[str], text: Sequence[str], end: int
) -> dict[int, int]:
    i, j = len(shown), end
    pairs = {}
    while i and j:
        same = shown[i - 1] == text[j - 1]
        if rows[i][j] == rows[i - 1][j] + 1:  # first: of repeated words, the later ones went
            i -= 1
        elif rows[i][j] == rows[i - 1][j - 1] + (not same):
            i, j = i - 1, j - 1
            if same:
                pairs[i] = j
        else:
            j -= 1
    return pairs
