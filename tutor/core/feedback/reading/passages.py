"""Which part of a text an utterance read, and what became of each of its words.

What was recognised is aligned with the words of the text around the reader's place
(`tutor.core.feedback.reading.alignment`); here the paired tokens become words again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from tutor.core.audio.recognition import RecognisedWord
from tutor.core.feedback.assessment import Passage, ReadWord, WordStatus
from tutor.core.feedback.reading.alignment import Paired, pair_ways
from tutor.core.feedback.reading.reading import Window
from tutor.core.feedback.reading.restarts import LONGEST_RESTART
from tutor.core.text.languages import primary
from tutor.core.text.normal import UNSPACED
from tutor.core.text.wording import Token, alike, split_characters

RESTART_ALIKE = 0.5
"""Share of what was begun again that must be the same the second time; the first word must be."""


def locate(
    reference: Sequence[str], position: int, heard: Sequence[RecognisedWord], language: str
) -> Passage:
    """The passage of a text that an utterance read, and what became of each of its words.

    `reference`: the text's words as spelled; `position`: index of the word expected next. Words
    before the first and after the last one that was read are not part of the passage. Fillers and
    words said twice in a row are no insertions: they are a matter of fluency.
    """
    window = Window.around(reference, position)
    spoken = _units(heard, language)
    found = pair_ways(window.words, window.position, spoken, language)
    if not any(t is not None for _, t in found.pairs):
        return Passage(position, position)
    return window.restore(_Alignment(window.words, spoken, found).passage())


def ways_said(
    reference: Sequence[str], position: int, heard: Sequence[RecognisedWord], language: str
) -> dict[int, int]:
    """In which of their ways spans of a text were said, by the index of their first word.

    Of what was recognised in its likeliest way, or not at all, nothing is said here.
    """
    window = Window.around(reference, position)
    found = pair_ways(window.words, window.position, _units(heard, language), language)
    return {window.offset + start: way for start, way in found.ways.text.items()}


def pair_words(
    text: Sequence[str], heard: Sequence[RecognisedWord], language: str
) -> dict[int, int]:
    """The word of a text that each heard word ends with: index of the heard word to the text
    word's."""
    units = [(n, unit) for n, word in enumerate(heard) for unit in _units([word], language)]
    found = pair_ways(text, 0, [unit for _, unit in units], language)
    return {
        units[found.tokens[h].end - 1][0]: found.text[t].end - 1
        for h, t in found.pairs
        if h is not None and t is not None
    }


def confidences(
    passage: Passage, heard: Sequence[RecognisedWord], status: WordStatus = "matched"
) -> dict[int, float]:
    """How sure the recogniser was of what it heard for words of the text, by their index.

    Of those of one status: what was heard as the text has it, or what was heard instead. Where
    several words were heard for one ("twenty five" for "25") the least sure counts.
    """
    read = [word for word in passage.words if word.status != "inserted"]
    return {
        n: min(one.confidence for one in heard if _is_within(one, word))
        for n, word in enumerate(read, passage.start)
        if word.status == status and any(_is_within(one, word) for one in heard)
    }


def _is_within(heard: RecognisedWord, word: ReadWord) -> bool:
    if word.start_ms is None or word.end_ms is None:
        return False
    return word.start_ms <= _ms(heard.start_s) and _ms(heard.end_s) <= word.end_ms


def _units(heard: Sequence[RecognisedWord], language: str) -> list[RecognisedWord]:
    """The recognised words; where no spaces are written, their characters, with the times
    divided."""
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
    """How the tokens of a window of text pair with the heard tokens."""

    def __init__(
        self,
        window: Sequence[str],
        heard: Sequence[RecognisedWord],
        found: Paired,
    ) -> None:
        self._window, self._heard = window, heard
        self._text, self._tokens, self._pairs = text, _, pairs = (
            found.text,
            found.tokens,
            found.pairs,
        )
        self._sizes = Counter(n for token in text for n in _words_of(token))
        self._partners = defaultdict[int, list[tuple[int | None, int]]](list)
        for h, t in pairs:
            if t is not None:
                for n in _words_of(text[t]):
                    self._partners[n].append((h, t))
        paired = {
            n for h, t in pairs if h is not None and t is not None for n in self._heard_words(h)
        }
        self._alone = {h for h, t in pairs if h is not None and t is None}
        self._mixed = paired & {n for h in self._alone for n in self._heard_words(h)}
        """Heard words of which a part stands for nothing in the text: "don't" for "do"."""
        self._added = [h for h in sorted(self._alone) if not paired & set(self._heard_words(h))]

    def passage(self) -> Passage:
        """The part of the window that was read, and what became of each of its words."""
        inserted = self._inserted_words()
        words: list[ReadWord] = []
        begin = next(self._text[t].start for h, t in self._pairs if t is not None)
        end = begin
        for h, t in self._pairs:
            if t is not None:
                words += [self._judge_word(n) for n in range(end, self._text[t].end)]
                end = max(end, self._text[t].end)
            elif h in inserted:
                words.append(_inserted_word(self._heard[inserted[h]]))
        return Passage(begin, end, tuple(words))

    def _heard_words(self, h: int) -> range:
        """The heard words that a heard token came from."""
        return _words_of(self._tokens[h])

    def _judge_word(self, n: int) -> ReadWord:
        """What became of a word of the text; one without letters to compare is not judged."""
        partners = self._partners[n]
        said = sorted({word for h, _ in partners if h is not None for word in self._heard_words(h)})
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

    def _inserted_words(self) -> dict[int, int]:
        """The heard words that were added to the text, each by its first token."""
        keys = [token.key for token in self._tokens]
        added = set(self._added)
        again = _repeated(keys, [h in added for h in range(len(keys))])
        words: dict[int, int] = {}
        for h in sorted(added - again):
            for n in self._heard_words(h):
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
    """Added tokens that only say their neighbours twice ("I I like", a sentence begun again)."""
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
    """Indices in `keys[start:end]` of tokens that repeat those before or after them."""
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
