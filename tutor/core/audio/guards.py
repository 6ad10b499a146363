"""Guards against text that Whisper makes up: out of silence, in loops, more than was said.

The thresholds on mean log-probability and compression are those of the Whisper paper (Radford et
al. 2022, arXiv 2212.04356, section 4.5); that on no-speech probability is lower (the paper has
0.6), because a short window hears more speech in noise: etc/research/decoding/DECODINGS.md.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from itertools import pairwise

from tutor.core.audio.recognition import RecognisedWord
from tutor.core.text.normal import normalise
from tutor.core.text.scripts import scripts_of

NO_SPEECH = 0.45
"""Probability of no speech above which a hypothesis is doubtful. None of 330 learners' utterances
reached 0.40; at 0.6, 10 of 60 clips of noise gave text."""

LOW_LOG_PROBABILITY = -1.0
SURELY_NO_SPEECH = 0.9
TRAINED_NO_SPEECH = 0.7
"""The same of weights that were trained on noise, too. Of 60 beginnings of speech, 0.3 to 0.8 s,
half of them 20 dB quieter, none reached 0.002; a word made up out of a hum had 0.86."""
COMPRESSION = 2.4
"""A text that zlib shrinks more than this many times repeats itself."""

TOKENS_PER_SECOND = {
    "LATIN": 20,
    "CYRILLIC": 20,
    "GREEK": 20,
    "ARABIC": 20,
    "HEBREW": 24,
    "CJK": 16,
    "HANGUL": 16,
    "DEVANAGARI": 32,
    "TAMIL": 32,
    "THAI": 32,
    "ARMENIAN": 32,
}
"""Text tokens for a second of speech, by script: half as many again as a text at a normal pace has
in the language that Whisper's vocabulary divides most. Scripts that it knows by their bytes alone
take up to three tokens a letter: `MOST_PER_SECOND`."""

ENGLISH_PER_SECOND = 12
"""More than the fastest speaker of English (about 6 words a second in bursts) needs: half of the
vocabulary is English."""

MOST_PER_SECOND = 64

MOST_TOKENS = 220
"""The most text tokens that Whisper writes for one window."""

SPARE_TOKENS = 8

ECHO_WORDS = 3
"""Words of the shortest echo; shorter phrases are repeated for emphasis or while searching for a
word."""

CALM_WORDS_PER_SECOND = 2.5
"""Words a second of somebody who says one word again and again."""

LEAST_WORD_S = 0.1
"""Seconds that a word lasts at least: a short one in fast speech."""

LONGEST_PHRASE = 6
"""Words of the longest phrase that is searched for in a loop; Whisper's loops are shorter."""


def is_silence(no_speech: float, log_probability: float, *, knows_noise: bool = False) -> bool:
    """Whether a hypothesis was made up out of silence or noise.

    `knows_noise`: the weights were trained on noise, too, so `no_speech` says more.
    """
    doubtful = no_speech > NO_SPEECH and log_probability < LOW_LOG_PROBABILITY
    return doubtful or no_speech > (TRAINED_NO_SPEECH if knows_noise else SURELY_NO_SPEECH)


def token_limit(audio_s: float, language: str = "en") -> int:
    """The most text tokens that `audio_s` seconds of speech can hold, Whisper's own limit apart."""
    rates = [TOKENS_PER_SECOND.get(script, MOST_PER_SECOND) for script in scripts_of(language)]
    rate = ENGLISH_PER_SECOND if language == "en" else max(rates)
    return min(MOST_TOKENS, SPARE_TOKENS + int(audio_s * rate))


def is_too_long(tokens: int, audio_s: float, language: str = "en") -> bool:
    """Whether a hypothesis has as many tokens as its audio can hold: it may be a loop, or lack its
    end."""
    return tokens >= token_limit(audio_s, language)


def is_loop(text: str, words: Sequence[RecognisedWord] = ()) -> bool:
    """Whether a text is a loop: one phrase four times in a row, or text that compresses too well.

    `words`: the text's words with their times, where they are known. What takes its time in the
    audio, round by round, was said ("zero, zero, zero, zero"); a loop that was made up has none.
    """
    keys = [normalise(word) for word in text.split()]
    if _most_rounds(keys) < 4 and compression(text) <= COMPRESSION:
        return False
    return not (len(words) == len(keys) and _takes_its_time(keys, words))


def _takes_its_time(keys: list[str], words: Sequence[RecognisedWord]) -> bool:
    """Whether each round of what repeats most often lasts as long as it takes to say it."""
    sizes = range(1, min(LONGEST_PHRASE, len(keys)) + 1)
    rounds, at, size = max(
        (_count_rounds(keys, at, n), -at, n) for n in sizes for at in range(len(keys) - n + 1)
    )
    if rounds < 4:  # it only compresses well
        return False
    starts = [words[-at + size * n].start_s for n in range(rounds)]
    starts.append(words[-at + size * rounds - 1].end_s)
    spans = [later - earlier for earlier, later in pairwise(starts)]
    return min(spans) >= LEAST_WORD_S * size


def is_echo(text: str) -> bool:
    """Whether a phrase of three words or more is repeated at once.

    What a short encoder window does wrong is almost only this: the sentence once more, word for
    word. A learner may mean it, so an echo is a reason to listen again, not to cut.
    """
    words = [normalise(word) for word in text.split()]
    return any(
        words[at : at + size] == words[at + size : at + 2 * size]
        for size in range(ECHO_WORDS, len(words) // 2 + 1)
        for at in range(len(words) - 2 * size + 1)
    )


def cut_echo(text: str) -> str:
    """The text without the echo at its end, whose last round may be incomplete."""
    words = text.split()
    keys = [normalise(word) for word in words]
    for size in range(ECHO_WORDS, len(words) // 2 + 1):
        for at in range(len(words) - 2 * size + 1):
            phrase, rest = keys[at : at + size], keys[at + size :]
            if all(key == phrase[n % size] for n, key in enumerate(rest)):
                return " ".join(words[: at + size])
    return text


def cut_restart(text: str) -> str:
    """The text without a tail that repeats its beginning: an echo that is still growing.

    Meant for partials: a learner who really starts the sentence again sees so as soon as they go on
    differently, or in the final.
    """
    words = text.split()
    keys = [normalise(word) for word in words]
    for at in range(ECHO_WORDS, len(keys) - ECHO_WORDS + 1):
        if keys[at:] == keys[: len(keys) - at]:
            return " ".join(words[:at])
    return text


def cut_loop(text: str, audio_s: float = 0.0) -> str:
    """The text with a phrase that repeats up to the end cut down to two rounds.

    `audio_s`: seconds of the audio, where they tell whether the text can have been said in it:
    then it stays ("no, no, no, no").
    """
    words = text.split()
    if len(words) <= audio_s * CALM_WORDS_PER_SECOND:
        return text
    keys = [normalise(word) for word in words]
    kept = min(
        (_count_kept(keys, size) for size in range(1, len(keys) // 3 + 1)), default=len(keys)
    )
    return " ".join(words[:kept]) if kept < len(words) else text


def _count_kept(words: list[str], size: int) -> int:
    """How many words stay when the last phrase of `size` words, said three times or more, is
    cut."""
    phrase = words[-size:]
    start = len(words) - size
    while start >= size and words[start - size : start] == phrase:
        start -= size
    return start + 2 * size if len(words) - start >= 3 * size else len(words)


def _most_rounds(words: list[str]) -> int:
    """The most times that a phrase of up to six words follows itself."""
    sizes = range(1, min(LONGEST_PHRASE, len(words)) + 1)
    return max(
        (_count_rounds(words, at, n) for n in sizes for at in range(len(words) - n + 1)), default=0
    )


def _count_rounds(words: list[str], start: int, size: int) -> int:
    phrase = words[start : start + size]
    times = 1
    while words[start + times * size : start + (times + 1) * size] == phrase:
        times += 1
    return times


def compression(text: str) -> float:
    """How many times smaller zlib makes a text; repeated words make the number large."""
    data = text.encode()
    return len(data) / len(zlib.compress(data)) if data else 0.0
