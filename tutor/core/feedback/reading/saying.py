"""In which of its ways a text was said, and in which of theirs the heard words stand for it.

Where a first alignment leaves something open beside a span that can be said in several ways
("7:30"), the ways of the text and of what was heard that fit best are chosen, between the words on
both sides of which the alignment is sure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tutor.core.text.spoken.choice import MOST_STEPS, Segment, choose
from tutor.core.text.spoken.ways import Said, ways_of
from tutor.core.text.wording import Token, alike, way_keys

SPARE_KEYS = 8
KEYS_PER_HEARD = 3
"""Keys of the text that are looked at before the first sure word and after the last one: some, and
some more for each key that was heard there."""

Pairs = Sequence[tuple[int | None, int | None]]


@dataclass(frozen=True)
class _Side:
    """A sequence of tokens, and the spans of their words that can be said in several ways."""

    tokens: Sequence[Token]
    spans: Mapping[int, Said]
    """The span that a word is in, by the word's index; only those of several ways."""
    language: str

    @classmethod
    def of(cls, words: Sequence[str], tokens: Sequence[Token], language: str) -> _Side:
        several = [span for span in ways_of(words, language) if len(span.ways) > 1]
        return cls(tokens, {n: s for s in several for n in range(s.start, s.end)}, language)

    def span(self, token: int) -> Said | None:
        """The span that a token is of."""
        return self.spans.get(self.tokens[token].start)

    def widen(self, start: int, end: int) -> range:
        """A range of tokens, with the whole of the spans at its edges."""
        while 0 < start < end and self._are_of_one(start - 1, start):
            start -= 1
        while start < end < len(self.tokens) and self._are_of_one(end - 1, end):
            end += 1
        return range(start, end)

    def segments(self, tokens: range, open_spans: set[int]) -> tuple[list[Segment], list[int]]:
        """The ways of the tokens; and for each of them the span's first word, or -1."""
        segments: list[Segment] = []
        starts: list[int] = []
        for n in tokens:
            span = self.span(n)
            if span is None or span.start not in open_spans:
                segments.append(((self.tokens[n].key,),))
                starts.append(-1)
            elif not starts or starts[-1] != span.start:
                segments.append([way_keys(way, self.language) for way in span.ways])
                starts.append(span.start)
        return segments, starts

    def _are_of_one(self, left: int, right: int) -> bool:
        span = self.span(left)
        return span is not None and span == self.span(right)


@dataclass(frozen=True)
class Ways:
    """The ways in which a text and what was heard are said: indices, by each span's first word."""

    text: Mapping[int, int]
    heard: Mapping[int, int]
    steps: int = 0
    """How many pairs of keys were compared for it."""


def choose_ways(
    window: Sequence[str],
    heard: Sequence[str],
    text: Sequence[Token],
    tokens: Sequence[Token],
    pairs: Pairs,
    place: int,
    language: str,
) -> Ways:
    """The ways that fit best, where a first alignment leaves open which it was.

    All of it takes `MOST_STEPS` at most; where they are used up, the likeliest ways stay.

    `pairs`: the first alignment, of the likeliest ways; `place`: index in the window of the word
    that is expected next.
    """
    left, right = _Side.of(window, text, language), _Side.of(heard, tokens, language)
    ways = Ways({}, {})
    if not left.spans and not right.spans:
        return ways
    matched = {
        (h, t)
        for h, t in pairs
        if h is not None and t is not None and alike(tokens[h].key, text[t].key)
    }
    open_text, open_heard = _open_spans(left, right, pairs, matched)
    chosen: tuple[dict[int, int], dict[int, int]] = ({}, {})
    steps = 0
    sure = [
        (h, t)
        for h, t in sorted(matched)
        if not _is_in(left, t, open_text) and not _is_in(right, h, open_heard)
    ]
    for ours, theirs, at_start, at_end in _regions(left, right, sure, place):
        segments, starts = left.segments(ours, open_text)
        others, other_starts = right.segments(theirs, open_heard)
        if not theirs or (max(starts, default=-1) < 0 and max(other_starts, default=-1) < 0):
            continue
        found = choose(
            segments,
            others,
            alike,
            open_start=at_start,
            open_end=at_end,
            most_steps=MOST_STEPS - steps,
        )
        steps += found.steps
        chosen[0].update({s: way for s, way in zip(starts, found.left, strict=True) if s >= 0})
        chosen[1].update(
            {s: way for s, way in zip(other_starts, found.right, strict=True) if s >= 0}
        )
    return Ways(*chosen, steps)


def _is_in(side: _Side, token: int, spans: set[int]) -> bool:
    span = side.span(token)
    return span is not None and span.start in spans


def _open_spans(
    left: _Side, right: _Side, pairs: Pairs, matched: set[tuple[int, int]]
) -> tuple[set[int], set[int]]:
    """The first words of the spans beside which, or in which, something was left unmatched."""
    open_text: set[int] = set()
    open_heard: set[int] = set()
    unsure = [pair not in matched for pair in pairs]
    for n, (h, t) in enumerate(pairs):
        beside = any(unsure[max(0, n - 1) : n + 2])
        span = None if t is None else left.span(t)
        if span and beside:
            open_text.add(span.start)
        other = None if h is None else right.span(h)
        if other and beside:
            open_heard.add(other.start)
    paired = {t for _, t in pairs if t is not None}
    open_text |= {
        span.start for t in range(len(left.tokens)) if (span := left.span(t)) and t not in paired
    }
    return open_text, open_heard


def _regions(
    left: _Side, right: _Side, sure: Sequence[tuple[int, int]], place: int
) -> Iterator[tuple[range, range, bool, bool]]:
    """The tokens of both sides between words that are sure, and whether a side is open there."""
    if not sure:
        near = [n for n, token in enumerate(left.tokens) if token.start >= place]
        first = near[0] if near else len(left.tokens)
        reach = SPARE_KEYS + KEYS_PER_HEARD * len(right.tokens)
        ours = left.widen(max(0, first - reach), min(len(left.tokens), first + reach))
        yield ours, range(len(right.tokens)), True, True
        return
    before = (-1, -1)
    for h, t in sure:
        ours, theirs = range(before[1] + 1, t), range(before[0] + 1, h)
        if before == (-1, -1):
            ours = left.widen(max(0, t - SPARE_KEYS - KEYS_PER_HEARD * len(theirs)), t)
        yield ours, theirs, before == (-1, -1), False
        before = (h, t)
    h, t = before
    theirs = range(h + 1, len(right.tokens))
    end = min(len(left.tokens), t + 1 + SPARE_KEYS + KEYS_PER_HEARD * len(theirs))
    yield left.widen(t + 1, end), theirs, False, True
