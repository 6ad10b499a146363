"""A Whisper of any shape with random weights, for CTranslate2: it costs what a real one of that
shape costs and hears nothing, where real weights cannot be had.

    python etc/bench/random_whisper.py turbo FOLDER
"""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from ctranslate2.specs.whisper_spec import WhisperSpec

from tutor.adapters.settings import Settings
from tutor.adapters.speech.models.weights import resolve_model

AUDIO_CONTEXT = 1500
"""Positions of the encoder: 30 s."""

TEXT_CONTEXT = 448


@dataclass(frozen=True)
class Shape:
    """The shape of a Whisper."""

    width: int
    heads: int
    encoder_layers: int
    decoder_layers: int
    mels: int


SHAPES = {
    "tiny-random": Shape(64, 2, 1, 1, 80),
    "tiny-random-128": Shape(64, 2, 1, 1, 128),
    "base": Shape(512, 8, 6, 6, 80),
    "small": Shape(768, 12, 12, 12, 80),
    "turbo": Shape(1280, 20, 32, 4, 128),
}
"""The shapes of OpenAI's models, and two that are loaded in a moment."""


def make_random_whisper(
    folder: Path, shape: Shape, *, dtype: str = "float32", seed: int = 0
) -> None:
    """Write such a model into an empty folder, with the vocabulary and the tokenizer of base.

    `dtype`: the numbers' type on the disk, `float32` or `float16`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    base = resolve_model("base", Settings.load().cache_dir)
    vocabulary: list[str] = json.loads((base / "vocabulary.json").read_bytes())
    spec = WhisperSpec(shape.encoder_layers, shape.heads, shape.decoder_layers, shape.heads)
    filler = _Filler(shape.width, np.random.default_rng(seed), np.dtype(dtype))
    _fill(spec, shape, len(vocabulary), filler)
    spec.register_vocabulary(vocabulary)
    config = json.loads((base / "config.json").read_bytes())
    last = shape.decoder_layers - 1
    heads = [[last, head] for head in range(shape.heads)]
    known = {name: config[name] for name in ("suppress_ids", "suppress_ids_begin", "lang_ids")}
    _set(spec.config, alignment_heads=heads, **known)
    spec.validate()
    spec.optimize(quantization=None)
    spec.save(str(folder))
    shutil.copy(base / "tokenizer.json", folder)


@dataclass(frozen=True)
class _Filler:
    """Gives the parts of a model their weights."""

    width: int
    rng: np.random.Generator
    dtype: Any

    def random(self, *size: int) -> Any:
        return (self.rng.standard_normal(size, np.float32) * 0.02).astype(self.dtype)

    def norm(self, one: Any) -> None:
        ones = np.ones(self.width, self.dtype)
        _set(one, gamma=ones, beta=np.zeros(self.width, self.dtype))

    def linear(self, one: Any, inputs: int, outputs: int) -> None:
        _set(one, weight=self.random(outputs, inputs), bias=np.zeros(outputs, self.dtype))

    def convolution(self, one: Any, inputs: int) -> None:
        bias = np.zeros(self.width, self.dtype)
        _set(one, weight=self.random(self.width, inputs, 3), bias=bias)

    def attention(self, one: Any, *outputs: int) -> None:
        """`outputs`: of each of its layers, in widths: queries, keys and values may be one."""
        self.norm(one.layer_norm)
        for layer, widths in zip(one.linear, outputs, strict=True):
            self.linear(layer, self.width, widths * self.width)

    def feed_forward(self, one: Any) -> None:
        self.norm(one.layer_norm)
        self.linear(one.linear_0, self.width, 4 * self.width)
        self.linear(one.linear_1, 4 * self.width, self.width)


def _set(part: Any, **values: Any) -> None:
    for name, value in values.items():
        setattr(part, name, value)


def _fill(spec: Any, shape: Shape, words: int, filler: _Filler) -> None:
    encoder, decoder = spec.encoder, spec.decoder
    filler.convolution(encoder.conv1, shape.mels)
    filler.convolution(encoder.conv2, shape.width)
    for part, positions in ((encoder, AUDIO_CONTEXT), (decoder, TEXT_CONTEXT)):
        _set(part.position_encodings, encodings=filler.random(positions, shape.width))
    embeddings = filler.random(words, shape.width)
    for part in (decoder.embeddings, decoder.projection):
        _set(part, weight=embeddings)
    for layer in encoder.layer:
        filler.attention(layer.self_attention, 3, 1)
        filler.feed_forward(layer.ffn)
    for layer in decoder.layer:
        filler.attention(layer.self_attention, 3, 1)
        filler.attention(layer.attention, 1, 2, 1)
        filler.feed_forward(layer.ffn)
    filler.norm(encoder.layer_norm)
    filler.norm(decoder.layer_norm)


if __name__ == "__main__":
    make_random_whisper(Path(sys.argv[2]), SHAPES[sys.argv[1]], dtype="float16")
