"""Transcripts that lack their end, and how the rest is joined to them.

A recogniser may stop before the speaker: at the limit of its tokens, or because a short window
ended too early. Where the last word ends is known, and where speech ends; what lies between them is
heard again, from a few words before, and the two transcripts are joined by time and words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tutor.core.audio.recognition import RecognisedWord
from tutor.core.audio.samples import RATE, Audio, to_samples
from tutor.core.text.normal import normalise

FRAME = to_samples(20)
QUIET = 0.15
"""The level of a frame, as a share of the loud ones', from which on it is sound."""

UNHEARD_S = 0.35
"""Seconds of speech behind the last word from which on a transcript lacks its end: word times are
exact to 0.3 s."""

SILENT_S = 1.0
"""Seconds behind the end of speech from which on there are no words: a soft last word may escape
voice activity, not a second of them."""

OVERLAP_WORDS = 2
"""Words that are heard again, so that the rest does not begin out of nothing."""

LEAD_S = 0.1
"""Seconds before them: the first sound of a word is soft."""

LEAST_SURE = 0.4
"""Mean confidence of the words of a rest from which on they are believed."""


def sound_end(audio: Audio) -> float:
    """Seconds until the sound ends, by its level alone: where voice activity was not asked."""
    frames = audio[: len(audio) // FRAME * FRAME].reshape(-1, FRAME)
    levels = np.sqrt(np.mean(frames * frames, axis=1)) if len(frames) else np.zeros(1)
    loud = np.flatnonzero(levels >= QUIET * np.percentile(levels, 90))
    return float(loud[-1] + 1) * FRAME / RATE if levels.any() else 0.0


def lacks_end(words: Sequence[RecognisedWord], speech_s: float | None) -> bool:
    """Whether speech goes on behind a transcript's last word; `speech_s`: where it ends, seconds
    from the start of the audio, if that is known."""
    return bool(words) and speech_s is not None and speech_s - words[-1].end_s >= UNHEARD_S


def without_silent_tail(
    words: Sequence[RecognisedWord], speech_s: float | None
) -> tuple[RecognisedWord, ...]:
    """The words without those that stand in silence behind all speech: nobody said them."""
    if speech_s is None:
        return tuple(words)
    return tuple(word for word in words if word.start_s < speech_s + SILENT_S)


def rest_from(words: Sequence[RecognisedWord]) -> float:
    """Where to listen again for the rest: seconds from the start of the audio."""
    return max(0.0, words[-min(OVERLAP_WORDS, len(words))].start_s - LEAD_S)


def joined(
    first: Sequence[RecognisedWord], rest: Sequence[RecognisedWord], by_s: float
) -> tuple[RecognisedWord, ...]:
    """A transcript's words with those of the rest, which was heard from `by_s` seconds on.

    What both have is taken once: the words of the rest behind the one that both end the overlap
    with, or, where they disagree, behind the end of the first's last word.
    """
    later = [replace(word, start_s=word.start_s + by_s, end_s=word.end_s + by_s) for word in rest]
    last = first[-1]
    same = [
        n
        for n, word in enumerate(later)
        if normalise(word.text) == normalise(last.text) and word.start_s < last.end_s
    ]
    if same:
        kept = [*first[:-1], replace(last, text=later[same[-1]].text)]  # it knows what follows
        added = [word for word in later[same[-1] + 1 :] if word.end_s > last.end_s]
    else:
        kept = list(first)
        added = [word for word in later if (word.start_s + word.end_s) / 2 > last.end_s]
    return (*kept, *added) if _is_sure(added) else tuple(first)


def _is_sure(words: Sequence[RecognisedWord]) -> bool:
    return bool(words) and sum(w.confidence for w in words) / len(words) >= LEAST_SURE
