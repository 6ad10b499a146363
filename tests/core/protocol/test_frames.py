"""The server's binary frames."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.core.protocol.frames import FrameError, SpeechFrame, decode_frame, encode_frame


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1), st.binary(max_size=99), st.booleans())
def test_a_frame_is_read_as_it_was_written(
    reply: int, position: int, pcm: bytes, is_last: bool
) -> None:
    """Every reply, every position, every sample, and whether it is the last."""
    frame = SpeechFrame(reply, position, pcm[: len(pcm) // 2 * 2], is_last)
    assert decode_frame(encode_frame(frame)) == frame


def test_the_header_is_twelve_bytes_in_the_documented_order() -> None:
    """Version, kind, flags, reply, position: clients of other languages read it, too."""
    data = encode_frame(SpeechFrame(2, 258, b"\x05\x06", is_last=True))
    assert data == bytes([1, 1, 1, 0, 2, 0, 0, 0, 2, 1, 0, 0, 5, 6])


@pytest.mark.parametrize(
    "data", [b"", b"\1\1" + bytes(9), b"\1\1" + bytes(11), b"\2\1" + bytes(10)]
)
def test_what_is_no_frame_is_refused(data: bytes) -> None:
    """Too short, half a sample, another version."""
    with pytest.raises(FrameError):
        decode_frame(data)


@given(st.binary(max_size=40))
def test_any_bytes_are_a_frame_or_none(data: bytes) -> None:
    """What is read is what is written again, to its flags."""
    try:
        frame = decode_frame(data)
    except FrameError:
        return
    assert encode_frame(frame)[4:] == data[4:]
    assert frame.end >= frame.position
