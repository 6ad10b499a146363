"""What is decided about pronunciation apart from the models.

Which words are asked for, what cannot be judged, which word counts as not said, and what a score
means.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from tutor.core.audio.guards import NO_SPEECH
from tutor.core.audio.samples import RATE, WHISPER_WINDOW_S
from tutor.core.feedback.assessment import Reason
from tutor.core.feedback.pronunciation.laying import Floats
from tutor.core.text.english import plain_apostrophes
from tutor.core.text.normal import without_invisible
from tutor.core.text.scripts import script_of, scripts_of

SHORTEST_S = 0.3
LONGEST_S = WHISPER_WINDOW_S
"""Seconds of the shortest and the longest audio that can be judged."""

WORDS_PER_SECOND = 8
TOKENS_PER_SECOND = 20
SPARE = 4
"""More words, and tokens, than the fastest speaker says in a second, and a few for short
utterances."""

CLIPPED = 0.98
CLIPPED_SHARE = 0.25
"""Audio with more than this share of its samples at its own peak is too distorted to judge. Speech
20 dB over full scale has 0.04 to 0.17 and still aligns, 40 dB over it has 0.38 to 0.66."""

SILENT = 1e-3
"""Root mean square of full scale (-60 dB) under which nobody can be heard."""

NOT_SAID = 5e-4
NOT_SAID_ALONE = 4.5e-5
"""Probabilities under which a word counts as not said, where the recogniser alone is asked: in a
sentence, and as the whole text, since without a sentence around it the recogniser expects anything.
"""

NOT_HEARD = -13.0
"""A word counts as not said when the logarithms of its probability for the recogniser and of its
sounds' for the classifier add up to less. 97.4 % of words that were not said do, and 0.2 % of words
that experts scored 8 or more; the recogniser alone has 1.1 % of those for 98 % of the others. What
was recognised in a word's place is held against it beside that."""

CLEAR = -3.0
"""The logarithm of its sounds for the classifier from which on a word was said, however strange the
recogniser finds it: of what beginners read it makes "I would like to cook" (for "Ann likes Hulk").
Of six words that were not said and had no rival five lie under -5. What was recognised in a word's
place is held against it all the same."""

DOUBTFUL = 0.13
"""Mean probability of a text under which it is asked whether anybody speaks at all: it was 0.04 or
less for noise of all kinds, whose no-speech probability was 0.68 or more (speech: 0.31 or less)."""

FEWEST_WORDS = 2
UNLIKELY = 0.37
FOREIGN = 0.01
SURE = 0.8
"""A text under the first probability was said in another language if its own has less than the
second and another more than the third. Texts shorter than `FEWEST_WORDS` are not asked about: what
language a single word is in cannot be heard (one in thirty of a native speaker's was taken for
another's). Of 313 utterances of learners with a strong accent none was taken for another language;
translations of what was said into German or Russian are."""

WRONG = 30.0
"""The highest score of a text that was not read."""

DOUBTED = 45.0
"""The highest score of a word that was perhaps not said: it is weak, and comes back."""

_WRONG_BELOW = -2.0
_CAP_PER_LOGIT = 35.0
"""Log odds of having been read under which a text is wrong, and points by which each further one
raises the cap of its scores."""

_LOSS_PER_LOGIT = 0.25
_LEAST_SHARE = 0.2
"""Share of a score that each log odd below `_WRONG_BELOW` takes off, and the least share that
stays."""

_WORD_CURVE = -3.7, 1.1
_LONE_WORD_CURVE = -7.5, 1.5
_SENTENCE_CURVE = -2.7, 0.8
"""Natural logarithms: where an untrained score is 50, and how fast it rises. Of native readings in
Russian, French and Spanish 95 % of words are over -3.3 and 98 % of sentences over -1.9; 95 % of
words put in place of others are under -5, 98 % of other texts under -3.7. Said alone, half of the
words are over -4.7, -3.5, -1.9 and nine of ten over -8.5, -7.7, -5.5; half of others under -9.2."""


def reference_words(text: str | Sequence[str]) -> list[str]:
    """The words that are scored: what stands between spaces and has a letter or a figure in it.

    A text that comes as its words keeps them as they are.
    """
    if not isinstance(text, str):
        return list(text)
    return [word for word in text.split() if any(c.isalnum() for c in word)]


def plain_words(words: Sequence[str], language: str) -> list[str]:
    """Words as the recogniser is asked for them: without punctuation at their edges.

    English is put in one case, so that a text in capitals scores as any other; the first word and
    "I" are capital, as the recogniser writes them.
    """
    bare = [_bare(word) for word in words]
    if language != "en":
        shouted = all(word == word.upper() for word in bare)
        return [word.lower() for word in bare] if shouted else bare
    return [_cased(word.lower(), first=n == 0) for n, word in enumerate(bare)]


def spellings(
    words: Sequence[str], language: str, said: Mapping[int, str] | None = None
) -> list[list[str]]:
    """The ways in which the recogniser is asked for words; each word counts as its likelier one.

    Names are likelier in the text's own capitals; a word alone need not begin a sentence, and after
    punctuation that is left out the next word does not. German nouns keep their own.

    `said`: in what words some of them are said, by index: figures, signs and short forms.
    """
    ways = _spellings(words, language)
    if said:
        spoken = [said.get(n, word) for n, word in enumerate(words)]
        ways += [way for way in _spellings(spoken, language) if way not in ways]
    return ways


def _spellings(words: Sequence[str], language: str) -> list[list[str]]:
    ways = [plain_words(words, language)]
    own = [_bare(word) for word in words]
    if any(word != word.upper() for word in own):
        ways.append(own)
    if len(words) == 1 or language != "en":
        ways.append([word.lower() for word in own])
    return [way for n, way in enumerate(ways) if way not in ways[:n]]


def _bare(word: str) -> str:
    word = plain_apostrophes(without_invisible(word))  # the recogniser writes the plain ones
    start = next(n for n, c in enumerate(word) if c.isalnum())
    end = next(n for n, c in enumerate(reversed(word)) if c.isalnum())
    return word[start : len(word) - end]


def _cased(word: str, *, first: bool) -> str:
    alone = word == "i" or word.startswith("i'")
    return word[0].upper() + word[1:] if first or alone else word


def bad_input(audio: Floats, words: Sequence[str], language: str) -> Reason | None:
    """Why nothing can be scored, as far as it shows without listening; None if it can.

    `audio`: float32 at 16 kHz.
    """
    seconds = len(audio) / RATE
    if not words:
        return "no_text"
    if is_other_script(words, language):
        return "other_script"
    if seconds < SHORTEST_S:
        return "too_short"
    if seconds > LONGEST_S:
        return "too_long"
    if len(words) > SPARE + seconds * WORDS_PER_SECOND:
        return "text_too_long"
    return _bad_sound(audio)


def _bad_sound(audio: Floats) -> Reason | None:
    level = math.sqrt(float(np.mean(audio.astype(np.float64) ** 2)))
    if not level >= SILENT:  # also when a sample is not a number
        return "no_speech"
    sizes = np.abs(audio)
    clipped = float(np.mean(sizes >= CLIPPED * sizes.max()))
    return "too_loud" if clipped > CLIPPED_SHARE else None


def probability(logs: Sequence[float]) -> float:
    """The geometric mean of tokens' probabilities, given their natural logarithms."""
    return math.exp(sum(logs) / len(logs))


def was_said(log_probability: float, heard: float | None, *, alone: bool = False) -> bool:
    """Whether a word was said at all.

    Args:
        log_probability: Mean of its tokens, for the recogniser.
        heard: Mean log posterior of its sounds, for the classifier; None where there is none.
        alone: Whether it is the whole text.
    """
    if heard is None:
        return math.exp(log_probability) >= (NOT_SAID_ALONE if alone else NOT_SAID)
    return heard >= CLEAR or log_probability + heard >= NOT_HEARD


def is_doubtful(logs: Sequence[float]) -> bool:
    """Whether the text was heard so badly that perhaps nobody spoke; `logs`: of its tokens."""
    return probability(logs) < DOUBTFUL


def is_noise(no_speech: float) -> bool:
    """Whether the recogniser hears no speech at all in audio in which the text was not heard."""
    return no_speech > NO_SPEECH


def is_unlikely(logs: Sequence[float]) -> bool:
    """Whether a text was heard so badly that it may have been another language; `logs`: of its
    tokens."""
    return probability(logs) < UNLIKELY


def is_foreign(language: str, odds: Mapping[str, float]) -> bool:
    """Whether another language was spoken for certain; `odds`: each language's probability."""
    return odds.get(language, 0.0) < FOREIGN and max(odds.values()) > SURE


def hundred(score: float) -> float:
    """A score cut to 0 to 100."""
    return min(100.0, max(0.0, score))


def believed(score: float, match: float) -> float:
    """A score of 0 to 100, lowered where the text was hardly read.

    Args:
        score: As the heads give it, which only know texts that were read.
        match: Log odds that the text was read.
    """
    doubt = max(0.0, _WRONG_BELOW - match)
    cap = WRONG + _CAP_PER_LOGIT * max(0.0, match - _WRONG_BELOW)
    return min(hundred(score), cap) * max(_LEAST_SHARE, 1 - _LOSS_PER_LOGIT * doubt)


def most_for(share: float) -> float:
    """The highest score of a text of whose words only this share was said.

    A text of one word falls to that of a wrong text.
    """
    return WRONG + (100 - WRONG) * share


def too_many_tokens(tokens: int, seconds: float) -> bool:
    """Whether the text is longer than the audio can hold."""
    return tokens > SPARE + seconds * TOKENS_PER_SECOND


def is_other_script(words: Sequence[str], language: str) -> bool:
    """Whether most letters are of a script that the language is not written in."""
    letters = Counter(script_of(c) for word in words for c in word if c.isalpha())
    own = scripts_of(language)
    foreign = sum(count for script, count in letters.items() if script not in own)
    return 2 * foreign > letters.total()


def untrained_score(logs: Sequence[float]) -> float:
    """A text's score, 0 to 100, from its tokens' teacher-forced log-probabilities, without a head.

    A logistic curve over their mean: it ranks, puts other texts than were read near 0 and clearly
    read ones over 80.
    """
    return _logistic(sum(logs) / len(logs), *_SENTENCE_CURVE)


def untrained_word_score(log_probability: float, *, alone: bool = False) -> float:
    """A word's score, 0 to 100, from the mean of its tokens' log-probabilities, without a head.

    The curve is milder than a text's, and mildest where the word is the whole text (`alone`).
    """
    return _logistic(log_probability, *(_LONE_WORD_CURVE if alone else _WORD_CURVE))


def _logistic(x: float, middle: float, width: float) -> float:
    return 100 / (1 + math.exp((middle - x) / width))
