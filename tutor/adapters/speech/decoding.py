"""Audio files of any common format, decoded by PyAV (FFmpeg) within bounds.

It loads neither numpy nor anything else that is large: the process that decodes others' files
(`decoder`) has little memory.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

import av
from av import AudioFrame, AudioLayout, AudioResampler, AudioStream, Packet
from av.error import FFmpegError

from tutor.core.audio.channels import loudest_of_cancelled
from tutor.core.audio.readable import Readable
from tutor.core.text.one_line import OneLineError

_BYTES_PER_SAMPLE = 2


class MediaError(OneLineError):
    """The file cannot be read as audio; the message is one line."""


class Decoding:
    """An open file; its audio can be read once.

    Raises:
        MediaError: there is no audio in it, or none within the bounds.
    """

    def __init__(
        self, container: av.container.InputContainer, name: str, rate: int, bounds: Readable
    ) -> None:
        if not container.streams.audio:
            raise MediaError(f"{name}: there is no audio in it")
        self._container, self._name = container, name
        self._stream = container.streams.audio[0]
        self._rate, self._bounds = rate, bounds
        self._resampler: AudioResampler | None = None
        self._mono = AudioResampler(format="s16", layout="mono", rate=rate)
        self._form: tuple[str, str, int] | None = None  # of the frames that the resampler takes
        context = self._stream.codec_context
        if context is None:
            raise MediaError(f"{name}: nothing here decodes its audio")
        channels = _channels(context.layout)
        if context.sample_rate and (fault := bounds.fault(context.sample_rate, channels)):
            raise MediaError(f"{name}: {fault}")
        context.options = _options(context.name, channels, bounds)
        duration = container.duration
        self.seconds = duration / av.time_base if duration and duration > 0 else None
        """Seconds of audio that the file states; None when it states none."""
        self.damage: str | None = None
        """Why the file could be read in part only; known when its audio was read."""

    def audio(self) -> Iterator[bytes]:
        """The audio as mono PCM16 at the rate that was asked for, bit by bit.

        What cannot be decoded is left out. A stream whose rate or layout changes is read on. Of
        channels that cancel each other, as where one is inverted, the loudest one is taken.
        """
        for frame in self._frames():
            samples, rate, channels = frame.samples, frame.sample_rate, _channels(frame.layout)
            if fault := self._bounds.frame_fault(samples, rate, channels):
                self.damage = fault
                break
            yield from self._resampled(frame)
        yield from self._rest()

    def _resampled(self, frame: AudioFrame) -> Iterator[bytes]:
        form = frame.format.name, frame.layout.name, frame.sample_rate
        if form != self._form:
            yield from self._rest()
            self._form = form
            layout = _kept_layout(frame.layout)
            self._resampler = AudioResampler(format="s16", layout=layout, rate=self._rate)
            self._mono = AudioResampler(format="s16", layout="mono", rate=self._rate)
        assert self._resampler is not None
        try:
            for resampled in self._resampler.resample(frame):
                yield from self._as_mono(resampled)
        except (FFmpegError, ValueError) as error:
            self.damage, self._resampler, self._form = _reason(error), None, None

    def _rest(self) -> Iterator[bytes]:
        """What the resampler still holds."""
        resampler, self._resampler, self._form = self._resampler, None, None
        if resampler is not None:
            for resampled in resampler.resample(None):
                yield from self._as_mono(resampled)

    def _as_mono(self, frame: AudioFrame) -> Iterator[bytes]:
        """The samples of a frame, its channels' in turn, as one channel."""
        count = _channels(frame.layout)
        # Of more than eight planes PyAV knows the first ones only, so they are in one.
        samples = bytes(frame.planes[0])[: frame.samples * count * _BYTES_PER_SAMPLE]
        if count == 1:
            yield samples
            return
        mixed = b"".join(map(_pcm, self._mono.resample(frame)))
        loudest = loudest_of_cancelled(samples, count, mixed)
        yield mixed if loudest is None else loudest

    def _frames(self) -> Iterator[AudioFrame]:
        try:
            for packet in self._container.demux(self._stream):
                yield from self._decoded(packet)
        except (FFmpegError, OSError, ValueError) as error:
            self.damage = _reason(error)

    def _decoded(self, packet: Packet[AudioStream]) -> list[AudioFrame]:
        try:
            return packet.decode()
        except (FFmpegError, ValueError) as error:
            self.damage = _reason(error)
            return []


@contextmanager
def open_decoding(
    file: BinaryIO, name: str, rate: int, bounds: Readable | None = None
) -> Iterator[Decoding]:
    """Open a recording from a file that is open for reading at its beginning.

    `rate`: samples per second that its audio is to have.

    Raises:
        MediaError: there is no audio in it, or none within the bounds.
    """
    try:
        # A playlist must not make us open other files or addresses.
        with av.open(file, "r", options={"protocol_whitelist": "none"}) as container:
            yield Decoding(container, name, rate, bounds or Readable())
    except (FFmpegError, OSError, ValueError) as error:
        raise MediaError(f"{name}: {_reason(error)}") from error


def _channels(layout: AudioLayout) -> int:
    """How many channels a layout has.

    A file may put its channels into an order of its own. PyAV 18.1 takes FFmpeg's struct of such a
    layout without a copy, and frees it again when the `AudioLayout` goes: eight channels in an AIFF
    ended the process. So such an object never goes; it is small, and there are few such files.
    """
    if " channels (" in layout.name:
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(layout))
    return layout.nb_channels


def _kept_layout(layout: AudioLayout) -> str:
    """The layout in which a frame's channels are looked at: its own, where FFmpeg knows its name;
    an order of the file's own is mixed unseen."""
    count = _channels(layout)
    if count == 2:
        return "stereo"
    return "mono" if count == 1 or "(" in layout.name else layout.name


def _options(codec: str, channels: int, bounds: Readable) -> dict[str, str]:
    """FFmpeg's options for the decoder of a stream: our bound holds before a frame is allocated,
    and the frames of plain samples have channels in no order of their own."""
    options = {"max_samples": str(bounds.frame_samples)}
    if codec.startswith(("pcm_", "adpcm_")):
        options["ch_layout"] = f"{channels} channels"
    return options


def _pcm(frame: AudioFrame) -> bytes:
    return bytes(frame.planes[0])[: frame.samples * _BYTES_PER_SAMPLE]


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error)
