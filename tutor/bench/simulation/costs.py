"""What recognitions cost where they run, for the simulation: measured, or assumed and said so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from tutor.core.audio.recognition import Kind


@dataclass(frozen=True)
class Call:
    """What one call of a recogniser takes."""

    alone_s: float
    """Seconds in which the device could do other calls' work: launches, waiting for memory."""
    device_s: float
    """Seconds in which the device does this call's work alone."""


class Costs(Protocol):
    """The costs of one device's calls."""

    def call(
        self,
        kind: Kind,
        window_s: float,
        members: int,
        tokens: int,
        *,
        scripts: int = 1,
        languages: int = 1,
    ) -> Call:
        """A call for so many members in one window, the longest with so many tokens; they are
        decoded script by script, and their words found language by language."""


@dataclass(frozen=True)
class MeasuredCosts:
    """A CPU's costs as a benchmark found them: a mean for each kind, one member a call."""

    mean_s: Mapping[str, float]

    def call(
        self,
        kind: Kind,
        window_s: float,  # noqa: ARG002
        members: int,
        tokens: int,  # noqa: ARG002
        *,
        scripts: int = 1,  # noqa: ARG002
        languages: int = 1,  # noqa: ARG002
    ) -> Call:
        """As long as such a recognition took on average, for each member."""
        return Call(0.0, members * self.mean_s[kind])


@dataclass(frozen=True)
class WhisperShape:
    """What of a Whisper's shape costs."""

    encoder_parameters: float
    decoder_parameters: float
    """With the embeddings, which are read at each step."""
    width: int
    encoder_layers: int
    decoder_layers: int


TURBO = WhisperShape(635e6, 172e6, 1280, 32, 4)
BASE = WhisperShape(20e6, 52e6, 512, 6, 6)

FRAMES_PER_SECOND = 50
"""Of the encoder's output."""

LAUNCHES_PER_LAYER = 25


@dataclass(frozen=True)
class AssumedGpu:
    """A GPU's costs, reckoned from its data sheet: nothing of it was measured."""

    shapes: Mapping[Kind, WhisperShape]
    beams: Mapping[Kind, int]
    flops: float = 990e12 * 0.30
    """Of dense float16 products; CTranslate2 is assumed to reach 30 % of the data sheet's."""
    bytes_per_s: float = 4.8e12 * 0.5
    """Of memory; half of the data sheet's."""
    launch_s: float = 5e-6
    """Of one kernel."""
    row_s: float = 6e-6
    """Of one row of a step beyond reading the weights: attention, logits, search."""

    def call(
        self,
        kind: Kind,
        window_s: float,
        members: int,
        tokens: int,
        *,
        scripts: int = 1,
        languages: int = 1,
    ) -> Call:
        """Encode, decode step by step, align in one pass; each is bound by launches or by the
        device."""
        shape, frames = self.shapes[kind], window_s * FRAMES_PER_SECOND
        products = 2 * shape.encoder_parameters * frames
        attention = 4 * shape.encoder_layers * shape.width * frames * frames
        encode = members * (products + attention) / self.flops
        weights = 2 * shape.decoder_parameters / self.bytes_per_s
        steps = scripts * tokens
        decode = steps * weights + tokens * members * self.beams[kind] * self.row_s
        align = languages * weights + tokens * members * self.row_s
        launches = LAUNCHES_PER_LAYER * self.launch_s
        passes = steps + languages
        bound = shape.encoder_layers * launches + passes * shape.decoder_layers * launches
        device = encode + decode + align
        return Call(max(0.0, bound - device), device)


def h200(partials: WhisperShape = TURBO) -> AssumedGpu:
    """One H200 with turbo for finals (beam 5), and a model of a shape for partials (beam 1)."""
    return AssumedGpu({"partial": partials, "final": TURBO}, {"partial": 1, "final": 5})


def slower(gpu: AssumedGpu, times: float) -> AssumedGpu:
    """A GPU whose every cost is so many times as high: how far a figure hangs on assumptions."""
    return replace(
        gpu,
        flops=gpu.flops / times,
        bytes_per_s=gpu.bytes_per_s / times,
        launch_s=gpu.launch_s * times,
        row_s=gpu.row_s * times,
    )
