"""faster-whisper's model, loaded with as many mel bands as it was trained on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tutor.adapters.speech.device import choose_device


def import_whisper() -> None:
    """Import what `load_whisper` needs: before a fork, so that it is done once. It starts no thread
    and wakes no GPU."""
    import faster_whisper  # noqa: F401


def load_whisper(model: Path, device: str, compute_type: str, threads: int) -> Any:
    """The Whisper in a folder, on a device (`auto` finds one), in a number type (`auto` fits it).

    faster-whisper takes the number of bands from `preprocessor_config.json`, and 80 where a folder
    has none: large-v3 and turbo, which want 128, would fail every call. The weights know it.
    """
    # Imported here: it takes a second and only a worker needs it.
    from faster_whisper import WhisperModel
    from faster_whisper.feature_extractor import FeatureExtractor

    device, compute_type = choose_device(device, compute_type)
    whisper = WhisperModel(
        str(model),
        device=device,
        compute_type=compute_type,
        cpu_threads=threads,
        local_files_only=True,
    )
    bands = whisper.model.n_mels
    if len(whisper.feature_extractor.mel_filters) != bands:
        whisper.feature_extractor = FeatureExtractor(feature_size=bands)
    return whisper
