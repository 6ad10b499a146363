"""Log-mel spectrograms as Whisper takes them, of just the audio, padded to a window.

The arithmetic is faster-whisper's (and OpenAI's): Hann window of 25 ms, hop of 10 ms, 80 or 128 mel
bands, log10, at most 80 dB below the loudest, scaled. Only the padding is ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import numpy as np
import numpy.typing as npt

from tutor.core.audio.samples import Audio

LogMel = Callable[[Sequence[Audio], int], Any]
"""Takes float32 audios at 16 kHz and a window in frames; gives CTranslate2's [batch, bands,
frames]. What lies after an audio is zero, as in faster-whisper."""

FRAMES_PER_SECOND = 100

_N_FFT = 400
_HOP = 160
_DYNAMIC_RANGE = 8.0
"""Powers of ten between the loudest and the faintest that is told apart from it."""


def numpy_log_mel(filters: npt.NDArray[np.float32], device: str) -> LogMel:  # noqa: ARG001
    """Log-mel on the CPU; `filters`: [bands, 201]."""
    import ctranslate2

    window = np.hanning(_N_FFT + 1)[:-1].astype(np.float32)

    def one(audio: Audio) -> npt.NDArray[np.float32]:
        # A hop of silence behind the audio, and half a window mirrored on either side.
        padded = np.pad(np.pad(audio, (0, _HOP)), _N_FFT // 2, mode="reflect")
        frames = np.lib.stride_tricks.sliding_window_view(padded, _N_FFT)[::_HOP][:-1]
        power = np.abs(np.fft.rfft(frames * window, axis=-1)).astype(np.float32) ** 2
        log = np.log10(np.maximum(filters @ power.T, 1e-10))
        mel: npt.NDArray[np.float32] = (np.maximum(log, log.max() - _DYNAMIC_RANGE) + 4.0) / 4.0
        return mel

    def log_mel(audios: Sequence[Audio], frames: int) -> Any:
        batch = np.zeros((len(audios), len(filters), frames), np.float32)
        for row, audio in zip(batch, audios, strict=True):
            mel = one(audio)[:, :frames]
            row[:, : mel.shape[1]] = mel
        return ctranslate2.StorageView.from_array(batch)

    return log_mel


def torch_log_mel(filters: npt.NDArray[np.float32], device: str) -> LogMel:
    """Log-mel of a whole batch at once on a GPU; `filters`: [bands, 201]."""
    import ctranslate2
    import torch

    bank = torch.from_numpy(filters).to(device)
    window = torch.hann_window(_N_FFT, device=device)
    on_stream = _own_stream(torch) if device == "cuda" else nullcontext

    def log_mel(audios: Sequence[Audio], frames: int) -> Any:
        with on_stream():
            out = one_batch(audios, frames)
        return ctranslate2.StorageView.from_array(out if device == "cuda" else out.numpy())

    def one_batch(audios: Sequence[Audio], frames: int) -> Any:
        longest = max(len(audio) for audio in audios)
        batch = np.zeros((len(audios), longest + _HOP), np.float32)
        for row, audio in zip(batch, audios, strict=True):
            row[: len(audio)] = audio
        spectrum = torch.stft(
            torch.from_numpy(batch).to(device), _N_FFT, _HOP, window=window, return_complex=True
        )
        log = torch.log10(torch.clamp(bank @ (spectrum[..., :-1].abs() ** 2), min=1e-10))
        out = torch.zeros(len(audios), len(filters), frames, device=device)
        for row, whole, audio in zip(out, log, audios, strict=True):
            own = min(frames, len(audio) // _HOP + 1)
            mel = whole[:, :own]
            row[:, :own] = (torch.maximum(mel, mel.max() - _DYNAMIC_RANGE) + 4.0) / 4.0
        return out

    return log_mel


def _own_stream(torch: Any) -> Callable[[], AbstractContextManager[None]]:
    """A context in which torch works on a stream of its own, and at whose end it has done so.

    On the default one each kernel waits for those of all other streams of the process, and they for
    it: recognisers side by side would take turns.
    """
    torch.cuda.current_stream().synchronize()  # the filters are there
    stream = torch.cuda.Stream()

    @contextmanager
    def on_stream() -> Iterator[None]:
        with torch.cuda.stream(stream):
            yield
        stream.synchronize()  # CTranslate2 reads the result on another stream

    return on_stream
