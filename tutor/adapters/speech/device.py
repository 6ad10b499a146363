"""The device that a model runs on, and its number type."""

from __future__ import annotations

import ctypes
import sys
from functools import cache
from pathlib import Path

from tutor.adapters.settings import RecognitionSettings


def choose_device(device: str, compute_type: str) -> tuple[str, str]:
    """The device and the compute type: CUDA in float16 when there is any, else CPU in int8."""
    if device == "auto":
        device = "cuda" if _count_gpus() else "cpu"
    if compute_type == "auto":
        compute_type = "float16" if device == "cuda" else "int8"
    return device, compute_type


@cache
def _count_gpus() -> int:
    if not _has_driver():
        return 0
    import ctranslate2  # half a second and 40 MB, which a supervisor without a GPU is spared

    return int(ctranslate2.get_cuda_device_count())


def _has_driver() -> bool:
    """Whether a GPU could be seen; looking does not start the driver."""
    if sys.platform != "linux" or Path("/dev/kfd").exists():  # AMD's needs no library of CUDA's
        return True
    try:
        ctypes.CDLL("libcuda.so.1")
    except OSError:
        return False
    return True


def batches(settings: RecognitionSettings) -> bool:
    """Whether one worker takes what comes in batches, files too (else files have workers of their
    own)."""
    if settings.asr_pool == "auto":
        return choose_device(settings.device, settings.compute_type)[0] == "cuda"
    return settings.asr_pool == "batch"
