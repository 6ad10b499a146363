"""Adapt Whisper base to learners of English and to short windows.

    python etc/research/adaptation/train.py --data CORPUS \
        --sounds FOLDER --cache build/adaptation --out tutor/assets/adaptation/base-en.safetensors

Low-rank updates of all linear layers (rank 16: 1.9 million weights), AdamW, cosine. Beside the
learners' recordings it rehearses native prompts, so that natives lose nothing. `prepare.py` makes
the examples, and may still be at it: each round takes those that are there. The cosine runs over
the time that is given, so that a slow machine ends in time, too; a run that was stopped goes on
from its last checkpoint. What is held out is never heard here: `measure.py` measures on it.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from random import Random
from zlib import crc32

import numpy as np
import torch
from examples import Window, Windows, window_s
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer
from prepare import NATIVE, Example, audio_of, path_of, stored
from torch import Tensor
from torch.nn import functional
from whisper import AdaptedWhisper

from tutor.adapters.speech.models.adaptation import save_update
from tutor.adapters.speech.models.ctranslate2_file import read_model
from tutor.adapters.speech.models.weights import WHISPER_BASE, join_model
from tutor.adapters.speech.whisper.mel import numpy_log_mel
from tutor.core.audio.samples import Audio

RANK = 16
BATCH = 8
WARM_UP = 30
"""Steps until the full rate."""
TURN = 512
"""Recordings until it is looked for new ones."""
LEARNERS, MARKED, NATIVES = "examples.jsonl", "marked.jsonl", "native.jsonl"
"""What `prepare.py` and `marks.py` write."""
HELD_OUT = frozenset("0053 0482 1033 1362 2036 2242 2799 3088 5414 7001 9606 9625".split())
"""Every tenth speaker in the corpus's order, which is that of skill, too, from the seventh on."""
IGNORED = -100
"""The label of a token that nothing is learned from."""


def is_held_out(example: Example) -> bool:
    """Whether a recording is kept for measuring: of every tenth speaker, every fifth prompt."""
    if example.speaker == NATIVE:
        return crc32(example.utterance.encode()) % 5 == 0
    return example.speaker in HELD_OUT


class Trainer:
    """One adaptation."""

    def __init__(self, model: Path, seed: int) -> None:
        torch.manual_seed(seed)
        whisper = WhisperModel(str(model), device="cpu", compute_type="int8")
        self._tokenizer = Tokenizer(whisper.hf_tokenizer, True, task="transcribe", language="en")
        self._log_mel = numpy_log_mel(whisper.feature_extractor.mel_filters, "cpu")
        self._prompt = [*self._tokenizer.sot_sequence, self._tokenizer.no_timestamps]
        self._random = Random(seed)  # noqa: S311 - reproducible, no secret
        self.whisper = AdaptedWhisper(read_model(model / "model.bin"), RANK)

    def loss(self, windows: Sequence[Window]) -> Tensor:
        """Mean cross entropy of the windows' texts."""
        seconds = window_s(windows, self._random)
        mel = self._log_mel([window.audio for window in windows], seconds * 100)
        tokens, labels = self._texts(windows)
        logits = self.whisper.decode(
            tokens[:, :-1], self.whisper.encode(torch.from_numpy(np.array(mel, np.float32)))
        )
        return functional.cross_entropy(
            logits.flatten(0, 1), labels[:, 1:].flatten(), ignore_index=IGNORED
        )

    def _texts(self, windows: Sequence[Window]) -> tuple[Tensor, Tensor]:
        end = self._tokenizer.eot
        texts = [self._tokens(window) for window in windows]
        longest = max(len(text) for text, _ in texts)
        tokens = torch.tensor([text + [end] * (longest - len(text)) for text, _ in texts])
        labels = torch.tensor([row + [IGNORED] * (longest - len(row)) for _, row in texts])
        return tokens, labels

    def _tokens(self, window: Window) -> tuple[list[int], list[int]]:
        """The tokens of a window's text, and what is learned of them."""
        # After the start of a transcript stands the language, or that nobody speaks.
        first = self._prompt[1] if window.words else self._tokenizer.no_speech
        tokens, labels = list(self._prompt), [IGNORED, first, *[IGNORED] * (len(self._prompt) - 2)]
        for word in window.words:
            pieces = self._tokenizer.encode(f" {word.text}")
            tokens += pieces
            taught = pieces if word.is_taught else [IGNORED] * len(pieces)
            labels += taught if word.is_marked else [*taught[:-1], IGNORED]
        end = [self._tokenizer.eot]
        return tokens + end, labels + end


def batches(recordings: Recordings, random: Random, seed: int) -> Iterator[list[Window]]:
    """Windows of the recordings without end, those of like length together."""
    for turn in count():
        examples = recordings.read()
        windows = Windows(recordings.audios, seed + turn)
        order = random.sample(examples, min(TURN, len(examples)))
        for at in range(0, len(order) - 8 * BATCH + 1, 8 * BATCH):
            some = order[at : at + 8 * BATCH]
            drawn = [windows.draw(example, random.choice(some)) for example in some]
            drawn.sort(key=lambda window: len(window.audio))
            groups = [drawn[n : n + BATCH] for n in range(0, len(drawn), BATCH)]
            yield from random.sample(groups, len(groups))


@dataclass(frozen=True)
class Recordings:
    """What there is to train on."""

    data: Path
    sounds: Path | None
    """Native prompts; None: none are heard, even if some were prepared."""
    cache: Path
    audios: dict[str, Audio] = field(default_factory=dict)
    """By the utterance's name, of all examples that were read."""

    def read(self) -> list[Example]:
        """The examples that are prepared by now and not held out."""
        marked = {example.utterance: example for example in stored(self.cache / MARKED)}
        learners = stored(self.cache / LEARNERS)
        # Of those that wait for their marks it is not taught how they end.
        examples = [marked.get(e.utterance, replace(e, is_marked=False)) for e in learners]
        examples += stored(self.cache / NATIVES) if self.sounds else []
        found = [example for example in examples if not is_held_out(example)]
        for example in found:
            if example.utterance not in self.audios:
                path = path_of(example, self.data, self.sounds)
                self.audios[example.utterance] = audio_of(path)
        return found


class Training:
    """The steps of a training, and what is needed to go on after a stop."""

    def __init__(self, trainer: Trainer, seconds: float, rate: float) -> None:
        self._trainer = trainer
        self._seconds = seconds
        self._rate = rate
        self._parameters = [p for p in trainer.whisper.parameters() if p.requires_grad]
        self._optimiser = torch.optim.AdamW(self._parameters, weight_decay=0.01)
        self._losses: list[float] = []
        self.steps = 0
        self.spent_s = 0.0

    @property
    def is_done(self) -> bool:
        """Whether the time is spent."""
        return self.spent_s >= self._seconds

    def step(self, windows: Sequence[Window]) -> None:
        """Learn from some windows."""
        began = time.monotonic()
        cosine = (1 + math.cos(math.pi * min(1, self.spent_s / self._seconds))) / 2
        for group in self._optimiser.param_groups:
            group["lr"] = self._rate * min(1, (self.steps + 1) / WARM_UP) * max(0.02, cosine)
        loss = self._trainer.loss(windows)
        self._optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self._parameters, 1.0)
        self._optimiser.step()
        self._losses = [*self._losses[-49:], loss.item()]
        self.steps += 1
        self.spent_s += time.monotonic() - began

    def told(self) -> str:
        """Where the training stands."""
        each = self.spent_s / self.steps
        return f"{self.steps} loss {np.mean(self._losses):.3f} {each:.1f} s/step"

    def save(self, path: Path) -> None:
        """Keep what is needed to go on."""
        parts = {
            "steps": self.steps,
            "spent_s": self.spent_s,
            "optimiser": self._optimiser.state_dict(),
            "parameters": [p.detach() for p in self._parameters],
        }
        torch.save(parts, unfinished := path.with_suffix(".tmp"))
        unfinished.replace(path)

    def resume(self, path: Path) -> None:
        """Go on from what was kept."""
        parts = torch.load(path, weights_only=True)
        self.steps, self.spent_s = parts["steps"], parts["spent_s"]
        self._optimiser.load_state_dict(parts["optimiser"])
        self._take(parts["parameters"])

    def begin_with(self, path: Path) -> None:
        """Begin where another training ended."""
        self._take(torch.load(path, weights_only=True)["parameters"])

    def _take(self, parameters: Sequence[Tensor]) -> None:
        with torch.no_grad():
            for parameter, kept in zip(self._parameters, parameters, strict=True):
                parameter.copy_(kept)


def main() -> None:
    """Train, and write the update."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sounds", type=Path, help="native prompts; left out: none are heard")
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--after", type=Path, help="checkpoint of a training to begin with")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--rate", type=float, default=6e-4, help="the largest rate of learning")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    torch.set_flush_denormal(True)
    trainer = Trainer(join_model(WHISPER_BASE, asked.cache), asked.seed)
    training = Training(trainer, asked.minutes * 60, asked.rate)
    checkpoint = asked.cache / "training.pt"
    if checkpoint.exists():
        training.resume(checkpoint)
    elif asked.after:
        training.begin_with(asked.after)
    seed = asked.seed + training.steps
    recordings = Recordings(asked.data, asked.sounds, asked.cache)
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    for windows in batches(recordings, Random(seed), seed):  # noqa: S311 - reproducible, no secret
        training.step(windows)
        if training.steps % 20 == 0 or training.is_done:
            print(training.told(), flush=True)
        if training.steps % 10 == 0 or training.is_done:
            training.save(checkpoint)
            save_update(dict(trainer.whisper.factors()), asked.out)
        if training.is_done:
            break


if __name__ == "__main__":
    main()
