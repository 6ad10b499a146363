"""Telephone audio: the companding laws of ITU-T G.711, a table of 256 samples each."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tutor.core.audio.samples import Samples


def _mu_law(code: int) -> int:
    """One µ-law code word as a linear sample (G.711 table 2, scaled to 16 bit)."""
    code = ~code & 0xFF
    magnitude = (((code & 0x0F) << 3) + 0x84 << (code >> 4 & 0x07)) - 0x84
    return -magnitude if code & 0x80 else magnitude


def _a_law(code: int) -> int:
    """One A-law code word as a linear sample (G.711 table 1, scaled to 16 bit)."""
    code ^= 0x55
    segment, step = code >> 4 & 0x07, (code & 0x0F) << 4
    magnitude = step + 8 if segment == 0 else step + 0x108 << segment - 1
    return magnitude if code & 0x80 else -magnitude


def _table(law: Callable[[int], int]) -> Samples:
    return np.array([law(code) for code in range(256)], "<i2")


MU_LAW = _table(_mu_law)
A_LAW = _table(_a_law)


def compress(pcm: bytes, table: Samples) -> bytes:
    """Turn little-endian PCM16 into G.711 code words: to each sample the nearest of the table."""
    order = np.argsort(table, kind="stable")
    levels = table[order].astype(np.int32)
    middles = (levels[1:] + levels[:-1]) // 2
    return order[np.searchsorted(middles, np.frombuffer(pcm, "<i2"))].astype(np.uint8).tobytes()


def expand(data: bytes, table: Samples) -> bytes:
    """Turn G.711 code words, one byte a sample, into little-endian PCM16.

    `table`: `MU_LAW` or `A_LAW`.
    """
    return table[np.frombuffer(data, np.uint8)].tobytes()
