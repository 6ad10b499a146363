"""Guards against text that Whisper makes up: out of silence, in loops, more than was said.

The thresholds on mean log-probability and compression are those of the Whisper paper (Radford et
al. 2022, arXiv 2212.04356, section 4.5); that on no-speech probability is lower (the paper has
0.6), because a short window hears more speech in noise: etc/research/decoding/DECODINGS.md.
"""

from __future__ import annotations

import zlib

from tutor.core.text.normal import normalise

NO_SPEECH = 0.45
"""Probability of no speech above which a hypothesis is doubtful. None of 330 learners' utterances
reached 0.40; at 0.6, 10 of 60 clips of noise gave text."""

LOW_LOG_PROBABILITY = -1.0
SURELY_NO_SPEECH = 0.9
COMPRESSION = 2.4
"""A text that zlib shrinks more than this many times repeats itself."""

TOKENS_PER_SECOND = 12
"""Text tokens for a second of speech: more than the fastest speaker (about 6 words a second in
bursts) needs."""

SPARE_TOKENS = 8

ECHO_WORDS = 3
"""Words of the shortest echo; shorter phrases are repeated for emphasis or while searching for a
word."""

LONGEST_PHRASE = 6
"""Words of the longest phrase that is searched for in a loop; Whisper's loops are shorter."""


def is_silence(no_speech: float, log_probability: float) -> bool:
    """Whether a hypothesis was made up out of silence or noise."""
    doubtful = no_speech > NO_SPEECH and log_probability < LOW_LOG_PROBABILITY
    return doubtful or no_speech > SURELY_NO_SPEECH


def token_limit(audio_s: float) -> int:
    """The most text tokens that `audio_s` seconds of speech can hold."""
    return min(220, SPARE_TOKENS + int(audio_s * TOKENS_PER_SECOND))


def is_too_long(tokens: int, audio_s: float) -> bool:
    """Whether a hypothesis has as many tokens as its audio can hold: more text than was said."""
    return tokens >= token_limit(audio_s)


def is_loop(text: str) -> bool:
    """Whether a text is a loop: one phrase four times in a row, or text that compresses too
    well."""
    words = [normalise(word) for word in text.split()]
    return _most_rounds(words) >= 4 or compression(text) > COMPRESSION


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


def cut_loop(text: str) -> str:
    """The text with a phrase that repeats up to the end cut down to two rounds."""
    words = text.split()
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
