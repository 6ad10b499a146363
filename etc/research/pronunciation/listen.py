"""Encode every utterance of the corpus once, into a cache that may be deleted at any time."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tutor.adapters.feedback.aligner import Aligner
from tutor.adapters.speech.media import read_audio_file


def labels(data: Path) -> list[dict[str, Any]]:
    """The corpus's utterances with the experts' scores."""
    with gzip.open(data / "labels.jsonl.gz", "rt") as lines:
        return [json.loads(line) for line in lines]


def audio_of(data: Path, utterance: str) -> npt.NDArray[np.float32]:
    """An utterance's audio, float32 at 16 kHz."""
    samples = read_audio_file(data / "flac" / f"{utterance}.flac")
    return samples.astype(np.float32) / np.float32(32768)


def listen(data: Path, cache: Path, aligner: Aligner, utterance: str) -> Path:
    """Encode one utterance unless the cache has it: float16 [window, width] and its length."""
    path = cache / f"{utterance}.npz"
    if not path.exists():
        audio = audio_of(data, utterance)
        heard = aligner.encode(audio)
        temporary = path.with_suffix(".tmp.npz")
        np.savez(temporary, frames=heard.frames.astype(np.float16), count=heard.count, audio=audio)
        temporary.replace(path)
    return path
