"""Whisper base in torch, from CTranslate2's weights, with low-rank updates that can be trained."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from tutor.adapters.speech.models.adaptation import Factors
from tutor.adapters.speech.models.ctranslate2_file import ModelFile

WIDTH, HEADS, LAYERS = 512, 8, 6
ALPHA = 32.0
"""The updates are multiplied by `ALPHA / rank`, so that the learning rate suits every rank."""


def _tensor(model: ModelFile, name: str) -> Tensor:
    return torch.from_numpy(model.variables[name].astype(np.float32))


FROZEN = 2
"""Layers at the encoder's bottom that stay as they are: a sixth less to compute."""


class Updated(torch.autograd.Function):
    """A linear layer with `scale * up @ down` in its weight, whose gradients are only the factors'.

    Adding the update to the weight costs less than adding it to the output of thousands of frames.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, layer: Linear, down: Tensor, up: Tensor) -> Tensor:
        """Give [..., out] for [..., in]."""
        ctx.save_for_backward(x, down, up)
        ctx.layer = layer
        return functional.linear(x, layer.updated(), layer.bias)

    @staticmethod
    def backward(ctx: Any, given: Tensor) -> tuple[Tensor, None, Tensor, Tensor]:
        """The gradients of x, down and up."""
        x, down, up = ctx.saved_tensors
        rows, inputs = given.flatten(0, -2), x.flatten(0, -2)
        to_down = (rows @ up).T @ inputs
        to_up = rows.T @ (inputs @ down.T)
        scale = ctx.layer.scale
        return given @ ctx.layer.updated(), None, scale * to_down, scale * to_up


class Linear(nn.Module):
    """A frozen linear layer with a low-rank update."""

    def __init__(self, model: ModelFile, name: str, rank: int) -> None:
        super().__init__()
        self.name = name
        self.weight = _tensor(model, f"{name}/weight")
        self.bias = _tensor(model, f"{name}/bias")
        outs, ins = self.weight.shape
        self.down = nn.Parameter(torch.randn(rank, ins) / math.sqrt(ins))
        self.up = nn.Parameter(torch.zeros(outs, rank))
        self.scale = ALPHA / rank

    def forward(self, x: Tensor) -> Tensor:
        """Give [..., out] for [..., in]."""
        result: Tensor = Updated.apply(x, self, self.down, self.up)  # type: ignore[no-untyped-call]
        return result

    def updated(self) -> Tensor:
        """The weight with the update in it."""
        return torch.addmm(self.weight, self.up, self.down, alpha=self.scale)

    def factors(self) -> Factors:
        """The trained update."""
        down, up = self.down.detach().numpy(), self.up.detach().numpy()
        return Factors.of(down, np.float32(self.scale) * up)


class Norm(nn.Module):
    """A frozen layer normalisation."""

    def __init__(self, model: ModelFile, name: str) -> None:
        super().__init__()
        self.gamma, self.beta = _tensor(model, f"{name}/gamma"), _tensor(model, f"{name}/beta")

    def forward(self, x: Tensor) -> Tensor:
        """Give [..., 512], normalised."""
        return functional.layer_norm(x, (WIDTH,), self.gamma, self.beta)


class Attention(nn.Module):
    """Attention of a sequence to itself, or to the encoder's output."""

    def __init__(self, model: ModelFile, name: str, rank: int, *, across: bool = False) -> None:
        super().__init__()
        self.across = across
        self.norm = Norm(model, f"{name}/layer_norm")
        self.layers = nn.ModuleList(
            Linear(model, f"{name}/linear_{n}", rank) for n in range(3 if across else 2)
        )

    def forward(self, x: Tensor, memory: Tensor | None = None, causal: bool = False) -> Tensor:
        """Give [batch, length, 512] for it and the encoder's [batch, frames, 512]."""
        h = self.norm(x)
        if self.across:
            q = self.layers[0](h)
            k, v = self.layers[1](memory).chunk(2, -1)
        else:
            q, k, v = self.layers[0](h).chunk(3, -1)
        q, k, v = (self._heads(t) for t in (q, k, v))
        heard = functional.scaled_dot_product_attention(q, k, v, is_causal=causal)
        added: Tensor = self.layers[-1](heard.transpose(1, 2).reshape(x.shape))
        return x + added

    @staticmethod
    def _heads(x: Tensor) -> Tensor:
        return x.view(len(x), -1, HEADS, WIDTH // HEADS).transpose(1, 2)


class FeedForward(nn.Module):
    """The two layers after an attention."""

    def __init__(self, model: ModelFile, name: str, rank: int) -> None:
        super().__init__()
        self.norm = Norm(model, f"{name}/layer_norm")
        self.layers = nn.ModuleList(Linear(model, f"{name}/linear_{n}", rank) for n in range(2))

    def forward(self, x: Tensor) -> Tensor:
        """Give [batch, length, 512] for the same shape."""
        added: Tensor = self.layers[1](functional.gelu(self.layers[0](self.norm(x))))
        return x + added


class AdaptedWhisper(nn.Module):
    """Whisper base whose only parameters are the low-rank updates of its linear layers."""

    def __init__(self, model: ModelFile, rank: int) -> None:
        super().__init__()
        self.convolutions = [
            (_tensor(model, f"encoder/conv{n}/weight"), _tensor(model, f"encoder/conv{n}/bias"))
            for n in (1, 2)
        ]
        self.encoder_positions = _tensor(model, "encoder/position_encodings/encodings")
        self.decoder_positions = _tensor(model, "decoder/position_encodings/encodings")
        self.embeddings = _tensor(model, "decoder/embeddings/weight")
        self.encoder_norm = Norm(model, "encoder/layer_norm")
        self.decoder_norm = Norm(model, "decoder/layer_norm")
        self._encoder = [
            (
                Attention(model, f"encoder/layer_{n}/self_attention", rank),
                FeedForward(model, f"encoder/layer_{n}/ffn", rank),
            )
            for n in range(LAYERS)
        ]
        self._decoder = [
            (
                Attention(model, f"decoder/layer_{n}/self_attention", rank),
                Attention(model, f"decoder/layer_{n}/attention", rank, across=True),
                FeedForward(model, f"decoder/layer_{n}/ffn", rank),
            )
            for n in range(LAYERS)
        ]
        every = (part for layer in (*self._encoder, *self._decoder) for part in layer)
        self.parts = nn.ModuleList(every)

    def encode(self, mel: Tensor) -> Tensor:
        """Log-mel [batch, 80, frames] to [batch, frames / 2, 512]."""
        with torch.no_grad():
            x = functional.gelu(functional.conv1d(mel, *self.convolutions[0], padding=1))
            x = functional.gelu(
                functional.conv1d(x, *self.convolutions[1], stride=2, padding=1)
            ).transpose(1, 2)
            x = x + self.encoder_positions[: x.shape[1]]
            for attention, feed_forward in self._encoder[:FROZEN]:
                x = feed_forward(attention(x))
        for attention, feed_forward in self._encoder[FROZEN:]:
            x = feed_forward(attention(x))
        memory: Tensor = self.encoder_norm(x)
        return memory

    def decode(self, tokens: Tensor, memory: Tensor) -> Tensor:
        """Logits [batch, length, vocabulary] of what follows each token [batch, length]."""
        x = self.embeddings[tokens] + self.decoder_positions[: tokens.shape[1]]
        for attention, across, feed_forward in self._decoder:
            x = feed_forward(across(attention(x, causal=True), memory))
        last: Tensor = self.decoder_norm(x)
        return last @ self.embeddings.T

    def factors(self) -> Iterator[tuple[str, Factors]]:
        """The name and the update of each weight."""
        for module in self.modules():
            # The factors of frozen layers are as they began: no update.
            if isinstance(module, Linear) and module.up.any():
                yield f"{module.name}/weight", module.factors()
