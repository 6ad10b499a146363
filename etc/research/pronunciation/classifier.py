"""Train the frame classifier: which phone each 20 ms of Whisper's encoder holds."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import numpy as np
import numpy.typing as npt
import torch
from corpus import Utterance
from torch import nn

from tutor.adapters.feedback.phones import PHONES
from tutor.core.feedback.pronunciation.laying import PRIOR_WEIGHT, SILENCE, Segments, lay_phones

Floats = npt.NDArray[np.float32]

CLASSES = len(PHONES) + 1
IGNORED = -100
HIDDEN = 256
INNER = 128
BATCH = 24
"""Utterances, one behind the other as one sequence."""

WELL_SAID = 1.5
"""Phones that experts scored under it teach the classifier nothing."""


class Classifier(nn.Module):
    """Standardised frames → linear → convolution over five frames → another over three beside it.

    GELU after each; the last adds to what went in.
    """

    mean: torch.Tensor
    deviation: torch.Tensor

    def __init__(self, mean: Floats, deviation: Floats) -> None:
        super().__init__()
        self.register_buffer("mean", torch.from_numpy(mean))
        self.register_buffer("deviation", torch.from_numpy(deviation))
        self.linear = nn.Linear(len(mean), HIDDEN)
        self.convolution = nn.Conv1d(HIDDEN, INNER, 5, padding=2)
        self.deeper = nn.Conv1d(INNER, INNER, 3, padding=1)
        self.out = nn.Linear(INNER, CLASSES)
        self.dropout = Dropout(0.25)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """[frames, width] to logits [frames, classes]."""
        x = self.dropout((frames - self.mean) / self.deviation)
        x = self.dropout(nn.functional.gelu(self.linear(x), approximate="tanh"))
        x = _convolved(self.convolution, x)
        x = x + _convolved(self.deeper, self.dropout(x))
        logits: torch.Tensor = self.out(self.dropout(x))
        return logits


class Dropout(nn.Module):
    """PyTorch's, with cheaper random numbers: half of the training's time went into those."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self._share = share
        self._chance = np.random.default_rng(1)

    def seed(self, seed: int) -> None:
        """Begin anew."""
        self._chance = np.random.default_rng(seed)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Some values nothing, the others larger."""
        if not self.training:
            return x
        bytes_ = torch.from_numpy(self._chance.integers(0, 256, x.shape, np.uint8))
        return x * (bytes_ >= round(256 * self._share)) / (1 - self._share)


def _convolved(layer: nn.Conv1d, x: torch.Tensor) -> torch.Tensor:
    found: torch.Tensor = nn.functional.gelu(layer(x.T[None])[0].T, approximate="tanh")
    return found


def spread(utterance: Utterance, spans: Sequence[tuple[int, int]]) -> npt.NDArray[np.int64]:
    """First targets: each word's span split evenly over its phones, quiet frames silence."""
    targets = np.full(len(utterance.frames), SILENCE)
    for (start, end), phones in zip(spans, utterance.words, strict=True):
        loud = np.flatnonzero(~utterance.quiet[start:end]) + start
        for phone, part in zip(phones, np.array_split(loud, len(phones)), strict=True):
            targets[part] = phone
    return targets


def laid(utterance: Utterance, segments: Segments | None) -> npt.NDArray[np.int64]:
    """Targets after realignment; badly said phones are ignored."""
    targets = np.full(len(utterance.frames), SILENCE)
    if segments is None:
        return np.full_like(targets, IGNORED)
    flat = [phone for word in utterance.words for phone in word]
    for phone, start, end, score in zip(
        flat, segments.starts, segments.ends, utterance.phone_scores, strict=True
    ):
        targets[start:end] = IGNORED if score < WELL_SAID else phone
    return targets


def log_priors(targets: Sequence[npt.NDArray[np.int64]]) -> Floats:
    """Log frequency of each class, smoothed."""
    flat = np.concatenate(targets)
    counts = np.bincount(flat[flat >= 0], minlength=CLASSES) + 10.0
    logs: Floats = np.log(counts / counts.sum()).astype(np.float32)
    return logs


def train(
    utterances: Sequence[Utterance],
    targets: Sequence[npt.NDArray[np.int64]],
    epochs: int,
    seed: int = 1,
    *,
    begun: Classifier | None = None,
    batch: int = BATCH,
    rate: float = 2e-3,
) -> Classifier:
    """Train on utterances, one-cycle AdamW; in bfloat16 where the processor computes in it.

    That takes half the time; where PyTorch has to imitate it, 13 times as long. `begun`: a
    model that goes on learning.
    """
    is_half = torch.ops.mkldnn._is_mkldnn_bf16_supported()
    torch.manual_seed(seed)
    some = np.concatenate([utterance.frames for utterance in utterances[::5]])
    model = begun or Classifier(some.mean(0), some.std(0))
    model.train()
    model.dropout.seed(seed)
    optimiser = torch.optim.AdamW(model.parameters(), weight_decay=0.01)
    order = list(range(len(utterances)))
    steps = epochs * -(-len(order) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps)
    lose = nn.CrossEntropyLoss(ignore_index=IGNORED, label_smoothing=0.02)
    chance = Random(seed)  # noqa: S311 - reproducible, no secret
    for _ in range(epochs):
        chance.shuffle(order)
        for at in range(0, len(order), batch):
            chosen = order[at : at + batch]
            frames = torch.from_numpy(np.concatenate([utterances[n].frames for n in chosen]))
            wanted = torch.from_numpy(np.concatenate([targets[n] for n in chosen]))
            with torch.autocast("cpu", torch.bfloat16, enabled=is_half):
                logits = model(frames)
            loss = lose(logits.float(), wanted)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    return model.eval()


@torch.no_grad()
def log_posteriors(model: Classifier, frames: Floats) -> Floats:
    """[frames, classes]."""
    found: Floats = torch.log_softmax(model(torch.from_numpy(frames)), -1).numpy()
    return found


def realign(
    model: Classifier, utterances: Sequence[Utterance], prior: Floats
) -> list[Segments | None]:
    """Lay each utterance's phones along its frames anew."""
    return [
        lay_phones(log_posteriors(model, u.frames) - PRIOR_WEIGHT * prior, u.words)
        for u in utterances
    ]
