"""What Whisper must not be believed: text out of silence, loops, more text than was said.

The thresholds on mean log-probability and compression are those of the Whisper paper (Radford et
al. 2022, arXiv 2212.04356, section 4.5); that on no-speech probability is lower (the paper has
0.6), because a short window hears more speech in noise: etc/bench/DECODINGS.md.
"""

from __future__ import annotations

import zlib

from tutor.core.text.normal import normalise

NO_SPEECH = 0.45
"""No utterance of 330 learners' reached 0.40; at 0.6, 10 of 60 clips of noise gave text."""

LOW_LOG_PROBABILITY = -1.0
SURELY_NO_SPEECH = 0.9
COMPRESSION = 2.4
"""Text that zlib shrinks more than so many times repeats itself."""

TOKENS_PER_SECOND = 12
"""More than the fastest speaker (about 6 words a second in bursts) needs."""

SPARE_TOKENS = 8

ECHO_WORDS = 3
"""Shorter phrases are repeated for emphasis or while searching for a word."""

LONGEST_PHRASE = 6
"""Words; Whisper's loops are shorter."""


def is_silence(no_speech: float, log_probability: float) -> bool:
    """Whether a hypothesis was made up out of silence or noise."""
    doubtful = no_speech > NO_SPEECH and log_probability < LOW_LOG_PROBABILITY
    return doubtful or no_speech > SURELY_NO_SPEECH


def token_limit(audio_s: float) -> int:
    """How many text tokens so many seconds of speech can hold."""
    return min(220, SPARE_TOKENS + int(audio_s * TOKENS_PER_SECOND))


def is_too_long(tokens: int, audio_s: float) -> bool:
    """Whether a hypothesis ran into the limit: more text than was said."""
    return tokens >= token_limit(audio_s)


def is_loop(text: str) -> bool:
    """Whether the text goes round in circles: one phrase four times in a row, or too regular."""
    words = [normalise(word) for word in text.split()]
    return _repeats(words) >= 4 or compression(text) > COMPRESSION


def is_echo(text: str) -> bool:
    """Whether a phrase of three words or more is said again at once.

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
    """The text without the echo at its end, whose last round may be cut short."""
    words = text.split()
    keys = [normalise(word) for word in words]
    for size in range(ECHO_WORDS, len(words) // 2 + 1):
        for at in range(len(words) - 2 * size + 1):
            phrase, rest = keys[at : at + size], keys[at + size :]
            if all(key == phrase[n % size] for n, key in enumerate(rest)):
                return " ".join(words[: at + size])
    return text


def cut_restart(text: str) -> str:
    """The text without a tail that only begins it anew: an echo that is still growing.

    For partials: whoever really starts the sentence again is shown as soon as they go on
    differently, or in the final.
    """
    words = text.split()
    keys = [normalise(word) for word in words]
    for at in range(ECHO_WORDS, len(keys) - ECHO_WORDS + 1):
        if keys[at:] == keys[: len(keys) - at]:
            return " ".join(words[:at])
    return text


def cut_loop(text: str) -> str:
    """The text with a phrase that repeats to its end said twice at most."""
    words = text.split()
    keys = [normalise(word) for word in words]
    kept = min((_kept(keys, size) for size in range(1, len(keys) // 3 + 1)), default=len(keys))
    return " ".join(words[:kept]) if kept < len(words) else text


def _kept(words: list[str], size: int) -> int:
    """How many words stay when a phrase of so many words, said three times or more, is cut."""
    phrase = words[-size:]
    start = len(words) - size
    while start >= size and words[start - size : start] == phrase:
        start -= size
    return start + 2 * size if len(words) - start >= 3 * size else len(words)


def _repeats(words: list[str]) -> int:
    """The most times that a phrase of up to six words follows itself."""
    sizes = range(1, min(LONGEST_PHRASE, len(words)) + 1)
    return max((_run(words, at, n) for n in sizes for at in range(len(words) - n + 1)), default=0)


def _run(words: list[str], start: int, size: int) -> int:
    phrase = words[start : start + size]
    times = 1
    while words[start + times * size : start + (times + 1) * size] == phrase:
        times += 1
    return times


def compression(text: str) -> float:
    """How many times smaller zlib makes a text: repeated words make it large."""
    data = text.encode()
    return len(data) / len(zlib.compress(data)) if data else 0.0
