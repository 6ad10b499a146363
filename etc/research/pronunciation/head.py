"""Train heads: from what a classifier says of an utterance to experts' scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from corpus import Utterance
from torch import nn

from tutor.adapters.feedback.phones import PHONES
from tutor.core.feedback.pronunciation.features import (
    PHONE_FEATURES,
    UTTERANCE_FEATURES,
    WORD_FEATURES,
    Description,
)
from tutor.core.feedback.pronunciation.networks import (
    HEADS,
    LAYERS,
    SENTENCES,
    Inputs,
    Scores,
    standardise,
)

Floats = npt.NDArray[np.float32]

WIDTH = 96
INPUTS = 2 * PHONE_FEATURES + WORD_FEATURES
BATCH = 32
LOSSES = (3.0, 2.0, 4.0)
"""Weights of phones, words and sentences."""


def scaling(
    descriptions: Sequence[Description], utterances: Sequence[Utterance]
) -> dict[str, Floats]:
    """Means and deviations over the training utterances."""
    features = np.concatenate([d.features for d in descriptions])
    phones = np.concatenate([d.phones for d in descriptions])
    vectors = np.concatenate([d.vectors for d in descriptions])
    whole = np.stack([np.concatenate([d.utterance, d.mean, d.deviation]) for d in descriptions])
    phone_mean, phone_deviation = _per_phone(features[:, :PHONE_FEATURES], phones)
    scores = _targets(utterances)
    tables = {
        "feature_mean": features.mean(0),
        "feature_deviation": features.std(0) + 1e-3,
        "phone_mean": phone_mean,
        "phone_deviation": phone_deviation,
        "vector_mean": vectors.mean(0),
        "vector_deviation": vectors.std(0) + 1e-3,
        "whole_mean": whole.mean(0),
        "whole_deviation": whole.std(0) + 1e-3,
        "score_mean": np.array([np.nanmean(s) for s in scores], np.float32),
        "score_deviation": np.array([np.nanstd(s) for s in scores], np.float32),
    }
    return {name: np.asarray(table, np.float32) for name, table in tables.items()}


def _targets(utterances: Sequence[Utterance]) -> list[Floats]:
    """All phone, word and four sentence scores."""
    sentences = np.stack([u.sentence_scores for u in utterances])
    return [
        np.concatenate([u.phone_scores for u in utterances]),
        np.concatenate([u.word_scores for u in utterances]),
        *sentences.T,
    ]


def _per_phone(features: Floats, phones: npt.NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Mean and deviation for each class, drawn to the whole where there are few."""
    whole_mean, whole_deviation = features.mean(0), features.std(0) + 1e-3
    means = np.tile(whole_mean, (len(PHONES) + 1, 1))
    deviations = np.tile(whole_deviation, (len(PHONES) + 1, 1))
    for phone in np.unique(phones):
        own = features[phones == phone]
        share = len(own) / (len(own) + 20)
        means[phone] = share * own.mean(0) + (1 - share) * whole_mean
        deviations[phone] = share * own.std(0) + (1 - share) * whole_deviation + 1e-3
    return means, deviations


@dataclass(frozen=True)
class Batch:
    """Utterances padded to the longest."""

    features: torch.Tensor
    vectors: torch.Tensor
    whole: torch.Tensor
    phones: torch.Tensor
    places: torch.Tensor
    padding: torch.Tensor
    """[batch, phones], true behind the end."""
    membership: torch.Tensor
    """[batch, words, phones], true where a phone belongs to a word."""


def collate(items: Sequence[tuple[Description, Inputs]]) -> Batch:
    """Pad utterances to one size."""
    size = max(len(d.phones) for d, _ in items)
    words = max(int(d.word_of[-1]) + 1 for d, _ in items)
    padding = np.ones((len(items), size), bool)
    membership = np.zeros((len(items), words, size), bool)
    phones = np.zeros((len(items), size), np.int64)
    places = np.zeros((len(items), size), np.int64)
    features = np.zeros((len(items), size, items[0][1].features.shape[1]), np.float32)
    vectors = np.zeros((len(items), size, items[0][0].vectors.shape[1]), np.float32)
    for row, (d, inputs) in enumerate(items):
        n = len(d.phones)
        padding[row, :n] = False
        membership[row, d.word_of, np.arange(n)] = True
        phones[row, :n], places[row, :n] = d.phones, d.place
        features[row, :n], vectors[row, :n] = inputs.features, inputs.vectors
    whole = np.stack([inputs.whole for _, inputs in items]).astype(np.float32)
    arrays = (features, vectors, whole, phones, places, padding, membership)
    return Batch(*(torch.from_numpy(array) for array in arrays))


class Block(nn.Module):
    """A layer of a transformer, normalised before."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.before = nn.LayerNorm(WIDTH)
        self.mix = nn.Linear(WIDTH, 3 * WIDTH)
        self.merge = nn.Linear(WIDTH, WIDTH)
        self.between = nn.LayerNorm(WIDTH)
        self.widen = nn.Linear(WIDTH, 2 * WIDTH)
        self.narrow = nn.Linear(2 * WIDTH, WIDTH)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: torch.Tensor, padding: torch.Tensor) -> torch.Tensor:
        """[batch, tokens, WIDTH]."""
        batch, tokens, _ = x.shape
        mixed = self.mix(self.before(x)).view(batch, tokens, 3, HEADS, WIDTH // HEADS)
        query, key, value = mixed.permute(2, 0, 3, 1, 4)
        scores = query @ key.transpose(-1, -2) / (WIDTH // HEADS) ** 0.5
        weights = scores.masked_fill(padding[:, None, None], -1e9).softmax(-1)
        heard = (self.dropout(weights) @ value).transpose(1, 2).reshape(batch, tokens, WIDTH)
        x = x + self.dropout(self.merge(heard))
        wide = nn.functional.gelu(self.widen(self.between(x)), approximate="tanh")
        result: torch.Tensor = x + self.dropout(self.narrow(self.dropout(wide)))
        return result


class Head(nn.Module):
    """A small transformer over phones and one token for each sentence score."""

    def __init__(self, width: int, inputs: int = INPUTS, dropout: float = 0.2) -> None:
        super().__init__()
        self.features = nn.Linear(inputs, WIDTH)
        self.vectors = nn.Linear(width, WIDTH)
        self.gate = nn.Embedding(len(PHONES) + 1, WIDTH)
        self.phone = nn.Embedding(len(PHONES) + 1, WIDTH)
        self.place = nn.Embedding(4, WIDTH)
        self.sentence = nn.Embedding(SENTENCES, WIDTH)
        self.whole = nn.Linear(UTTERANCE_FEATURES + 2 * width, WIDTH)
        self.blocks = nn.ModuleList(Block(dropout) for _ in range(LAYERS))
        self.after = nn.LayerNorm(WIDTH)
        self.of_phone = nn.Linear(WIDTH, 1)
        self.doubt = nn.Linear(WIDTH, 1)
        self.of_word = nn.Linear(2 * WIDTH, 1)
        self.of_sentence = nn.Linear(WIDTH, SENTENCES)
        self.dropout = nn.Dropout(dropout)
        self.hard = nn.Dropout(0.4)
        for embedding in (self.phone, self.place, self.sentence):
            nn.init.normal_(embedding.weight, std=0.1)
        nn.init.zeros_(self.gate.weight)

    def forward(self, batch: Batch) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Standardised scores: [batch, phones], [batch, words], [batch, SENTENCES]."""
        x = self.features(batch.features)
        x = x + (1 + self.gate(batch.phones)) * self.vectors(self.hard(batch.vectors))
        x = x + self.phone(batch.phones) + self.place(batch.places)
        whole = self.whole(self.hard(batch.whole))[:, None] + self.sentence.weight
        x = self.dropout(torch.cat([whole, x], 1))
        padding = nn.functional.pad(batch.padding, (SENTENCES, 0))
        for block in self.blocks:
            x = block(x, padding)
        x = self.after(x)
        phones = x[:, SENTENCES:]
        of_sentence = torch.diagonal(self.of_sentence(x[:, :SENTENCES]), dim1=1, dim2=2)
        return self.of_phone(phones)[..., 0], self._words(phones, batch.membership), of_sentence

    def _words(self, phones: torch.Tensor, membership: torch.Tensor) -> torch.Tensor:
        """Mean of the word's phones, and the one most in doubt, softly."""
        inside = membership.float()
        mean = inside @ phones / inside.sum(-1, keepdim=True).clamp(min=1)
        doubt = self.doubt(phones)[..., 0][:, None].expand_as(inside)
        weights = doubt.masked_fill(~membership, -1e9).softmax(-1)
        words: torch.Tensor = self.of_word(torch.cat([mean, weights @ phones], -1))[..., 0]
        return words


def train(
    descriptions: Sequence[Description],
    utterances: Sequence[Utterance],
    scales: dict[str, Floats],
    epochs: int = 20,
    seed: int = 1,
    rate: float = 1.5e-3,
    shown: Sequence[Inputs] | None = None,
) -> Head:
    """Train one head; `shown`: what it sees of the descriptions, if not just their standard."""
    torch.manual_seed(seed)
    shown = shown or [standardise(d, scales) for d in descriptions]
    model = Head(descriptions[0].vectors.shape[1], shown[0].features.shape[1])
    items = list(zip(descriptions, shown, strict=True))
    wanted = [standard(u, scales) for u in utterances]
    optimiser = torch.optim.AdamW(model.parameters(), weight_decay=0.05)
    steps = epochs * (len(items) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps)
    chance = np.random.default_rng(seed)
    model.train()
    for _ in range(epochs):
        for rows in _batches([len(d.phones) for d in descriptions], chance):
            loss = _loss(model, collate([items[n] for n in rows]), [wanted[n] for n in rows])
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
    return model.eval()


def _batches(lengths: Sequence[int], chance: np.random.Generator) -> list[npt.NDArray[np.int64]]:
    """Indices in batches of about one length, which wastes little on padding."""
    order = np.argsort(np.array(lengths) + chance.uniform(-4, 4, len(lengths)))
    batches = [order[at : at + BATCH] for at in range(0, len(order) - BATCH + 1, BATCH)]
    return [batches[n] for n in chance.permutation(len(batches))]


def standard(utterance: Utterance, scales: dict[str, Floats]) -> Scores:
    """The scores to learn, standardised; a word's are half the experts' median, half their mean."""
    mean, deviation = scales["score_mean"], scales["score_deviation"]
    return Scores(
        (utterance.phone_scores - mean[0]) / deviation[0],
        (_between(utterance) - mean[1]) / deviation[1],
        (utterance.sentence_scores - mean[2:]) / deviation[2:],
    )


def _between(utterance: Utterance) -> Floats:
    between: Floats = np.mean(
        [utterance.word_scores, utterance.word_means], axis=0, dtype=np.float32
    )
    return between


def _loss(model: Head, batch: Batch, wanted: Sequence[Scores]) -> torch.Tensor:
    phones, words, sentence = model(batch)
    losses = (
        _error(phones, [w.phones for w in wanted]),
        _error(words, [w.words for w in wanted]),
        ((sentence - torch.from_numpy(np.stack([w.sentence for w in wanted]))) ** 2).mean(),
    )
    total: torch.Tensor = sum(
        (weight * loss for weight, loss in zip(LOSSES, losses, strict=True)), torch.zeros(())
    )
    return total


def _error(found: torch.Tensor, wanted: Sequence[Floats]) -> torch.Tensor:
    """Mean squared error over what is known."""
    padded = np.full(found.shape, np.nan, np.float32)
    for row, values in zip(padded, wanted, strict=True):
        row[: len(values)] = values
    target = torch.from_numpy(padded)
    known = ~torch.isnan(target)
    error: torch.Tensor = ((found - target)[known] ** 2).mean()
    return error
