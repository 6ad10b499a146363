"""Who reads aloud fills pauses and begins again: what was heard without that.

A filler is left out, and what was said twice counts once, unless the text has it twice. After a
pause what was begun again may have been misheard one time.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import product

from tutor.core.audio.recognition import RecognisedWord
from tutor.core.text.numbers.foreign import spoken_forms
from tutor.core.text.resemblance import resemblance
from tutor.core.text.wording import Token, is_filler

LONGEST_RESTART = 30
"""The most words that a reader who begins again says twice."""

RESTART_PAUSE_S = 0.4
MOST_MISHEARD = 4
MISHEARD_ALIKE = 0.75
"""After a pause of so many seconds up to so many words that sound so much like those before it (0
to 1) begin them again, however they were recognised."""


def fluent_tokens(
    tokens: Sequence[Token],
    heard: Sequence[RecognisedWord],
    text: Sequence[Token],
    language: str,
) -> Sequence[Token]:
    """The tokens without fillers, and with what was begun again once, unless the text has it
    twice."""
    keys = {token.key for token in text}
    spoken = [
        token
        for token in tokens
        if token.key in keys or not is_filler(heard[token.start].text, language)
    ]
    in_text = _joined(text)
    kept: list[Token] = []
    for token in _without_misheard_restarts(spoken, heard, in_text):
        kept.append(token)
        size = _doubled_size(kept)
        if size and _joined(kept[-2 * size :]) not in in_text:
            del kept[-2 * size : -size]
    return kept


def _without_misheard_restarts(
    tokens: Sequence[Token], heard: Sequence[RecognisedWord], in_text: str
) -> Sequence[Token]:
    """The tokens without what was begun again after a pause, where it was misheard one time: "a
    ticket … I take it to London", or broken off: "the way … the weather"."""
    dropped: set[int] = set()
    for at in range(1, len(tokens)):
        before, after = heard[tokens[at - 1].start], heard[tokens[at].start]
        if after.start_s - before.end_s >= RESTART_PAUSE_S:
            begun = _first_letter(before) == _first_letter(after)
            dropped |= _misheard(tokens, at, in_text, is_begun_alike=begun)
    return [token for n, token in enumerate(tokens) if n not in dropped]


def _first_letter(word: RecognisedWord) -> str:
    return word.text.strip()[:1].casefold()


def _misheard(tokens: Sequence[Token], at: int, in_text: str, *, is_begun_alike: bool) -> set[int]:
    """Indices of the tokens around a pause, which is before the token `at`, that are a misheard or
    broken-off part of what was said before or after it; `is_begun_alike`: both words beside the
    pause begin with one letter ("thi … thirty", whose token is a figure)."""
    before, first = tokens[max(0, at - 2) : at], tokens[at]
    is_its_beginning = first.key.startswith(before[-1].key) and first.key != before[-1].key
    of_text = [before[-1], first] if is_its_beginning else before[-1:]  # "the … there"
    is_broken_off = is_begun_alike and _joined(of_text) not in in_text
    if is_broken_off and (len(before) == 1 or _joined([before[0], first]) in in_text):
        return {at - 1}
    best, found = MISHEARD_ALIKE, set[int]()
    for left, right in product(range(1, min(MOST_MISHEARD, at) + 1), range(1, MOST_MISHEARD + 1)):
        old, new = _joined(tokens[at - left : at]), _joined(tokens[at : at + right])
        alike_by = resemblance(old, new)
        if alike_by < best or (found and alike_by == best):
            continue
        if new not in in_text:
            best, found = alike_by, set(range(at, min(at + right, len(tokens))))
        elif old not in in_text:
            best, found = alike_by, set(range(at - left, at))
    return found


def _joined(tokens: Sequence[Token]) -> str:
    return " " + " ".join(token.key for token in tokens) + " "


def _doubled_size(tokens: Sequence[Token]) -> int:
    """How many tokens at the end repeat the same ones before them; 0: none.

    Figures are left alone: a number may have two alike.
    """
    keys = [token.key for token in tokens[-2 * LONGEST_RESTART :]]
    for size in range(1, len(keys) // 2 + 1):
        if keys[-size:] == keys[-2 * size : -size] and not all(map(_is_figure, keys[-size:])):
            return size
    return 0


@lru_cache(maxsize=1)
def _figure_words() -> frozenset[str]:
    return frozenset(form for figure in range(10) for form in spoken_forms(figure))


def _is_figure(key: str) -> bool:
    """Whether a key is a figure, or the word for one in any language."""
    return key.isdigit() or key in _figure_words()
