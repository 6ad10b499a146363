"""A zoo of recordings: whatever a file says, it is read within bounds or refused by name."""

import gc
import io
import json
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Never

import pytest
from hypothesis import example, given, reject
from hypothesis import strategies as st

from tests.support.examples import few
from tests.support.odd_recordings import FIXED, FORMS, LAYOUTS, encoded, flac_of_a_constant, peak
from tutor.adapters.speech.decoding import MediaError, open_decoding
from tutor.core.audio.readable import Readable
from tutor.core.audio.samples import BYTES_PER_SAMPLE, RATE

MOST = 96 * 2**20
"""Bytes of memory that no file may take: a frame of the bound as doubles, and what holds it."""

NAMES = (*FORMS, *FIXED)

needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="measures by /proc")


def read(file: bytes, bounds: Readable | None = None) -> tuple[float, str | None]:
    """Seconds of a file's audio, and what was wrong with it."""
    with open_decoding(io.BytesIO(file), "odd", RATE, bounds) as found:
        size = sum(len(block) for block in found.audio())
    return size / BYTES_PER_SAMPLE / RATE, found.damage


def within_memory(make: Callable[[], bytes]) -> tuple[float, str | None] | None:
    """The same of a process of its own, and that it took little memory and lived on; None: the
    file was refused.

    The file is made there, too: PyAV's encoders do not live through all that we ask of them.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        _tell(writer, make())
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        made, *told = pipe.read().split(b"\n")
    _, status = os.waitpid(child, 0)
    if not made:
        reject()
    assert status == 0, f"ended by signal {status}"
    taken, *found = json.loads(told[0])
    assert taken < MOST
    return (found[0], found[1]) if found else None


def _tell(writer: int, file: bytes) -> Never:
    """Say that there is a file, and what became of it."""
    if not file:
        os._exit(0)
    os.write(writer, b"made\n")
    with peak() as memory:
        try:
            answer = [*read(file)]
        except MediaError:
            answer = []
    os.write(writer, json.dumps([memory.bytes, *answer]).encode())
    os._exit(0)


@needs_proc
@pytest.mark.parametrize("rate", [1, 10, 100, 3_999, 384_001, 655_350])
def test_a_rate_that_no_recorder_has_is_refused_before_it_is_resampled(rate: int) -> None:
    """55 bytes at 10 Hz would have been two gigabytes at 16 kHz."""
    file = flac_of_a_constant(rate)
    assert len(file) == 55
    assert within_memory(lambda: file) is None
    with pytest.raises(MediaError, match=rf"its sample rate is {rate} Hz; from 4000 to 384000 Hz"):
        read(file)


@pytest.mark.parametrize("rate", [4_000, 8_000, 384_000])
def test_the_bounds_themselves_are_read(rate: int) -> None:
    """The lowest and the highest rate are none of those."""
    seconds, damage = read(flac_of_a_constant(rate))
    assert damage is None
    assert seconds == pytest.approx(65_535 / rate, abs=0.01)


def test_the_bounds_are_the_callers() -> None:
    """An operator may read less: fewer channels, lower rates, shorter frames."""
    file = flac_of_a_constant(8_000, channels=2)
    for bounds in (Readable(most_channels=1), Readable(highest_rate=7_999)):
        with pytest.raises(MediaError):
            read(file, bounds)
    assert read(file, replace(Readable(), frame_s=8.0)) == (
        0.0,
        "a frame of it holds 65535 samples at 8000 Hz",
    )


@pytest.mark.heavy
@needs_proc
@few(25)
@given(
    st.sampled_from(NAMES),
    st.one_of(st.integers(1, 1_000), st.integers(1_000, 400_000), st.just(655_350)),
    st.sampled_from(sorted(LAYOUTS)),
    st.floats(0.001, 1.5),
)
def test_any_rate_and_layout_is_read_whole_or_refused(
    form: str, rate: int, channels: int, seconds: float
) -> None:
    """Within its bounds a recording loses nothing; outside it is refused; both in little memory."""
    found = within_memory(lambda: encoded(form, rate, channels, seconds))
    if form in FORMS and not Readable().lowest_rate <= rate <= Readable().highest_rate:
        assert found is None
    elif found is not None:  # a codec with frames of its own adds some, or has a delay
        assert found[0] == pytest.approx(seconds, abs=0.2)


@pytest.mark.heavy
@needs_proc
@few(15)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(("flac", "vorbis", "wav", *FIXED)),
            st.sampled_from((8_000, 16_000, 44_100, 96_000)),
            st.sampled_from((1, 2, 6)),
        ),
        min_size=2,
        max_size=4,
    )
)
def test_streams_one_after_the_other_break_nothing(parts: list[tuple[str, int, int]]) -> None:
    """Chained streams, of one form or of several: what can be read is read, the rest is damage."""
    within_memory(lambda: b"".join(encoded(*part, 0.3) for part in parts))


def test_chained_streams_are_read_as_far_as_ffmpeg_reads_them() -> None:
    """Two shows in one Ogg file are read both; where the second has another rate, FFmpeg reads the
    first and the rest is named as damage."""
    first, second = encoded("vorbis", 44_100, 2, 1.0), encoded("vorbis", 16_000, 2, 1.0)
    seconds, damage = read(first + first)
    assert seconds == pytest.approx(2.0, abs=0.1)
    assert damage is None
    seconds, damage = read(first + second)
    assert seconds == pytest.approx(1.0, abs=0.1)
    assert damage


@pytest.mark.parametrize("form", ["aiff", "caf", "wav"])
def test_channels_in_an_order_of_their_own_are_mixed(form: str) -> None:
    """Eight channels whose places the file names: the process goes on, again and again."""
    file = encoded(form, 16_000, 8, 0.5)
    for _ in range(8):
        assert read(file) == (0.5, None)
    gc.collect()


def test_a_file_whose_form_changes_is_read_on() -> None:
    """Rate and layout of an MPEG stream change in the middle: no sample of either part is lost."""
    seconds, _ = read(encoded("mp3", 0, 2, 1.0) + encoded("mp3_low", 0, 1, 1.0))
    assert seconds == pytest.approx(2.0, abs=0.25)


@needs_proc
@pytest.mark.parametrize("changed_to", [1, 10, 3_999])
def test_a_rate_that_changes_to_a_senseless_one_ends_the_reading(changed_to: int) -> None:
    """The head of the file says 8 kHz, its frames 10 Hz: what came before it counts."""
    found = within_memory(lambda: flac_of_a_constant(8_000, changed_to=changed_to))
    assert found is None or found[0] < 20


@pytest.mark.heavy
@needs_proc
@few(40)
@given(
    st.sampled_from(NAMES),
    st.lists(
        st.tuples(
            st.one_of(st.integers(0, 120), st.integers(0, 9_999)),
            st.sampled_from((0, 1, 0x7F, 0x80, 0xFF, 0x55)),
        ),
        max_size=12,
    ),
    st.integers(1, 10_000),
)
def test_a_broken_file_is_read_in_part_or_refused(
    form: str, changes: list[tuple[int, int]], kept: int
) -> None:
    """Cut off, and with bytes changed anywhere, first of all in its head."""

    def make() -> bytes:
        file = bytearray(encoded(form, 16_000, 2, 0.4))
        for at, value in changes if file else ():
            file[at % len(file)] = value
        return bytes(file[: max(1, len(file) * kept // 10_000)])

    within_memory(make)


@pytest.mark.heavy
@needs_proc
@few(40)
@given(st.binary(max_size=400))
@example(b"")
@example(b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n")
@example(b"ffconcat version 1.0\nfile /etc/passwd\n")
def test_any_bytes_are_read_or_refused(file: bytes) -> None:
    """Nothing but the named error leaves the decoder."""
    within_memory(lambda: file or b" ")


@needs_proc
def test_an_hour_of_silence_in_few_bytes_is_read_bit_by_bit() -> None:
    """A file of some kB holds an hour: it takes no more memory than one of a minute."""
    found = within_memory(lambda: flac_of_a_constant(8_000, frames=450))
    assert found is not None
    assert found[0] == pytest.approx(450 * 65_535 / 8_000, abs=0.1)
