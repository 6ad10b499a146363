"""Silero's voice-activity network at 16 kHz in numpy: the same weights, a fraction of the time.

A runtime's call costs more than the arithmetic of so small a network, and the graph takes the
windows of a stream one by one. Here all that does not depend on the window before is done at once
for all windows of a call; only the recurrent cell goes from window to window, and for all streams
together. Source: the graph of silero-vad 6.2, whose probabilities these are to 1e-4 (see the test).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from tutor.adapters.speech.onnx_weights import Weights, read_weights
from tutor.core.audio.samples import WINDOW

CONTEXT = 64
"""Samples of the window before that the network takes in front of each one."""

INPUT = CONTEXT + WINDOW
"""Samples that the network takes for a window."""

STATE = 128
"""Numbers in the state of the recurrent cell, and as many in its output."""

_PADDING = 64
"""Samples by which the end of the input is mirrored."""

_HOP = 128
"""Samples between two spectra; each is of twice as many."""

_SPECTRA, _BINS = 4, 129
"""The spectra of a window, and the bins of each."""

_ENCODER = "model.encoder.{}.reparam_conv.{}"

_SHAPES = {
    "model.stft.forward_basis_buffer": (2 * _BINS, 1, 2 * _HOP),
    **{
        _ENCODER.format(layer, "weight"): (after, before, 3)
        for layer, (before, after) in enumerate(((_BINS, 128), (128, 64), (64, 64), (64, 128)))
    },
    **{_ENCODER.format(layer, "bias"): (size,) for layer, size in enumerate((128, 64, 64, 128))},
    "model.decoder.rnn.weight_ih": (4 * STATE, 128),
    "model.decoder.rnn.weight_hh": (4 * STATE, STATE),
    "model.decoder.rnn.bias_ih": (4 * STATE,),
    "model.decoder.rnn.bias_hh": (4 * STATE,),
    "model.decoder.decoder.2.weight": (1, STATE, 1),
    "model.decoder.decoder.2.bias": (1,),
}
"""What the file must hold; the network of another release may be another one."""


class Silero:
    """The loaded network."""

    def __init__(self, weights: Mapping[str, Weights]) -> None:
        """`weights`: those of the file, by their names.

        Raises:
            ValueError: they are not this network's.
        """
        _check(weights)
        one, two, three, four = (
            weights[_ENCODER.format(layer, "weight")].transpose(2, 1, 0) for layer in range(4)
        )
        # Of two places the third layer makes one, so its first tap sees nothing but padding; and of
        # this one the fourth layer makes one, so only its middle tap sees anything.
        layers = one.reshape(-1, 128), two.reshape(-1, 64), three[1:].reshape(-1, 64), four[1]
        self._layers = [
            (_laid_out(layer), weights[_ENCODER.format(index, "bias")])
            for index, layer in enumerate(layers)
        ]
        self._basis = _laid_out(weights["model.stft.forward_basis_buffer"][:, 0].T)
        # The logistic function is a tanh of half its argument: one tanh serves all four gates.
        halves = np.repeat(np.array([0.5, 0.5, 1.0, 0.5], np.float32), STATE)
        self._from_input = _laid_out(weights["model.decoder.rnn.weight_ih"].T * halves)
        self._from_output = _laid_out(weights["model.decoder.rnn.weight_hh"].T * halves)
        bias = weights["model.decoder.rnn.bias_ih"] + weights["model.decoder.rnn.bias_hh"]
        self._gate_bias = bias * halves
        self._last = weights["model.decoder.decoder.2.weight"][0, :, 0] * np.float32(0.5)
        self._last_bias = weights["model.decoder.decoder.2.bias"] * np.float32(0.5)

    @classmethod
    def load(cls, path: Path) -> Silero:
        """The network of an ONNX file.

        Raises:
            ValueError: the file holds another one, or none.
        """
        return cls(read_weights(path))

    def gates(self, audio: Weights) -> Weights:
        """What windows give to the gates of the recurrent cell: [windows, 4 * STATE].

        `audio`: [windows, INPUT], each window behind the end of the one before it.
        """
        hidden = _rectified(_around(self._spectra(audio)), *self._layers[0])
        hidden = _rectified(_by_twos(hidden.reshape(len(audio), -1)), *self._layers[1])
        hidden = _rectified(hidden.reshape(len(audio), -1), *self._layers[2])
        hidden = _rectified(hidden, *self._layers[3])
        gates: Weights = hidden @ self._from_input
        gates += self._gate_bias
        return gates

    def recur(self, gates: Weights, counts: Sequence[int], state: Weights) -> Weights:
        """The cell's outputs for all windows; `state` is carried on in place.

        `gates`: the first windows of all streams, then the second ones of those that have a second,
        and so on; `counts`: how many streams have a first window, a second, ... `state`: [2,
        streams, STATE], the cell's last output and its memory.
        """
        outputs = np.empty((len(gates), STATE), np.float32)
        at = 0
        for count in counts:
            output, memory = state[:, :count]
            all_gates = gates[at : at + count] + output @ self._from_output
            np.tanh(all_gates, out=all_gates)
            new, kept, fresh, told = all_gates.reshape(count, 4, STATE).swapaxes(0, 1)
            memory += kept * memory
            memory += fresh + new * fresh
            memory *= 0.5
            np.multiply(np.tanh(memory), 0.5 + 0.5 * told, out=output)
            outputs[at : at + count] = output
            at += count
        return outputs

    def probabilities(self, outputs: Weights) -> list[float]:
        """The probability of speech in each window, 0 to 1, of the cell's outputs."""
        last = np.maximum(outputs, 0.0) @ self._last
        probabilities = 0.5 + 0.5 * np.tanh(last + self._last_bias)
        return [float(probability) for probability in probabilities]

    def _spectra(self, audio: Weights) -> Weights:
        """The magnitudes of each window's spectra: [windows, _SPECTRA, _BINS]."""
        padded = np.empty((len(audio), _SPECTRA + 1, _HOP), np.float32)
        flat = padded.reshape(len(audio), -1)
        flat[:, :INPUT] = audio
        flat[:, INPUT:] = audio[:, INPUT - 2 : INPUT - 2 - _PADDING : -1]
        pieces = np.concatenate((padded[:, :-1], padded[:, 1:]), axis=2).reshape(-1, 2 * _HOP)
        parts = pieces @ self._basis
        parts *= parts
        power = parts[:, :_BINS] + parts[:, _BINS:]
        return np.sqrt(power, out=power).reshape(len(audio), _SPECTRA, _BINS)


def _rectified(rows: Weights, weights: Weights, bias: Weights) -> Weights:
    hidden: Weights = rows @ weights
    hidden += bias
    return np.maximum(hidden, 0.0, out=hidden)


def _around(spectra: Weights) -> Weights:
    """Each spectrum between its neighbours, none beyond the ends: [all spectra, 3 * _BINS]."""
    rows = np.zeros((len(spectra), _SPECTRA, 3, _BINS), np.float32)
    rows[:, 1:, 0] = spectra[:, :-1]
    rows[:, :, 1] = spectra
    rows[:, :-1, 2] = spectra[:, 1:]
    return rows.reshape(-1, 3 * _BINS)


def _by_twos(places: Weights) -> Weights:
    """Every other of four places between its neighbours, none before the first."""
    rows = np.zeros((len(places), 2, 3 * 128), np.float32)
    rows[:, 0, 128:] = places[:, : 2 * 128]
    rows[:, 1] = places[:, 128:]
    return rows.reshape(-1, 3 * 128)


def _laid_out(weights: Weights) -> Weights:
    """The weights as BLAS takes them without a copy."""
    return np.ascontiguousarray(weights, np.float32)


def _check(weights: Mapping[str, Weights]) -> None:
    for name, shape in _SHAPES.items():
        if name not in weights or weights[name].shape != shape:
            raise ValueError(f"not the voice-activity network that this program knows: {name}")
