"""Whether the tutor knows its own voice when it hears it, and takes no learner for it.

    python etc/bench/echo.py --skip 40    # sentences 41 to 80, and the learners of the wheel

In this process. Each sentence of `tests/data/voice/sentences.txt` is spoken by the voice, comes
back at -20 dB (`--level`) in faint noise, and is recognised: its first second and a half, as a
partial would be, and the whole, as a final. The learner's side: recordings of learners and readers,
judged against a sentence that the tutor might have been saying. `--texts FILE`: only that, for what
is written in a file. The thresholds (`LIKE_ECHO`) were
chosen by hand before anything of this was measured.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tutor.adapters.settings import Settings
from tutor.adapters.speech.choice import load_recogniser
from tutor.adapters.speech.models.weights import resolve_model
from tutor.adapters.speech.request import Request
from tutor.adapters.speech.resampler import resample
from tutor.adapters.voice.catalogue import Catalogue
from tutor.bench.corpus import sample_recordings
from tutor.core.audio.samples import RATE, Samples, to_float
from tutor.core.voice.clauses import split_clauses
from tutor.core.voice.overheard import Verdict, judge
from tutor.core.voice.spoken import said

SENTENCES = Path(__file__).parents[2] / "tests" / "data" / "voice" / "sentences.txt"

PARTIAL = RATE * 3 // 2
NOISE = 6.0
"""Standard deviation of the noise in the room, of int16."""


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=0, help="only so many sentences; 0: all")
    parser.add_argument("--skip", type=int, default=0, help="none of so many at the head")
    parser.add_argument("--level", type=float, default=-20.0, help="of the echo, dB")
    parser.add_argument("--texts", type=Path, help="what learners say, a line each: no sound then")
    parser.add_argument("--show", action="store_true", help="print what is judged wrong")
    options = parser.parse_args()
    lines = [line for line in SENTENCES.read_text("utf-8").split("\n") if line]
    lines = lines[options.skip :][: options.first or None]
    if options.texts:
        texts(options.texts.read_text("utf-8").splitlines(), lines)
        return
    settings = Settings.load()
    recogniser = load_recogniser(settings, resolve_model(settings.model, settings.cache_dir))
    echoes(settings, recogniser, lines, options.level, show=options.show)
    learners(recogniser, lines, show=options.show)


def echoes(
    settings: Settings, recogniser: Any, lines: Sequence[str], level: float, *, show: bool
) -> None:
    """What is made of the tutor's own voice."""
    voice = Catalogue(settings).load()[0]
    random = np.random.default_rng(0)
    found: dict[str, Counter[Verdict]] = {"partials": Counter(), "finals": Counter()}
    for line in lines:
        parts = [voice.say(said(one.text, "en"), 1.0).audio for one in split_clauses(line)]
        loud = resample(np.concatenate(parts), voice.sample_rate, RATE)
        noise = random.normal(0, NOISE, len(loud))
        pcm: Samples = (loud * 10 ** (level / 20) + noise).astype(np.int16)
        for kind, audio in (("partials", pcm[:PARTIAL]), ("finals", pcm)):
            heard = hear(recogniser, audio)
            verdict = judge(heard, line.split(), "en")
            found[kind][verdict] += 1
            if show and verdict is Verdict.SPEECH:
                print(f"  {kind}: {line}\n    {heard}")
    for kind, counts in found.items():
        print(f"echo, {kind}: {dict(sorted(counts.items()))}")


def learners(recogniser: Any, lines: Sequence[str], *, show: bool) -> None:
    """What is made of learners who speak while the tutor says something else."""
    counts: Counter[Verdict] = Counter()
    for n, recording in enumerate(sample_recordings(None, 1000, 0)):
        heard = hear(recogniser, recording.samples)
        verdict = judge(heard, lines[n % len(lines)].split(), "en")
        counts[verdict] += 1
        if show and verdict is not Verdict.SPEECH:
            print(f"  learner: {heard}\n    {lines[n % len(lines)]}")
    print(f"learners: {dict(sorted(counts.items()))}")


def texts(said_by_learners: Sequence[str], lines: Sequence[str]) -> None:
    """What is made of learners whose words are all recognised, against two sentences by chance:
    the first words, as a partial has them, and all."""
    random = np.random.default_rng(2)
    counts: dict[str, Counter[Verdict]] = {"first words": Counter(), "whole": Counter()}
    for text in said_by_learners:
        saying = " ".join(random.choice(lines, 2)).split()
        words = text.split()
        first = " ".join(words[: random.integers(1, len(words) + 1)])
        counts["first words"][judge(first, saying, "en")] += 1
        counts["whole"][judge(text, saying, "en")] += 1
    for kind, found in counts.items():
        print(f"{kind}: {dict(sorted(found.items()))}")


def hear(recogniser: Any, audio: Samples) -> str:
    """What is recognised."""
    around = np.zeros(RATE * 3 // 10, np.int16)
    request = Request(to_float(np.concatenate([around, audio, around])), "en", "final")
    (heard,) = recogniser.recognise([request])
    return str(heard.text)


if __name__ == "__main__":
    main()
