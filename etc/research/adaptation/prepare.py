"""What to train on: each recording's text as it was said, with the time at which each word ends.

    python etc/research/adaptation/prepare.py --data ../shared/data/so762-train \
        --sounds FOLDER --cache build/adaptation

A recogniser that writes what should have been said hides mistakes. So a word that the experts
scored under 5 is not taught as the text has it, but as the unadapted model wrote it, which knows no
text: another word, or none. Native prompts (FOLDER: what `dpkg -x` makes of Debian's
`asterisk-core-sounds-en` and `asterisk-core-sounds-en-g722`) are rehearsed with the unadapted
model's own text.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from pathlib import Path
from statistics import fmean
from typing import Any

import av
import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer

from tutor.adapters.speech.mel import numpy_log_mel
from tutor.adapters.speech.weights import WHISPER_BASE, join_model
from tutor.core.audio.samples import RATE, Audio
from tutor.core.text.wording import tokenise

WRONG = 5.0
"""Experts' mean accuracy of a word (0 to 10) under which it was not said as the text has it."""

LONGEST_S = 14.0
"""Seconds of the longest prompt that is rehearsed."""

NATIVE = "native"
"""The speaker of all prompts."""

WINDOW_S = 2.0
"""Seconds of silence behind the audio, in which the model ends as it does in long windows."""


@dataclass(frozen=True)
class Example:
    """One recording and what was said in it."""

    utterance: str
    speaker: str
    words: list[str]
    """In Whisper's spelling, with its punctuation."""
    ends: list[int]
    """Samples at which each word ends."""


def labels(data: Path) -> list[dict[str, Any]]:
    """The corpus's utterances."""
    with gzip.open(data / "labels.jsonl.gz", "rt") as file:
        return [json.loads(line) for line in file]


def audio_of(path: Path) -> Audio:
    """A recording of 16 kHz and 16 bit as floats."""
    form = "g722" if path.suffix == ".g722" else None
    with av.open(str(path), format=form) as container:
        frames = [frame.to_ndarray().ravel() for frame in container.decode(audio=0)]
    return np.concatenate(frames).astype(np.float32) / 32768


class Listener:
    """The unadapted model: what it writes, and when words of a text end."""

    def __init__(self, model: Path) -> None:
        self._whisper = WhisperModel(str(model), device="cpu", compute_type="int8", cpu_threads=1)
        self._tokenizer = Tokenizer(
            self._whisper.hf_tokenizer, True, task="transcribe", language="en"
        )
        self._log_mel = numpy_log_mel(self._whisper.feature_extractor.mel_filters, "cpu")

    def encode(self, audio: Audio) -> Any:
        """The encoder's output for a recording and some silence."""
        frames = min(3000, round(len(audio) / RATE + WINDOW_S) * 100)
        return self._whisper.model.encode(self._log_mel([audio], frames), to_cpu=False)

    def text(self, encoded: Any, beam: int) -> str:
        """What the model writes."""
        prompt = [*self._tokenizer.sot_sequence, self._tokenizer.no_timestamps]
        (found,) = self._whisper.model.generate(encoded, [prompt], beam_size=beam, max_length=400)
        return str(self._tokenizer.decode(found.sequences_ids[0])).strip()

    def ends(self, encoded: Any, words: list[str], samples: int) -> list[int] | None:
        """Samples at which words end; None where the alignment has other words."""
        tokens = self._tokenizer.encode(" " + " ".join(words))
        (aligned,) = self._whisper.find_alignment(
            self._tokenizer, [tokens], encoded, [round(samples / RATE * 100)]
        )
        ends: list[int] = []
        for piece in aligned:
            if piece["word"].startswith(" "):
                ends.append(0)
            if ends and piece["word"].strip():
                ends[-1] = round(piece["end"] * RATE)
        return ends if len(ends) == len(words) else None


def written(text: str) -> list[str]:
    """A text in capitals as Whisper would write it."""
    words = text.lower().split()
    words = ["I" + word[1:] if word == "i" or word.startswith("i'") else word for word in words]
    words[0] = words[0][0].upper() + words[0][1:]
    return [*words[:-1], words[-1] + "."]


def _keys(words: list[str]) -> list[str]:
    return [" ".join(token.key for token in tokenise([word], "en")) for word in words]


def said(label: dict[str, Any], heard: str) -> list[str]:
    """The words to teach: the text's, in the model's own spelling where it wrote the same words;
    for a word that was wrong, what the model wrote in its place."""
    text, other = written(label["text"]), heard.split()
    if [t.key for t in tokenise(text, "en")] == [t.key for t in tokenise(other, "en")]:
        return other
    wrong = [fmean(word["accuracy"]) < WRONG for word in label["words"]]
    return list(_mixed(text, other, wrong))


def _mixed(text: list[str], heard: list[str], wrong: list[bool]) -> Iterator[str]:
    for kind, a, b, c, d in SequenceMatcher(
        None, _keys(text), _keys(heard), autojunk=False
    ).get_opcodes():
        if kind == "insert":
            continue
        is_wrong = all(wrong[a:b]) and kind != "equal"
        yield from heard[c:d] if is_wrong and d - c <= b - a + 1 else text[a:b]


def learners(data: Path, listener: Listener) -> Iterator[Example]:
    """Each learner's recording with what was said."""
    for label in labels(data):
        audio = audio_of(data / "flac" / f"{label['utterance']}.flac")
        encoded = listener.encode(audio)
        words = said(label, listener.text(encoded, beam=1))
        ends = listener.ends(encoded, words, len(audio)) if words else None
        if ends:
            yield Example(label["utterance"], label["speaker"], words, ends)


def natives(prompts: Path, listener: Listener) -> Iterator[Example]:
    """Each native prompt with what the model writes, its name a path under `prompts`."""
    for path in sorted(prompts.rglob("*.g722")):
        audio = audio_of(path)
        if len(audio) > LONGEST_S * RATE:
            continue
        encoded = listener.encode(audio)
        words = listener.text(encoded, beam=5).split()
        ends = listener.ends(encoded, words, len(audio)) if words else None
        if ends:
            yield Example(path.relative_to(prompts).as_posix(), NATIVE, words, ends)


def write(examples: Iterable[Example], path: Path) -> None:
    """Write examples, a line each; a file that is there is kept."""
    if path.exists():
        return
    with (part := path.with_suffix(".part")).open("w") as file:
        for example in examples:
            file.write(json.dumps(asdict(example)) + "\n")
            file.flush()
    part.rename(path)


def prompts_of(sounds: Path) -> Path:
    """The folder of the English prompts."""
    return next(path for path in sounds.rglob("en_*") if path.is_dir() and not path.is_symlink())


def main() -> None:
    """Write the examples to the cache."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sounds", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    asked = parser.parse_args()
    asked.cache.mkdir(parents=True, exist_ok=True)
    listener = Listener(join_model(WHISPER_BASE, asked.cache))
    write(natives(prompts_of(asked.sounds), listener), asked.cache / "native.jsonl")
    write(learners(asked.data, listener), asked.cache / "examples.jsonl")


if __name__ == "__main__":
    main()
