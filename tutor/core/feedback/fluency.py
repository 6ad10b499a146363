"""How smoothly an utterance was spoken, from the times of its words.

Rates, runs and pauses are those of the literature on learners' fluency: speech rate counts
syllables over all the time, articulation rate over the time between pauses, a run is what is said
from one pause to the next, and silence counts as a pause from 250 ms on (de Jong and Bosker 2013,
"Choosing a threshold for silent pauses to measure second language fluency", DiSS).

A recogniser leaves no gaps between words: cut their silence off first (`feedback.silence`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from tutor.core.audio.recognition import RecognisedWord
from tutor.core.feedback.assessment import Fluency, Pause
from tutor.core.feedback.reading.passages import pair_words
from tutor.core.text.languages import primary
from tutor.core.text.normal import UNSPACED
from tutor.core.text.syllables import count_syllables
from tutor.core.text.wording import is_filler, split_words, tokenise

PAUSE_S = 0.25

LEAST_SPEECH_S = 0.2
"""Seconds that two words take at least: if there are fewer, the times are wrong."""

FASTEST_WPM = 400.0
FASTEST_RATE = 10.0
"""Words a minute and syllables a second that nobody reaches who is understood: readers aloud do 180
words a minute (Brysbaert 2019), quick talkers 300."""

SCORE_AT_REST = 65.0
PER_LOG_RATE = 17.0
PER_LOG_LOST = -30.0
"""The score is 65 + 17 ln(articulation rate) - 30 ln(1 + lost time): the least-squares fit to the
experts' median fluency, times ten, of 292 utterances of speechocean762's training half (Zhang et
al. 2021), widened to the experts' spread. Pearson with them on speakers left out (five folds):
0.73."""

RATES = (1.0, 6.0)
"""Syllables per second between which articulation changes the score."""

FREE_PAUSE_S = 0.4
"""Seconds that a pause at punctuation may last without losing time: readers breathe there."""

WORDS_PER_LOST = 10
"""Words for which the lost time is counted in an utterance that is longer than these."""

LONGEST_REPEATED = 4
"""Words of the longest phrase that is said twice in a row by mistake; longer ones are said on
purpose."""

_DOUBLED = frozenset(
    "very no yes yeah bye really so ha well go come many much more on over again now there hey "
    "that had okay ok please thank oh one two three four five six seven eight nine zero".split()
)
"""English words that are often said twice on purpose, or that grammar or a number doubles."""

_PAUSE_MARKS = tuple(
    ".,;:!?-\u2026\u2014\u2013\u3002\uff0c\u3001\uff1a\uff1b\uff01\uff1f\u061f\u060c\u0964"
)
_CLOSING = "\"'\u00bb\u201d\u2019)]}"


@dataclass(frozen=True)
class _Speech:
    """The words of an utterance, and what each one is."""

    words: Sequence[RecognisedWord]
    partners: dict[int, str]
    """The text's word that a heard word stands for, by the heard word's index."""
    fillers: frozenset[int]
    repeated: frozenset[int]
    """The first copy of each word that was said twice in a row."""
    repetitions: tuple[str, ...]
    pauses: tuple[Pause, ...]
    gaps: tuple[Pause, ...]
    """Stretches as long as a pause between the sounds of two words, silent or fading."""
    runs: tuple[int, ...]
    """Syllables from one pause to the next."""

    @property
    def seconds(self) -> float:
        """Seconds from the first word's start to the last one's end."""
        return self.words[-1].end_s - self.words[0].start_s

    @property
    def paused_s(self) -> float:
        """Seconds of all pauses together."""
        return sum(map(_length_s, self.pauses))

    @property
    def lost_s(self) -> float:
        """Seconds in which a fluent speaker would have gone on, to the end of a drawn-out word."""
        silent = sum(_length_s(p) - FREE_PAUSE_S * p.expected for p in self.gaps if _is_lost(p))
        unneeded = (self.words[n] for n in self.fillers | self.repeated)
        return silent + sum(word.end_s - word.start_s for word in unneeded)


def measure_fluency(
    words: Sequence[RecognisedWord],
    language: str,
    text: str | None,
    silences: Sequence[tuple[float, float]] | None = None,
) -> Fluency | None:
    """Rates, pauses, runs, hesitations and a score; None for fewer than two words.

    Args:
        words: The recognised words with the silence cut off.
        language: Whisper's code.
        text: The part of a text that was read, None in free speech. Pauses are expected at its
            punctuation, else at the transcript's own.
        silences: Begin and end, in seconds, of each measured silence; a pause is one of these. None
            where nothing was measured: then whatever is between two words is silent.
    """
    spoken = [word for word in words if count_syllables(word.text, language)]
    if len(spoken) < 2 or spoken[-1].end_s - spoken[0].start_s < LEAST_SPEECH_S:
        return None
    found = _as_fluency(_describe_speech(spoken, language, text, silences))
    return found if _is_possible(found) else None


def _is_possible(fluency: Fluency) -> bool:
    """Whether anybody can speak so fast; if not, not all of the words were said, or not there."""
    return fluency.words_per_minute <= FASTEST_WPM and fluency.articulation_rate <= FASTEST_RATE


def fluency_score(articulation_rate: float, lost_s: float, words: int) -> float:
    """A score of 0 to 100 from syllables per second and the seconds that hesitations took."""
    rate = min(max(articulation_rate, RATES[0]), RATES[1])
    lost = max(0.0, lost_s) / max(1.0, words / WORDS_PER_LOST)
    score = SCORE_AT_REST + PER_LOG_RATE * math.log(rate) + PER_LOG_LOST * math.log1p(lost)
    return min(100.0, max(0.0, score))


def _as_fluency(speech: _Speech) -> Fluency:
    syllables = sum(speech.runs)
    articulation = syllables / max(LEAST_SPEECH_S, speech.seconds - speech.paused_s)
    said = len(speech.words) - len(speech.fillers)
    return Fluency(
        score=fluency_score(articulation, speech.lost_s, len(speech.words)),
        speech_rate=syllables / speech.seconds,
        articulation_rate=articulation,
        words_per_minute=60 * said / speech.seconds,
        all_pause_count=len(speech.pauses),
        all_pause_duration=speech.paused_s,
        mean_length_run=syllables / len(speech.runs),
        max_length_run=max(speech.runs),
        all_pause_list=speech.pauses,
        fillers=tuple(speech.words[n].text for n in sorted(speech.fillers)),
        repetitions=speech.repetitions,
    )


def _describe_speech(
    words: Sequence[RecognisedWord],
    language: str,
    text: str | None,
    silences: Sequence[tuple[float, float]] | None,
) -> _Speech:
    gaps = [(_ms(left.end_s), _ms(right.start_s)) for left, right in pairwise(words)]
    silent = gaps if silences is None else [_silent(gap, silences) for gap in gaps]
    partners = _partners(words, language, text)
    fillers = frozenset(
        n for n, w in enumerate(words) if is_filler(w.text, language) and n not in partners
    )
    repeated, repetitions = _repetitions(words, language, fillers, partners)
    syllables = [
        0 if n in fillers else count_syllables(word.text, language) for n, word in enumerate(words)
    ]
    return _Speech(
        words,
        partners,
        fillers,
        repeated,
        repetitions,
        _pauses(words, silent, partners),
        _pauses(words, gaps, partners),
        _runs(silent, syllables),
    )


def _partners(words: Sequence[RecognisedWord], language: str, text: str | None) -> dict[int, str]:
    """The text's word for each heard word that has one, by the heard word's index."""
    if text is None:
        return {}
    shown = split_words(text, language)
    return {n: shown[at] for n, at in pair_words(shown, words, language).items()}


def _silent(gap: tuple[int, int], silences: Sequence[tuple[float, float]]) -> tuple[int, int]:
    """The longest silence in a gap between two words; all in milliseconds but `silences`."""
    begin, end = gap
    within = [(max(_ms(a), begin), min(_ms(b), end)) for a, b in silences]
    return max(within, key=lambda one: one[1] - one[0], default=(begin, begin))


def _pauses(
    words: Sequence[RecognisedWord], gaps: Sequence[tuple[int, int]], partners: dict[int, str]
) -> tuple[Pause, ...]:
    """The pauses between words; `gaps`: the silence after each word but the last."""
    return tuple(
        Pause(start, end, _lets_pause(partners.get(n, words[n].text)))
        for n, (start, end) in enumerate(gaps)
        if _is_pause((start, end))
    )


def _is_pause(gap: tuple[int, int]) -> bool:
    return gap[1] - gap[0] >= _ms(PAUSE_S)


def _lets_pause(word: str) -> bool:
    return word.rstrip(_CLOSING).endswith(_PAUSE_MARKS)


def _is_lost(pause: Pause) -> bool:
    return not pause.expected or _length_s(pause) > FREE_PAUSE_S


def _length_s(pause: Pause) -> float:
    return (pause.end_ms - pause.start_ms) / 1000


def _ms(seconds: float) -> int:
    return round(1000 * seconds)


def _runs(gaps: Sequence[tuple[int, int]], syllables: Sequence[int]) -> tuple[int, ...]:
    """Syllables from one pause to the next."""
    runs = [syllables[0]]
    for gap, count in zip(gaps, syllables[1:], strict=True):
        if _is_pause(gap):
            runs.append(0)
        runs[-1] += count
    return tuple(runs)


# ---------------------------------------------------------------- said twice


def _repetitions(
    words: Sequence[RecognisedWord],
    language: str,
    fillers: frozenset[int],
    partners: dict[int, str],
) -> tuple[frozenset[int], tuple[str, ...]]:
    """The first copies of what was said twice in a row, fillers between or not; and the phrases as
    heard."""
    fluent = [n for n in range(len(words)) if n not in fillers]
    keys = [_key(words[n].text, language) for n in fluent]
    repeated: set[int] = set()
    phrases = []
    at = 0
    while at < len(fluent):
        size = _repeated_size(keys, at, language)
        copies = fluent[at : at + 2 * size]
        if size and not all(n in partners for n in copies):  # else the text says it twice
            repeated |= set(copies[:size])
            phrases.append(" ".join(words[n].text for n in copies[:size]))
        at += size or 1
    return frozenset(repeated), tuple(phrases)


def _repeated_size(keys: Sequence[str], at: int, language: str) -> int:
    """How many words the longest phrase has that begins here and follows itself; 0: none does."""
    for size in range(LONGEST_REPEATED, 0, -1):
        phrase = keys[at : at + size]
        if phrase == keys[at + size : at + 2 * size] and not _on_purpose(phrase, language):
            return size
    return 0


def _on_purpose(phrase: Sequence[str], language: str) -> bool:
    if primary(language) in UNSPACED:  # many words are a doubled character
        return len("".join(phrase)) < 3
    return all(key in _DOUBLED or not key or key.replace(" ", "").isdigit() for key in phrase)


def _key(word: str, language: str) -> str:
    return " ".join(token.key for token in tokenise([word], language))
