"""Finals by beam 1 first, and by beam 5 where the first is in doubt: errors and cost.

    python etc/research/decoding/bench_beams.py --data CORPUS --first 78

Recordings of the held-out speakers, cut as the segmenter cuts, each encoded once and decoded by
both beams; what a threshold of the mean log-probability, under which beam 5 is asked, makes of it
is reckoned from the two.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from dataclasses import replace
from pathlib import Path

import jiwer
import numpy as np
from bench_likely import HELD_OUT, keys

from tutor.adapters.settings import Settings
from tutor.adapters.speech.media import read_audio_file
from tutor.adapters.speech.models.adapted import ENGLISH, adapt
from tutor.adapters.speech.request import Request
from tutor.adapters.speech.whisper.hypothesis import Hypothesis
from tutor.adapters.speech.whisper.recogniser import WhisperRecogniser
from tutor.core.audio.samples import RATE, Audio, to_float

THRESHOLDS = (-9.0, -0.6, -0.5, -0.4, -0.3, -0.25, -0.2, -0.1, 0.0)

QUIET = 0.01
"""Power, of the loudest 25 ms, under which nobody speaks."""


def _cut(audio: Audio) -> Audio:
    """The speech with 0.3 s before it and 0.1 s behind it."""
    power = np.convolve(audio**2, np.ones(400) / 400, "same")
    loud = np.flatnonzero(power > max(1e-6, QUIET * power.max()))
    return audio[max(0, loud[0] - RATE * 3 // 10) : loud[-1] + RATE // 10]


def main() -> None:
    """Measure, and print a line for each threshold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the corpus's folder")
    parser.add_argument("--first", type=int, default=0, help="only so many; 0: all")
    options = parser.parse_args()
    with gzip.open(options.data / "labels.jsonl.gz", "rt") as file:
        rows = [row for row in map(json.loads, file) if row["speaker"] in HELD_OUT]
    rows = sorted(rows, key=lambda row: (row["utterance"][-3:], row["speaker"]))
    settings = Settings.load(asr_threads=1)
    recogniser = WhisperRecogniser.load(settings, adapt(ENGLISH, settings.cache_dir))
    finals = recogniser._decodings["final"]
    wanted: list[str] = []
    heard: list[dict[int, tuple[Hypothesis, float]]] = []
    for row in rows[: options.first or None]:
        audio = read_audio_file(options.data / "flac" / f"{row['utterance']}.flac")
        request = Request(_cut(to_float(audio)), "en", "final")
        encoded = recogniser._encode([request.audio], finals.window_s(request.seconds))
        each = {}
        for beam in (1, finals.beam):
            recogniser._decodings["final"] = replace(finals, beam=beam)
            began = time.process_time()
            (hypothesis,) = recogniser._generate(encoded, [request], ["en"])
            each[beam] = hypothesis, time.process_time() - began
        heard.append(each)
        wanted.append(keys(row["text"]))
    for threshold in THRESHOLDS:
        again = [one[1][0].log_probability < threshold for one in heard]
        texts = [
            keys(one[finals.beam if is_again else 1][0].text)
            for one, is_again in zip(heard, again, strict=True)
        ]
        cost = sum(
            one[1][1] + is_again * one[finals.beam][1]
            for one, is_again in zip(heard, again, strict=True)
        )
        share = sum(again) / len(again)
        errors = 100 * jiwer.wer(wanted, texts)
        print(f"{threshold:6.2f}: WER {errors:.1f}, {share:.0%} again, {cost / len(heard):.3f} s")


if __name__ == "__main__":
    main()
