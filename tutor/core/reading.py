"""Reading a text aloud over several utterances: where the reader is, and what became of each word.

What was recognised is aligned with the words of the text around the reader's place. Both ends of
the text are free (a reader begins and stops where they like), a gap costs little more the longer
it is (whoever skips a sentence skips it whole), and to begin elsewhere than at the reader's place
costs about as much as four words bring, so that a few chance matches move nobody. The alignment
is that of Smith and Waterman (1981) with the affine gaps of Gotoh (1982), over comparable tokens
(`tutor.core.wording`).

A transcript alone accuses nobody: `confirm` asks the audio.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, product
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from tutor.core.assessment import Passage, ReadWord
from tutor.core.jobs import RecognisedWord
from tutor.core.stabiliser import UNSPACED
from tutor.core.wording import (
    SHORT,
    Token,
    alike,
    is_filler,
    primary,
    split_characters,
    split_words,
    tokenise,
)

MAX_TEXT_WORDS = 5_000
"""About half an hour of reading."""

WINDOW_BEHIND = 80
WINDOW_AHEAD = 120
"""Words of the text around the reader's place in which an utterance is looked for; in 30 s about
90 words are read, and a reader may go back a few sentences."""

LEAST_MATCHED = 0.25
"""Of a passage's words; below it something else was said, and the reader's place stays."""

MATCH = 1.0
SAME_BEGINNING = -0.45
SUBSTITUTION = -0.9
"""For words that begin alike ("walk", "walked") and for others."""
INSERTION = -1.0
OMISSION = -0.8
NEXT_OMISSION = -0.3
"""For the first word of a gap, and for each further one."""
STEP = -0.5
JUMP = -4.0
FAR = -0.005
"""To begin a word or more off the reader's place: for each word, at most a jump; and a little for
each word of distance, so that of two equal places the nearer one wins."""
SENTENCE_START = 0.7
"""So much of that it costs to begin at the beginning of a sentence."""

_SENTENCE_ENDS = ".!?…。！？؟।"  # noqa: RUF001 - full-width marks are meant
_CLOSING = "\"'»”’)]}"  # noqa: RUF001 - typographic marks are meant

LONGEST_RESTART = 30
"""Words that a reader who begins again says twice."""
RESTART_ALIKE = 0.5
"""How much of them is the same the second time, at least; the first word is."""

_Scores = npt.NDArray[np.float64]
_Number = TypeVar("_Number", np.float64, np.intp)
_Pairs = list[tuple[int | None, int | None]]
"""Index of a heard token, index of a text's token; None where the other has no partner."""


def check_text(text: str, language: str) -> None:
    """Refuse a text that cannot be read aloud.

    Raises:
        ValueError: it has no words or too many; the message says so to the learner.
    """
    count = len(split_words(text, language))
    if not count:
        raise ValueError("the text has no words to read")
    if count > MAX_TEXT_WORDS:
        raise ValueError(f"the text has {count} words; at most {MAX_TEXT_WORDS} can be read")


class Reading:
    """A text that is read aloud, and how far the reader is.

    Raises:
        ValueError: the text has no words or too many.
    """

    def __init__(self, text: str, language: str) -> None:
        check_text(text, language)
        self.words = split_words(text, language)
        self.position = 0
        """Index of the word that is expected next."""
        self._spoken: set[int] = set()

    @property
    def completeness(self) -> float:
        """How much of the text was spoken, 0 to 100, each word counted once.

        A word said wrong was spoken; one left out was not.
        """
        return 100.0 * len(self._spoken) / len(self.words)

    @property
    def finished(self) -> bool:
        """Whether the last word was reached."""
        return len(self.words) - 1 in self._spoken

    @property
    def spoken(self) -> tuple[int, ...]:
        """The words that were spoken, by index."""
        return tuple(sorted(self._spoken))

    def go_on(self, position: int, spoken: Sequence[int]) -> None:
        """Go on where another reading of the same text was left."""
        self.position, self._spoken = position, set(spoken)

    def receive_passage(self, passage: Passage) -> None:
        """Count what an utterance read, unless it was something else than the text."""
        read = [word for word in passage.words if word.status != "inserted"]
        matched = sum(word.status == "matched" for word in read)
        if not matched or matched < LEAST_MATCHED * len(read):
            return
        self._spoken |= {n for n, w in enumerate(read, passage.start) if w.status != "omitted"}
        self.position = passage.end


def accuracy(passage: Passage) -> float:
    """The share of matched words, 0 to 100, in all words of the passage and those added to it."""
    matched = sum(word.status == "matched" for word in passage.words)
    return 100.0 * matched / len(passage.words) if passage.words else 0.0


def confirm(
    passage: Passage, said: Mapping[int, bool], replaced: Mapping[int, str] | None = None
) -> Passage:
    """The passage without accusations that the audio does not bear out.

    `said`: whether the audio holds words of the text, by index in the text. A word stays omitted
    or substituted only when it does not; one of which nothing is known gets the benefit of the
    doubt. `replaced`: what was said for certain in place of words, whatever was recognised.
    """
    proven = replaced or {}
    words, index = [], passage.start
    for word in passage.words:
        if word.status == "inserted":
            words.append(word)
            continue
        if index in proven:
            words.append(replace(word, status="substituted", heard=proven[index]))
        else:
            words.append(replace(word, status="matched") if said.get(index, True) else word)
        index += 1
    return replace(passage, words=tuple(words))


def heard_instead(passage: Passage, start: int = 0) -> dict[int, str]:
    """What was recognised in place of one word, by that word's index; the first one's is `start`.

    Where one thing was recognised in place of several words, it stands for none of them.
    """
    read = [word for word in passage.words if word.status != "inserted"]
    places = Counter((word.start_ms, word.end_ms) for word in read)
    return {
        n: word.heard
        for n, word in enumerate(read, start)
        if word.status == "substituted" and word.heard and places[word.start_ms, word.end_ms] == 1
    }


def unread(passage: Passage) -> Passage:
    """The passage with all its words omitted: what was said was not this text."""
    words = (word for word in passage.words if word.status != "inserted")
    omitted = tuple(ReadWord(word.text, "omitted") for word in words)
    return replace(passage, words=omitted)


def locate(
    reference: Sequence[str], position: int, heard: Sequence[RecognisedWord], language: str
) -> Passage:
    """Which part of a text an utterance read, and what became of each of its words.

    `reference`: the text's words as spelled; `position`: of the word expected next. Words before
    the first and after the last one that was read are not part of the passage. Fillers and words
    said twice in a row are no insertions: they are a matter of fluency.
    """
    first = max(0, position - WINDOW_BEHIND)
    window = reference[first : position + WINDOW_AHEAD]
    spoken = _units(heard, language)
    text, tokens, pairs = _pair(window, position - first, spoken, language)
    if not any(t is not None for _, t in pairs):
        return Passage(position, position)
    return _Alignment(window, spoken, text, tokens, pairs).passage(first)


def pair_words(
    text: Sequence[str], heard: Sequence[RecognisedWord], language: str
) -> dict[int, int]:
    """Which word of a text each heard word ends with: index of the heard word to the text's."""
    units = [(n, unit) for n, word in enumerate(heard) for unit in _units([word], language)]
    shown, tokens, pairs = _pair(text, 0, [unit for _, unit in units], language)
    return {
        units[tokens[h].end - 1][0]: shown[t].end - 1
        for h, t in pairs
        if h is not None and t is not None
    }


# ---------------------------------------------------------------- alignment


def _pair(
    window: Sequence[str], place: int, heard: Sequence[RecognisedWord], language: str
) -> tuple[Sequence[Token], Sequence[Token], _Pairs]:
    """The text's tokens, those that were heard, and how they pair.

    `place`: index in the window of the word that is expected next.
    """
    text = tokenise(window, language)
    tokens = _fluent(tokenise([word.text for word in heard], language), heard, text, language)
    text, tokens = _compounds_joined(text, tokens), _compounds_joined(tokens, text)
    if not text or not tokens:
        return text, tokens, []
    scores = _similarities(tokens, text)
    pairs = _align(scores, _beginnings(window, place, text))
    return text, tokens, _without_loose_ends(pairs, window, text, scores)


def _fluent(
    tokens: Sequence[Token],
    heard: Sequence[RecognisedWord],
    text: Sequence[Token],
    language: str,
) -> Sequence[Token]:
    """Without fillers, and with what was said twice in a row once, unless the text has it so."""
    keys = {token.key for token in text}
    spoken = [
        token
        for token in tokens
        if token.key in keys or not is_filler(heard[token.start].text, language)
    ]
    in_text = _joined(text)
    kept: list[Token] = []
    for token in spoken:
        kept.append(token)
        size = _doubled_size(kept)
        if size and _joined(kept[-2 * size :]) not in in_text:
            del kept[-2 * size : -size]
    return kept


def _joined(tokens: Sequence[Token]) -> str:
    return " " + " ".join(token.key for token in tokens) + " "


def _doubled_size(tokens: Sequence[Token]) -> int:
    """How many tokens at the end say again the same ones before them; 0: none.

    Digits are let be: a number may have two alike.
    """
    keys = [token.key for token in tokens[-2 * LONGEST_RESTART :]]
    for size in range(1, len(keys) // 2 + 1):
        if keys[-size:] == keys[-2 * size : -size] and not "".join(keys[-size:]).isdigit():
            return size
    return 0


def _compounds_joined(tokens: Sequence[Token], others: Sequence[Token]) -> tuple[Token, ...]:
    """Two tokens as one where the other side writes them as one: "book shelf", "bookshelf"."""
    singles = {token.key for token in others if len(token.key) > 2}
    doubles = {(a.key, b.key) for a, b in pairwise(others)}
    joined: list[Token] = []
    at = 0
    while at < len(tokens):
        here, after = tokens[at], tokens[at + 1] if at + 1 < len(tokens) else None
        if after and here.key + after.key in singles and (here.key, after.key) not in doubles:
            joined.append(Token(here.key + after.key, here.start, after.end))
            at += 2
        else:
            joined.append(here)
            at += 1
    return tuple(joined)


def _similarities(tokens: Sequence[Token], text: Sequence[Token]) -> _Scores:
    """What it brings to pair a token with one of the text: (tokens, text tokens)."""
    left, right = [token.key for token in tokens], [token.key for token in text]
    alike_begun = np.equal.outer(*_numbered([k[:2] for k in left], [k[:2] for k in right]))
    scores: _Scores = np.where(alike_begun, SAME_BEGINNING, SUBSTITUTION)
    scores[np.equal.outer(*_numbered(left, right))] = MATCH
    for h, t in _with_contractions(left, right):
        if alike(left[h], right[t]):
            scores[h, t] = MATCH
    return scores


def _numbered(left: Sequence[str], right: Sequence[str]) -> tuple[list[int], list[int]]:
    """A number for each string, the same for equal ones."""
    numbers: dict[str, int] = {}
    return (
        [numbers.setdefault(key, len(numbers)) for key in left],
        [numbers.setdefault(key, len(numbers)) for key in right],
    )


def _with_contractions(left: Sequence[str], right: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Places of pairs in which one side may stand for several words."""
    short = [h for h, key in enumerate(left) if key in SHORT]
    yield from product(short, range(len(right)))
    yield from product(range(len(left)), [t for t, key in enumerate(right) if key in SHORT])


def _beginnings(window: Sequence[str], place: int, text: Sequence[Token]) -> _Scores:
    """What it costs to begin before each token of the text, and behind the last one."""
    words = np.array([token.start for token in text] + [len(window)])
    starts = np.array([True, *map(_ends_sentence, window)])
    off = np.abs(words - place)
    costs: _Scores = np.maximum(STEP * off, JUMP) + FAR * off
    costs[starts[words]] *= SENTENCE_START
    inside = np.diff(words, prepend=-1) == 0  # a reader hardly begins in the middle of a word
    costs[inside] = JUMP + FAR * off[inside]
    return costs


def _ends_sentence(word: str) -> bool:
    return word.rstrip(_CLOSING).endswith(tuple(_SENTENCE_ENDS))


def _align(scores: _Scores, beginnings: _Scores) -> _Pairs:
    """The best alignment of all tokens with a part of the text.

    `scores`: (tokens, text tokens); `beginnings`: (text tokens + 1,).
    """
    width = scores.shape[1]
    best, rows = beginnings, []
    slope = NEXT_OMISSION * np.arange(width + 1)
    for row in scores:
        inserted = best + INSERTION
        paired = _behind(best + np.append(row, 0.0), -np.inf)
        said = np.maximum(paired, inserted)
        opened = _behind(_running_argmax(said - slope), 0)
        gap = np.arange(width + 1) - opened
        omitted = said[opened] + OMISSION + NEXT_OMISSION * (gap - 1)
        omitted[0] = -np.inf
        rows.append(_Row(paired >= inserted, omitted > said, opened))
        best = np.maximum(said, omitted)
    # Behind the last token nothing is omitted, so the alignment ends with what was said.
    return _trace(rows, int(np.argmax(said)))


def _behind(values: npt.NDArray[_Number], first: float) -> npt.NDArray[_Number]:
    """The values one place further on."""
    moved = np.empty_like(values)
    moved[0], moved[1:] = first, values[:-1]
    return moved


@dataclass(frozen=True)
class _Row:
    """How the best alignment of the tokens up to one of them came about; arrays (width + 1,)."""

    paired: npt.NDArray[np.bool_]
    """The token is paired with the text's token before the place, rather than inserted."""
    skipped: npt.NDArray[np.bool_]
    """The text's tokens before the place are omitted."""
    opened: npt.NDArray[np.intp]
    """Where that gap begins."""


def _running_argmax(values: _Scores) -> npt.NDArray[np.intp]:
    """For each place, where the greatest value up to it stands, the last one of equals."""
    greatest = np.maximum.accumulate(values)
    return np.maximum.accumulate(np.where(values >= greatest, np.arange(len(values)), 0))


def _trace(rows: Sequence[_Row], end: int) -> _Pairs:
    """Walk back from the end of the best alignment."""
    pairs: _Pairs = []
    place, last = end, len(rows) - 1
    for h in range(last, -1, -1):
        row = rows[h]
        if h != last and row.skipped[place]:
            start = int(row.opened[place])
            pairs += [(None, t) for t in range(place - 1, start - 1, -1)]
            place = start
        paired = bool(row.paired[place])
        pairs.append((h, place - 1 if paired else None))
        place -= paired
    return pairs[::-1]


def _without_loose_ends(
    pairs: _Pairs, window: Sequence[str], text: Sequence[Token], scores: _Scores
) -> _Pairs:
    """Without pairs that only chance made, and without omissions at the ends.

    What is said behind the end of a sentence, and does not match the next one, does not stand
    for its words.
    """
    matched = [t for h, t in pairs if h is not None and t is not None and scores[h, t] == MATCH]
    if matched:
        pairs = [
            (h, None if t is not None and _is_loose(t, matched[-1], window, text) else t)
            for h, t in pairs
        ]
    inside = [n for n, (h, t) in enumerate(pairs) if h is not None and t is not None]
    lo, hi = (inside[0], inside[-1]) if inside else (len(pairs), -1)
    return [
        (h, t) for n, (h, t) in enumerate(pairs) if h is not None or (t is not None and lo < n < hi)
    ]


def _is_loose(t: int, last: int, window: Sequence[str], text: Sequence[Token]) -> bool:
    between = range(text[last].end - 1, text[t].start)
    return t > last and any(_ends_sentence(window[n]) for n in between)


# ---------------------------------------------------------------- from tokens to words


def _units(heard: Sequence[RecognisedWord], language: str) -> list[RecognisedWord]:
    """The recognised words; where no spaces are written, their characters, times divided."""
    if primary(language) not in UNSPACED:
        return list(heard)
    return [unit for word in heard for unit in _characters(word)]


def _characters(word: RecognisedWord) -> list[RecognisedWord]:
    pieces = split_characters(word.text)
    step = (word.end_s - word.start_s) / max(1, len(pieces))
    begin = word.start_s
    return [
        replace(word, text=piece, start_s=begin + n * step, end_s=begin + (n + 1) * step)
        for n, piece in enumerate(pieces)
    ]


class _Alignment:
    """How the tokens of a window of text pair with those that were heard."""

    def __init__(
        self,
        window: Sequence[str],
        heard: Sequence[RecognisedWord],
        text: Sequence[Token],
        tokens: Sequence[Token],
        pairs: _Pairs,
    ) -> None:
        self._window, self._heard, self._text, self._tokens = window, heard, text, tokens
        self._pairs = pairs
        self._sizes = Counter(n for token in text for n in _words_of(token))
        self._partners = defaultdict[int, list[tuple[int | None, int]]](list)
        for h, t in pairs:
            if t is not None:
                for n in _words_of(text[t]):
                    self._partners[n].append((h, t))
        paired = {n for h, t in pairs if h is not None and t is not None for n in self._said(h)}
        self._alone = {h for h, t in pairs if h is not None and t is None}
        self._mixed = paired & {n for h in self._alone for n in self._said(h)}
        """Heard words of which a part stands for nothing in the text: "don't" for "do"."""
        self._added = [h for h in sorted(self._alone) if not paired & set(self._said(h))]

    def passage(self, first: int) -> Passage:
        """What became of each word; `first`: index in the text of the window's first word."""
        inserted = self._inserted()
        words: list[ReadWord] = []
        begin = next(self._text[t].start for h, t in self._pairs if t is not None)
        end = begin
        for h, t in self._pairs:
            if t is not None:
                words += [self._read(n) for n in range(end, self._text[t].end)]
                end = max(end, self._text[t].end)
            elif h in inserted:
                words.append(_inserted_word(self._heard[inserted[h]]))
        return Passage(first + begin, first + end, tuple(words))

    def _said(self, h: int) -> range:
        """The heard words that a heard token came from."""
        return _words_of(self._tokens[h])

    def _read(self, n: int) -> ReadWord:
        """What became of a word of the text; one without letters to compare is not judged."""
        partners = self._partners[n]
        said = sorted({word for h, _ in partners if h is not None for word in self._said(h)})
        if not said:
            return ReadWord(self._window[n], "omitted" if partners else "matched")
        whole = len(partners) == self._sizes[n] and not self._mixed & set(said)
        matched = whole and all(self._matches(h, t) for h, t in partners)
        spoken = [self._heard[word] for word in said]
        return ReadWord(
            self._window[n],
            "matched" if matched else "substituted",
            " ".join(word.text for word in spoken),
            _ms(min(word.start_s for word in spoken)),
            _ms(max(word.end_s for word in spoken)),
        )

    def _matches(self, h: int | None, t: int) -> bool:
        return h is not None and alike(self._tokens[h].key, self._text[t].key)

    def _inserted(self) -> dict[int, int]:
        """The heard words that were added to the text, each by its first token."""
        keys = [token.key for token in self._tokens]
        added = set(self._added)
        again = _repeated(keys, [h in added for h in range(len(keys))])
        words: dict[int, int] = {}
        for h in sorted(added - again):
            for n in self._said(h):
                if n not in words.values():
                    words[h] = n
        return words


def _words_of(token: Token) -> range:
    return range(token.start, token.end)


def _inserted_word(word: RecognisedWord) -> ReadWord:
    return ReadWord(word.text, "inserted", word.text, _ms(word.start_s), _ms(word.end_s))


def _ms(seconds: float) -> int:
    return round(1000 * seconds)


def _repeated(keys: Sequence[str], added: Sequence[bool]) -> set[int]:
    """Which added tokens only say their neighbours twice ("I I like", a sentence begun again)."""
    repeated: set[int] = set()
    start = 0
    while start < len(keys):
        end = start
        while end < len(keys) and added[end]:
            end += 1
        repeated |= _repeated_in(keys, start, end)
        start = end + 1
    return repeated


def _repeated_in(keys: Sequence[str], start: int, end: int) -> set[int]:
    """Which of `keys[start:end]` say again what stands before or behind them."""
    repeated: set[int] = set()
    while start < end:
        for size in range(min(end - start, LONGEST_RESTART), 0, -1):
            if _same(keys[end - size : end], keys[end : end + size]):
                repeated |= set(range(end - size, end))
                end -= size
                break
            if _same(keys[start : start + size], keys[max(0, start - size) : start]):
                repeated |= set(range(start, start + size))
                start += size
                break
        else:
            break
    return repeated


def _same(left: Sequence[str], right: Sequence[str]) -> bool:
    """Whether two phrases are of one length and mostly the same."""
    if len(left) != len(right) or left[0] != right[0]:
        return False
    return sum(a == b for a, b in zip(left, right, strict=True)) >= RESTART_ALIKE * len(left)
