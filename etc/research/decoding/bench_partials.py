"""Partials: growing audio, decoded every 0.4 s, through the stabiliser as in the live product."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import jiwer
import numpy as np
from bench_audio import Utterance, normalise
from bench_decoder import Decoder, Decoding, Heard, collapse

from tutor.core.audio import guards
from tutor.core.audio.samples import RATE
from tutor.core.live.utterances.stabiliser import Stabiliser
from tutor.core.text.normal import normalise as normalise_word

STEP_S = 0.4
PRE_ROLL_S = 0.3
SILENCE_S = 0.6
FINAL = Decoding(words=True)


@dataclass(frozen=True)
class Live:
    """One way to make partials."""

    decoding: Decoding
    collapse: bool = False
    """Say an echo once."""

    prefix: bool = False
    """Give the committed text to the decoder and decode only what follows it."""

    keep: int = 0
    """With `prefix`: leave so many of the committed words to be decoded again."""


TIGHT: dict[str, Any] = {"tokens_per_s": 5, "spare_tokens": 4}


def partial(window_s: float, beam: int = 1, margin_s: float = 0.5, **more: Any) -> Live:
    """A way to make partials by its window and beam."""
    live = {k: more.pop(k) for k in ("collapse", "prefix", "keep") if k in more}
    return Live(Decoding(beam=beam, floor_s=window_s, margin_s=margin_s, **more), **live)


PARTIALS = {
    "4 s": partial(4),
    "5 s": partial(5),
    "6 s": partial(6),
    "8 s": partial(8),
    "4 s collapsed": partial(4, collapse=True),
    "5 s collapsed": partial(5, collapse=True),
    "6 s collapsed": partial(6, collapse=True),
    "8 s collapsed": partial(8, collapse=True),
    "4 s tight collapsed": partial(4, collapse=True, **TIGHT),
    "6 s tight collapsed": partial(6, collapse=True, **TIGHT),
    "6 s trigram": partial(6, ngram=3),
    "6 s prefix": partial(6, collapse=True, prefix=True),
}
"""Confirmed."""

TRIED = PARTIALS | {
    "2 s": partial(2),
    "3 s": partial(3),
    "4 s beam 2": partial(4, 2),
    "6 s beam 2": partial(6, 2),
    "4 s margin 1.5 s": partial(4, margin_s=1.5),
    "4 s trigram": partial(4, ngram=3),
    "4 s prefix": partial(4, collapse=True, prefix=True),
    "8 s prefix": partial(8, collapse=True, prefix=True),
    "6 s prefix but 1": partial(6, collapse=True, prefix=True, keep=1),
}
"""Tried on the first few utterances."""


def follow(decoder: Decoder, utterance: Utterance, lives: dict[str, Live]) -> list[dict[str, Any]]:
    """Decode the growing utterance in every way; one row per way."""
    final = decoder.hear(utterance.audio, FINAL)
    spoken = decoder.align(
        decoder.encode(utterance.audio, FINAL),
        decoder.tokenizer.encode(" " + utterance.text.capitalize()),
        len(utterance.audio) // 160,
    )
    reference = [(word, end) for word, _, end, _ in spoken]
    last = utterance.seconds - SILENCE_S
    times = np.arange(PRE_ROLL_S + STEP_S, max(last, 1.2), STEP_S).tolist()
    runs = {name: _Run(live) for name, live in lives.items()}
    names = list(lives)
    for turn, time_s in enumerate(times):
        at = turn % len(names)
        audio = utterance.audio[: int(time_s * RATE)]
        known: dict[tuple[Decoding, tuple[int, ...]], Heard] = {}
        for name in names[at:] + names[:at]:  # rotated: noise hits all alike
            prefix = runs[name].prefix(decoder)
            key = (lives[name].decoding, prefix)
            if key not in known:
                known[key] = decoder.hear(audio, *key)
            runs[name].step(known[key], time_s, reference)
    return [
        {"way": name, "utterance": utterance.name, **run.result(final.text, final.words)}
        for name, run in runs.items()
    ]


class _Run:
    """One way through one utterance."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._stabiliser = Stabiliser()
        self._shown: list[tuple[float, list[str]]] = []
        self._pairs: list[tuple[str, str]] = []
        self._cpu: list[float] = []
        self._wall: list[float] = []
        self._loops = 0

    def prefix(self, decoder: Decoder) -> tuple[int, ...]:
        """The tokens that the decoder is given."""
        kept = " ".join(self._kept())
        return tuple(decoder.tokenizer.encode(f" {kept}")) if kept else ()

    def step(self, heard: Heard, time_s: float, reference: Sequence[tuple[str, float]]) -> None:
        """Take what was heard of the audio by now."""
        kept = self._kept()
        text = " ".join([*kept, heard.text]).strip()
        self._cpu.append(heard.cpu_s)
        self._wall.append(heard.wall_s)
        self._loops += guards.is_echo(text) or guards.is_loop(text)
        if guards.is_loop(text):
            text = guards.cut_loop(text)
        if self._live.collapse:
            text = collapse(text)
        if guards.is_silence(heard.no_speech, heard.log_probability):
            text = " ".join(kept)
        stable = self._stabiliser.receive_hypothesis(text, "en")
        self._shown.append((time_s, f"{stable.committed} {stable.tentative}".split()))
        by_now = " ".join(word for word, end in reference if end <= time_s)
        self._pairs.append((normalise(by_now), normalise(text)))

    def _kept(self) -> list[str]:
        words = self._stabiliser.stable.committed.split() if self._live.prefix else []
        return words[: len(words) - self._live.keep] if self._live.keep else words

    def result(
        self, final: str, words: Iterable[tuple[str, float, float, float]]
    ) -> dict[str, Any]:
        """Everything that is counted."""
        target = _keys(final.split())
        committed = _keys(self._stabiliser.stable.committed.split())
        ends = {i: word[2] for i, word in enumerate(words)}
        return {
            "cpu": self._cpu,
            "wall": self._wall,
            "pairs": self._pairs,
            "loops": self._loops,
            "final": len(target),
            "committed": len(committed),
            "wrong": _prefix_errors(committed, target),
            "replaced": _replaced([_keys(shown) for _, shown in self._shown]),
            "delays": self._delays(target, ends),
        }

    def _delays(self, target: list[str], ends: dict[int, float]) -> list[float]:
        """For each final word that a partial showed for good: when, after its end."""
        delays = []
        for index, word in enumerate(target):
            since = None
            for time_s, shown in self._shown:
                there = index < len(shown) and normalise_word(shown[index]) == word
                since = (since or time_s) if there else None
            if since is not None and index in ends:
                delays.append(since - ends[index])
        return delays


def _keys(words: list[str]) -> list[str]:
    return [normalise_word(word) for word in words]


def _replaced(shown: list[list[str]]) -> int:
    """Words on the screen that the next partial takes away or changes."""
    count = 0
    for before, after in pairwise(shown):
        if before:
            joint = jiwer.process_words(" ".join(before), " ".join(after) or "-")
            count += joint.substitutions + joint.deletions
    return count


def _prefix_errors(committed: list[str], target: list[str]) -> int:
    """Edits from the committed words to the best prefix of the final ones."""
    row = list(range(len(target) + 1))
    for at, word in enumerate(committed, start=1):
        new = [at]
        for j, other in enumerate(target, start=1):
            new.append(min(row[j] + 1, new[j - 1] + 1, row[j - 1] + (word != other)))
        row = new
    return min(row)


def summarise(rows: list[dict[str, Any]], lives: dict[str, Live]) -> list[dict[str, Any]]:
    """One line per way."""
    lines = []
    for name in lives:
        mine = [row for row in rows if row["way"] == name]
        if not mine:
            continue
        pairs = [pair for row in mine for pair in row["pairs"] if pair[0]]
        words = jiwer.process_words([p[0] for p in pairs], [p[1] for p in pairs])
        cpu = [second for row in mine for second in row["cpu"]]
        wall = [second for row in mine for second in row["wall"]]
        final = sum(row["final"] for row in mine)
        committed = sum(row["committed"] for row in mine)
        delays = [delay for row in mine for delay in row["delays"]]
        lines.append(
            {
                "way": name,
                "utterances": len(mine),
                "partials": len(cpu),
                "cpu_s": float(np.mean(cpu)),
                "wall_s": float(np.mean(wall)),
                "wall_p95_s": float(np.percentile(wall, 95)),
                "wer": words.wer,
                "insertions": words.insertions,
                "loops": sum(row["loops"] for row in mine),
                "committed_wrong": sum(row["wrong"] for row in mine) / max(1, committed),
                "committed_share": committed / max(1, final),
                "flicker": sum(row["replaced"] for row in mine) / max(1, final),
                "delay_p50_s": float(np.median(delays)),
                "delay_p90_s": float(np.percentile(delays, 90)),
                "shown_early": len(delays) / max(1, final),
            }
        )
    return lines
