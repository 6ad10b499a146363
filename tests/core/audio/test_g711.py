import av
import numpy as np
import pytest

from tutor.core.audio.g711 import A_LAW, MU_LAW, expand
from tutor.core.audio.samples import Samples


@pytest.mark.parametrize(("table", "codec"), [(MU_LAW, "pcm_mulaw"), (A_LAW, "pcm_alaw")])
def test_every_code_word_is_what_ffmpeg_makes_of_it(table: Samples, codec: str) -> None:
    """All 256 code words expand to the samples that FFmpeg's decoder gives."""
    words = bytes(range(256))
    decoder = av.CodecContext.create(codec, "r")
    decoder.sample_rate = 8_000  # type: ignore[attr-defined]
    decoder.layout = "mono"  # type: ignore[attr-defined]
    (frame,) = decoder.decode(av.Packet(words))  # type: ignore[attr-defined]
    assert expand(words, table) == np.asarray(frame.to_ndarray(), "<i2").tobytes()


def test_nothing_is_nothing() -> None:
    """No bytes are no samples."""
    assert expand(b"", MU_LAW) == b""
