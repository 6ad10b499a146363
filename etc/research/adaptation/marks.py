"""Commas, question marks and capitals for what is trained on, as the unadapted model writes them.

    python etc/research/adaptation/marks.py --data CORPUS --cache build/adaptation

The corpus has none, and what is taught without them is forgotten. So the unadapted model is made to
write each text's words while it hears the recording, and says what it would put between them. A
learner's question often sounds like a statement; one whose form is beyond doubt ("Do you …", "Where
is the …") gets its mark nevertheless, and a text that may be a question for which the model has no
clear opinion is not taught how it ends. What is marked is kept: run again, this goes on.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np
import torch
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer
from prepare import Example, append, audio_of, path_of, stored
from torch import Tensor
from whisper import AdaptedWhisper

from tutor.adapters.speech.models.ctranslate2_file import read_model
from tutor.adapters.speech.models.weights import WHISPER_BASE, join_model
from tutor.adapters.speech.whisper.mel import numpy_log_mel
from tutor.core.audio.samples import RATE, Audio

LEARNERS, MARKED = "examples.jsonl", "marked.jsonl"
"""What `prepare.py` writes, and what is written here."""

TOGETHER = 8
"""Recordings that are heard in one pass."""

MARKS = ".,?!"
"""What a word may end with."""

SURE = 0.9
"""Share of full stop against question mark from which a text that may ask is a statement."""

HESITATION = 1.0
"""Natural logarithm of how much likelier a comma must be than the next word: learners pause."""

AUXILIARIES = frozenset(
    "do does did can could would will shall is are am was were has have had may might "
    "should".split()
)
ASKING = frozenset("what where who whose why how when which".split())
SUBJECTS = frozenset(
    "i you he she it we they this that these those there the a an my your his her its our "
    "their anyone anybody someone".split()
)


def is_question(words: Sequence[str]) -> bool:
    """Whether the form of a text alone tells that it asks: an auxiliary and its subject."""
    keys = [part for word in words[:3] for part in word.lower().strip(MARKS).split("'")]
    if keys[:1] and keys[0] in ASKING and len(keys) > 2:
        keys = ["is" if keys[1] in ("s", "re") else keys[1], *keys[2:]]
    return len(keys) > 1 and keys[0] in AUXILIARIES and keys[1] in SUBJECTS


def may_ask(words: Sequence[str]) -> bool:
    """Whether a text begins as questions do."""
    first = words[0].lower().strip(MARKS).partition("'")[0]
    return first in ASKING | AUXILIARIES or (first.endswith("n") and first[:-1] in AUXILIARIES)


class Marker:
    """The unadapted model, made to write given words."""

    def __init__(self, model: Path) -> None:
        whisper = WhisperModel(str(model), device="cpu", compute_type="int8")
        self._tokenizer = Tokenizer(whisper.hf_tokenizer, True, task="transcribe", language="en")
        self._log_mel = numpy_log_mel(whisper.feature_extractor.mel_filters, "cpu")
        self._prompt = [*self._tokenizer.sot_sequence, self._tokenizer.no_timestamps]
        self._whisper = AdaptedWhisper(read_model(model / "model.bin"), rank=1)
        self._marks = [self._tokenizer.encode(mark)[0] for mark in MARKS]

    @torch.no_grad()
    def mark(self, examples: Sequence[Example], audios: Sequence[Audio]) -> Iterator[Example]:
        """The examples with the model's marks and capitals."""
        texts = [[word.strip(MARKS) or word for word in example.words] for example in examples]
        pieces = [[self._pieces(word) for word in words] for words in texts]
        rows = [[*self._prompt, *chain(*words)] for words in pieces]
        longest = max(map(len, rows))
        tokens = torch.tensor([row + [0] * (longest - len(row)) for row in rows])
        frames = min(3000, round(max(map(len, audios)) / RATE + 1) * 100)
        mel = torch.from_numpy(np.array(self._log_mel(list(audios), frames), np.float32))
        logits = self._whisper.decode(tokens, self._whisper.encode(mel))
        for example, words, split, row in zip(examples, texts, pieces, logits, strict=True):
            yield self._marked(example, words, split, row)

    def _marked(
        self, example: Example, words: list[str], pieces: list[list[int]], logits: Tensor
    ) -> Example:
        """`logits` [length, vocabulary] of what follows each token."""
        at, marked = len(self._prompt) - 1, [""]
        for n, (word, split) in enumerate(zip(words, pieces, strict=True)):
            if n:
                marked[-1] += self._between(logits[at], split)
                marked.append(self._capital(word, logits[at]))
            else:
                marked[0] = word[0].upper() + word[1:]
            at += len(split)
        mark, is_sure = self._last(words, logits[at])
        return replace(example, words=[*marked[:-1], marked[-1] + mark], is_marked=is_sure)

    def _pieces(self, word: str) -> list[int]:
        return list(self._tokenizer.encode(f" {word}"))

    def _between(self, logits: Tensor, after: list[int]) -> str:
        return "," if logits[self._marks[1]] > logits[after[0]] + HESITATION else ""

    def _capital(self, word: str, logits: Tensor) -> str:
        capital = word[0].upper() + word[1:]
        large, small = self._pieces(capital)[0], self._pieces(word)[0]
        return capital if logits[large] > logits[small] else word

    def _last(self, words: list[str], logits: Tensor) -> tuple[str, bool]:
        if is_question(words):
            return "?", True
        stop, _, asked, called = logits[self._marks].softmax(0).tolist()
        if asked > max(stop, called):
            return "?", True
        return ".", not may_ask(words) or stop > SURE


def main() -> None:
    """Write the marked examples to the cache."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    marker = Marker(join_model(WHISPER_BASE, asked.cache))
    to = asked.cache / MARKED
    done = {example.utterance for example in stored(to)}
    left = [e for e in stored(asked.cache / LEARNERS) if e.utterance not in done]
    # What may ask comes first, those of like length together.
    left.sort(key=lambda example: (not may_ask(example.words), example.ends[-1]))
    for n in range(0, len(left), TOGETHER):
        some = left[n : n + TOGETHER]
        audios = [audio_of(path_of(example, asked.data, None)) for example in some]
        append(marker.mark(some, audios), to)


if __name__ == "__main__":
    main()
