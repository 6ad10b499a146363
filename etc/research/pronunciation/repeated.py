"""Measure whether what is really said several times is written as often.

    python etc/research/pronunciation/repeated.py --kokoro package/voices --keep FOLDER

A loop guard cuts what a recogniser writes for ever; what fits the audio stays. Voices say a word or
a phrase so many times, and the session's own recogniser (by default settings) hears it. What it
wrote is kept, so that a second run costs little.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from voices import Voices

from tutor.adapters.settings import Settings
from tutor.adapters.speech.choice import load_recogniser
from tutor.adapters.speech.models.weights import resolve_model
from tutor.adapters.speech.request import Request

PHRASES = (
    "no", "yes", "zero", "stop", "please", "wait", "hello", "never", "run", "up and down",
    "thank you", "one two", "come in", "left right", "good night", "very", "ha", "five", "go away",
    "I know",
)  # fmt: skip
TIMES = (2, 3, 4, 5, 7)
VOICES = ("joe", "af_sky", "flite-slt", "bm_fable", "joe+2")


@dataclass(frozen=True)
class Repetition:
    """A phrase that a voice says so many times."""

    phrase: str
    times: int
    voice: str

    @property
    def said(self) -> str:
        """All that is said."""
        return ", ".join([self.phrase] * self.times).capitalize() + "."


def repetitions() -> Iterator[Repetition]:
    """Each phrase in each number, by a voice after another."""
    for n, phrase in enumerate(PHRASES):
        for m, times in enumerate(TIMES):
            yield Repetition(phrase, times, VOICES[(n + m) % len(VOICES)])


def written_times(one: Repetition, text: str) -> int:
    """How often a transcript has as many words as the phrase; figures may be written as one."""
    words = re.findall(r"\d|[^\W\d]+(?:'[^\W\d]+)?", text)
    return round(len(words) / len(one.phrase.split()))


def main() -> None:
    """Say and hear what is new, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--kokoro", type=Path, required=True, help="folder of Kokoro's voices")
    parser.add_argument("--keep", type=Path, required=True, help="folder for what is found")
    parser.add_argument("--seconds", type=float, default=float("inf"))
    options = parser.parse_args()
    options.keep.mkdir(parents=True, exist_ok=True)
    path = options.keep / "repeated.json"
    heard: dict[str, str] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    voices, until = Voices(options.kokoro), time.monotonic() + options.seconds
    settings = Settings.load().model_copy(update={"asr_threads": 1})
    recogniser = None
    found: list[tuple[Repetition, str]] = []
    for one in repetitions():
        key = f"{one.voice}: {one.said}"
        if key not in heard and time.monotonic() < until:
            recogniser = recogniser or load_recogniser(
                settings, resolve_model("base", settings.cache_dir)
            )
            audio = voices.speak(one.said, one.voice, 1.0).astype(np.float32)
            heard[key] = recogniser.recognise([Request(audio, "en", "final")])[0].text
            path.write_text(json.dumps(heard), "utf-8")
        if key in heard:
            found.append((one, heard[key]))
    print("| times said | cases | written as often | fewer | more |")
    print("| --- | --- | --- | --- | --- |")
    for times in TIMES:
        rows = [(written_times(one, text), one, text) for one, text in found if one.times == times]
        counts = [sum(n == times for n, _, _ in rows), sum(n < times for n, _, _ in rows)]
        more = len(rows) - sum(counts)
        print(f"| {times} | {len(rows)} | {counts[0]} | {counts[1]} | {more} |")
    for one, text in found:
        if written_times(one, text) != one.times:
            print(f"{one.voice}: {one.said!r} was written {text!r}")


if __name__ == "__main__":
    main()
