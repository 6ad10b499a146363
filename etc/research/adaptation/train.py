"""Adapt Whisper base to learners of English and to short windows.

    python etc/research/adaptation/train.py --data ../shared/data/so762-train \
        --sounds FOLDER --cache build/adaptation --out tutor/assets/adaptation/base-en.safetensors

Low-rank updates of all linear layers (rank 16: 1.9 million weights), AdamW, cosine. Beside the
learners' recordings it rehearses native prompts with the unadapted model's own text, so that
natives lose nothing. `prepare.py` makes the examples. What is held out is never heard here:
`measure.py` measures on it.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from zlib import crc32

import numpy as np
import torch
from examples import Window, Windows, window_s
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer
from prepare import NATIVE, Example, audio_of, prompts_of
from torch import Tensor
from torch.nn import functional
from whisper import AdaptedWhisper

from tutor.adapters.speech.adaptation import save_update
from tutor.adapters.speech.ctranslate2_file import read_model
from tutor.adapters.speech.mel import numpy_log_mel
from tutor.adapters.speech.weights import WHISPER_BASE, join_model
from tutor.core.audio.samples import Audio

RANK = 16
BATCH = 8
RATE_OF_LEARNING = 3e-4
WARM_UP = 30
"""Steps until the full rate."""
IGNORED = -100
"""The label of a token that nothing is learned from."""


def is_held_out(example: Example) -> bool:
    """Whether a recording is kept for measuring: every tenth speaker, every fifth prompt."""
    if example.speaker == NATIVE:
        return crc32(example.utterance.encode()) % 5 == 0
    return int(example.speaker) % 10 == 7


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
        texts = [self._prompt + self._tokens(window.text) + [end] for window in windows]
        longest = max(map(len, texts))
        tokens = torch.tensor([text + [end] * (longest - len(text)) for text in texts])
        labels = tokens.clone()
        for row, text, window in zip(labels, texts, windows, strict=True):
            row[len(text) :] = IGNORED
            row[: len(self._prompt)] = IGNORED
            # After the start of a transcript stands the language, or that nobody speaks.
            row[1] = text[1] if window.is_speech else self._tokenizer.no_speech
            if not window.is_speech:
                row[2 : len(self._prompt)] = IGNORED
        return tokens, labels

    def _tokens(self, text: str) -> list[int]:
        return list(self._tokenizer.encode(" " + text)) if text else []


def batches(
    examples: Sequence[Example], windows: Windows, random: Random
) -> Iterator[list[Window]]:
    """Windows of all examples again and again, those of like length together."""
    while True:
        order = random.sample(list(examples), len(examples))
        for at in range(0, len(order) - 8 * BATCH + 1, 8 * BATCH):
            drawn = [windows.draw(example) for example in order[at : at + 8 * BATCH]]
            drawn.sort(key=lambda window: len(window.audio))
            groups = [drawn[n : n + BATCH] for n in range(0, len(drawn), BATCH)]
            yield from random.sample(groups, len(groups))


def read_examples(data: Path, sounds: Path, cache: Path) -> tuple[list[Example], dict[str, Audio]]:
    """The examples to train on, and their audio."""
    examples = [
        Example(**json.loads(line))
        for name in ("examples.jsonl", "native.jsonl")
        for line in (cache / name).read_text().splitlines()
    ]
    kept = [example for example in examples if not is_held_out(example)]
    return kept, {e.utterance: audio_of(path_of(e, data, sounds)) for e in kept}


def path_of(example: Example, data: Path, sounds: Path) -> Path:
    """The recording of an example."""
    if example.speaker == NATIVE:
        return prompts_of(sounds) / example.utterance
    return data / "flac" / f"{example.utterance}.flac"


def train(trainer: Trainer, drawn: Iterator[list[Window]], steps: int) -> Iterator[int]:
    """Take all steps; gives the number of each."""
    parameters = [p for p in trainer.whisper.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(parameters, lr=RATE_OF_LEARNING, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser,
        lambda n: min(1, (n + 1) / WARM_UP) * max(0.02, (1 + math.cos(math.pi * n / steps)) / 2),
    )
    recent: list[float] = []
    began = time.monotonic()
    for step in range(1, steps + 1):
        loss = trainer.loss(next(drawn))
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        schedule.step()
        recent = [*recent[-49:], loss.item()]
        if step % 20 == 0:
            each = (time.monotonic() - began) / step
            print(f"{step}/{steps} loss {np.mean(recent):.3f} {each:.1f} s/step", flush=True)
        yield step


def main() -> None:
    """Train, and write the update."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sounds", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=float, default=1.2)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    trainer = Trainer(join_model(WHISPER_BASE, asked.cache), asked.seed)
    examples, audios = read_examples(asked.data, asked.sounds, asked.cache)
    random = Random(asked.seed)  # noqa: S311
    drawn = batches(examples, Windows(audios, asked.seed), random)
    steps = round(len(examples) * asked.epochs / BATCH)
    print(f"{len(examples)} recordings, {steps} steps", flush=True)
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    for step in train(trainer, drawn, steps):
        if step % 50 == 0 or step == steps:
            save_update(dict(trainer.whisper.factors()), asked.out)


if __name__ == "__main__":
    main()
