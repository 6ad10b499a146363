from pathlib import Path

from tests.support.speech import spoken
from tutor.adapters.speech.media import encode_flac, read_audio_file


def test_a_recording_loses_nothing(tmp_path: Path) -> None:
    """FLAC gives every sample back."""
    path = tmp_path / "said.flac"
    path.write_bytes(encode_flac(spoken("market.flac").tobytes()))
    assert (read_audio_file(path) == spoken("market.flac")).all()
