"""What Whisper takes the language of short clips for: the probabilities of all languages, kept.

    python etc/research/adaptation/clips.py --data CORPUS --sounds FOLDER --cache build/adaptation \
        --out FOLDER

English by learners that the adaptation never heard (CORPUS: speechocean762's training half), and
Spanish, French and Russian by natives (FOLDER: what `dpkg -x` makes of Debian's
`asterisk-core-sounds-{es,fr,ru}-g722`), each cut to its first 1.5 s of speech, or whole; encoded by
the unadapted and by the adapted model, as a partial and a final are. `chosen.py` chooses among what
this keeps; run again, it goes on.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from examples import speech_of
from faster_whisper import WhisperModel
from prepare import audio_of, labels
from train import HELD_OUT

from tutor.adapters.speech.models.adapted import ENGLISH, adapt
from tutor.adapters.speech.models.weights import WHISPER_BASE, join_model
from tutor.adapters.speech.whisper.mel import FRAMES_PER_SECOND, numpy_log_mel
from tutor.core.audio.samples import RATE, Audio

SHORT_S = 1.5
"""Seconds of speech of a clip."""

LEAD_S = 0.3
"""Seconds before it, as the segmenter keeps."""

SHORTEST_S = 2.0
"""Seconds of speech that a native prompt has at least."""

VOICES = {"es": "es_MX_f_Allison", "fr": "fr_CA_f_June", "ru": "ru_RU_f_IvrvoiceRU"}


@dataclass(frozen=True)
class Recording:
    """Speech in a language that is known."""

    name: str
    speaker: str
    language: str
    path: Path


def recordings(data: Path, sounds: Path, prompts: int) -> Iterator[Recording]:
    """All recordings of the speakers that the adaptation never heard, and so many prompts of each
    voice."""
    for label in labels(data):
        if label["speaker"] in HELD_OUT:
            name = label["utterance"]
            yield Recording(name, label["speaker"], "en", data / "flac" / f"{name}.flac")
    random = Random(3)  # noqa: S311 - reproducible, no secret
    for language, voice in VOICES.items():
        folder = next(path for path in sounds.rglob(voice) if path.is_dir())
        found = sorted(path for path in folder.rglob("*.g722") if "silence" not in str(path))
        long = [path for path in found if path.stat().st_size > SHORTEST_S * 8000]
        for path in random.sample(long, min(prompts, len(long))):
            name = path.relative_to(folder).as_posix()
            yield Recording(f"{language}/{name}", voice, language, path)


def cuts(audio: Audio) -> dict[str, tuple[Audio, float]]:
    """The clip and the whole, with the seconds of the windows in which each is encoded."""
    begin, end = speech_of(audio)
    begin = max(0, begin - round(LEAD_S * RATE))
    whole = audio[begin : min(end + RATE // 10, begin + 14 * RATE)]
    short = audio[begin : begin + round((LEAD_S + SHORT_S) * RATE)]
    return {"short": (short, 4.0), "whole": (whole, max(8.0, -(-len(whole) // RATE) + 1.0))}


class Ear:
    """The unadapted decoder, asked for the language alone of what some model has encoded."""

    def __init__(self, base: Path, encoder: Path) -> None:
        self._whisper, self._encoder = (
            WhisperModel(str(model), device="cpu", compute_type="int8", cpu_threads=1)
            for model in (base, encoder)
        )
        self._log_mel = numpy_log_mel(self._whisper.feature_extractor.mel_filters, "cpu")

    def languages(self, audio: Audio, window_s: float) -> dict[str, float]:
        """Probability of each language that has any to speak of."""
        mel = self._log_mel([audio], round(window_s * FRAMES_PER_SECOND))
        encoded = self._encoder.model.encode(mel, to_cpu=False)
        (found,) = self._whisper.model.detect_language(encoded)
        return {token[2:-2]: float(f"{p:.3g}") for token, p in found if p > 1e-9}


def main() -> None:
    """Keep what each model finds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sounds", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--prompts", type=int, default=60, help="of each native voice")
    parser.add_argument("--cut", choices=("short", "whole"), default="short")
    parser.add_argument("--model", choices=("base", "adapted"), action="append")
    asked = parser.parse_args()
    base = join_model(WHISPER_BASE, asked.cache)
    models = {"base": lambda: base, "adapted": lambda: adapt(ENGLISH, asked.cache)}
    for name in asked.model or list(models):
        _keep(Ear(base, models[name]()), asked, asked.out / f"{name}-{asked.cut}.jsonl")


def _keep(ear: Ear, asked: argparse.Namespace, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = path.read_text().splitlines() if path.exists() else []
    done: set[Any] = {json.loads(line)["name"] for line in lines}
    with path.open("a") as file:
        for one in recordings(asked.data, asked.sounds, asked.prompts):
            if one.name not in done:
                found = ear.languages(*cuts(audio_of(one.path))[asked.cut])
                kept = {"name": one.name, "speaker": one.speaker, "language": one.language}
                file.write(json.dumps({**kept, "found": found}) + "\n")
                file.flush()


if __name__ == "__main__":
    main()
