"""What to train on: each recording's text as it was said, with the time at which each word ends.

    python etc/research/adaptation/prepare.py --data CORPUS \
        --sounds FOLDER --cache build/adaptation

A recogniser that writes what should have been said hides mistakes. So a word that the experts
scored under 5 is not taught as the text has it: it is taught as the unadapted model wrote it, which
knows no text, or not at all where that wrote no other word. Native prompts (FOLDER: what `dpkg -x`
makes of Debian's `asterisk-core-sounds-en` and `asterisk-core-sounds-en-g722`) are rehearsed, if
`--sounds` is given. What
is prepared is kept: run again, this goes on where it ended.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from statistics import fmean
from typing import Any

import av
import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer

from tutor.adapters.speech.models.weights import WHISPER_BASE, join_model
from tutor.adapters.speech.whisper.mel import numpy_log_mel
from tutor.core.audio.samples import RATE, Audio
from tutor.core.text.wording import tokenise

WRONG = 5.0
"""Experts' mean accuracy of a word (0 to 10) under which it was not said as the text has it."""

LONGEST_S = 14.0
"""Seconds of the longest prompt that is rehearsed."""

LONGEST = 160
"""CTranslate2's limit of what is written, twice the tokens of the longest text."""

NATIVE = "native"
"""The speaker of all prompts."""

AGREEING = 0.5
"""Share of a prompt's words that the model must have written, or the text is another's."""

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
    unsure: list[int] = field(default_factory=list)
    """Indices of words that nothing is learned from: they were not said as they stand here."""
    is_marked: bool = True
    """Whether the mark at the end is known; nothing is learned from one that is not."""


def labels(data: Path) -> list[dict[str, Any]]:
    """The corpus's utterances."""
    with gzip.open(data / "labels.jsonl.gz", "rt") as file:
        return [json.loads(line) for line in file]


def audio_of(path: Path) -> Audio:
    """A recording of 16 kHz and 16 bit as floats."""
    form = "g722" if path.suffix == ".g722" else None
    with av.open(str(path), format=form) as container:
        frames = [frame.to_ndarray().ravel() for frame in container.decode(audio=0)]
    return np.concatenate(frames).astype(np.float32) / np.float32(32768)


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
        (found,) = self._whisper.model.generate(
            encoded, [prompt], beam_size=beam, max_length=LONGEST
        )
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


def _is_other(written: str, word: str) -> bool:
    """Whether another word was written, and not the beginning of another sentence."""
    begins = written[0].isupper() and not word[0].isupper() and written != "I"
    return _keys([written]) not in ([""], _keys([word])) and not begins


def _keys(words: list[str]) -> list[str]:
    return [" ".join(token.key for token in tokenise([word], "en")) for word in words]


def said(label: dict[str, Any], heard: str) -> tuple[list[str], list[int]]:
    """The words to teach, and which of them are unsure.

    They are the text's, in the model's own spelling where it wrote the same words. A word that was
    wrong is what the model wrote in its place, or unsure.
    """
    text, other = written(label["text"]), heard.split()
    wrong = {n for n, word in enumerate(label["words"]) if fmean(word["accuracy"]) < WRONG}
    if not wrong and _keys_of(text) == _keys_of(other):
        return other, []
    instead = {n: word for n, word in _instead(text, other) if n in wrong}
    return [instead.get(n, word) for n, word in enumerate(text)], sorted(wrong - instead.keys())


def _instead(text: list[str], heard: list[str]) -> Iterator[tuple[int, str]]:
    """Other words that the model wrote in the place of the text's, with the places."""
    for kind, a, b, c, d in SequenceMatcher(
        None, _keys(text), _keys(heard), autojunk=False
    ).get_opcodes():
        if kind == "replace" and b - a == d - c:
            for at, (word, other) in enumerate(zip(text[a:b], heard[c:d], strict=True), a):
                if _is_other(other, word):
                    yield at, other


def _keys_of(words: list[str]) -> list[str]:
    return [token.key for token in tokenise(words, "en")]


def learners(data: Path, listener: Listener, done: set[str]) -> Iterator[Example]:
    """Each learner's recording that is not done, with what was said; first those of the corpus's
    end, who make most mistakes."""
    for label in reversed(labels(data)):
        if label["utterance"] in done:
            continue
        audio = audio_of(data / "flac" / f"{label['utterance']}.flac")
        encoded = listener.encode(audio)
        words, unsure = said(label, listener.text(encoded, beam=1))
        ends = listener.ends(encoded, words, len(audio)) if words else None
        if ends:
            yield Example(label["utterance"], label["speaker"], words, ends, unsure)


def natives(
    prompts: Path, texts: dict[str, str], listener: Listener, done: set[str]
) -> Iterator[Example]:
    """Each native prompt that is not done, with its text; its name is a path under `prompts`."""
    for path in sorted(prompts.rglob("*.g722")):
        name = path.relative_to(prompts).as_posix()
        text = texts.get(name.removesuffix(".g722"), "").split()
        audio = audio_of(path)
        if name in done or not text or len(audio) > LONGEST_S * RATE:
            continue
        encoded = listener.encode(audio)
        words = spelled(text, listener.text(encoded, beam=5).split())
        ends = listener.ends(encoded, words, len(audio)) if words else None
        if ends:
            yield Example(name, NATIVE, words, ends)


def spelled(text: list[str], heard: list[str]) -> list[str]:
    """A prompt's text, in the model's spelling where it wrote the same words; empty where it wrote
    quite others: the text is not what is heard."""
    wanted, found = _keys_of(text), _keys_of(heard)
    if wanted == found:
        return heard
    same = SequenceMatcher(None, wanted, found, autojunk=False).get_matching_blocks()
    return text if sum(block.size for block in same) >= AGREEING * len(wanted) else []


def path_of(example: Example, data: Path, sounds: Path | None) -> Path:
    """The recording of an example."""
    if sounds and example.speaker == NATIVE:
        return prompts_of(sounds) / example.utterance
    return data / "flac" / f"{example.utterance}.flac"


def stored(path: Path) -> list[Example]:
    """The examples of a file; a line that is being written is left out."""
    lines = path.read_text().splitlines(keepends=True) if path.exists() else []
    return [Example(**json.loads(line)) for line in lines if line.endswith("\n")]


def append(examples: Iterable[Example], path: Path) -> None:
    """Write examples to the end of a file, a line each."""
    with path.open("a") as file:
        for example in examples:
            file.write(json.dumps(asdict(example)) + "\n")
            file.flush()


def prompt_texts(sounds: Path) -> dict[str, str]:
    """What each English prompt says, by its name."""
    with gzip.open(next(sounds.rglob("core-sounds-en.txt.gz")), "rt", encoding="utf-8") as lines:
        pairs = [line.split(":", 1) for line in lines if ":" in line and not line.startswith(";")]
    return {name.strip(): " ".join(text.split()) for name, text in pairs if "[" not in text}


def prompts_of(sounds: Path) -> Path:
    """The folder of the English prompts."""
    return next(path for path in sounds.rglob("en_*") if path.is_dir() and not path.is_symlink())


def main() -> None:
    """Write the examples to the cache."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sounds", type=Path, help="native prompts; left out: none")
    parser.add_argument("--cache", type=Path, required=True)
    asked = parser.parse_args()
    asked.cache.mkdir(parents=True, exist_ok=True)
    listener = Listener(join_model(WHISPER_BASE, asked.cache))
    natives_at, learners_at = asked.cache / "native.jsonl", asked.cache / "examples.jsonl"
    if asked.sounds:
        texts, prompts = prompt_texts(asked.sounds), prompts_of(asked.sounds)
        append(natives(prompts, texts, listener, _names(natives_at)), natives_at)
    append(learners(asked.data, listener, _names(learners_at)), learners_at)


def _names(path: Path) -> set[str]:
    return {example.utterance for example in stored(path)}


if __name__ == "__main__":
    main()
