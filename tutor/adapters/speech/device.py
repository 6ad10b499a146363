"""The device that a model runs on, and its number type."""

from __future__ import annotations

from tutor.adapters.settings import RecognitionSettings


def choose_device(device: str, compute_type: str) -> tuple[str, str]:
    """The device and the compute type: CUDA in float16 when there is any, else CPU in int8."""
    if device == "auto":
        import ctranslate2

        device = "cuda" if ctranslate2.get_cuda_device_count() else "cpu"
    if compute_type == "auto":
        compute_type = "float16" if device == "cuda" else "int8"
    return device, compute_type


def batches(settings: RecognitionSettings) -> bool:
    """Whether one worker takes what comes in batches, files too (else files have workers of their
    own)."""
    if settings.asr_pool == "auto":
        return choose_device(settings.device, settings.compute_type)[0] == "cuda"
    return settings.asr_pool == "batch"
