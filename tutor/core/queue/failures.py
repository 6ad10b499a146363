"""Failures of a recogniser: what one says of the request, the memory or the device, and when a
worker that goes on failing must end."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

_MEMORY = ("out of memory", "alloc_failed", "bad_alloc", "bad allocation", "cannot allocate memory")
"""What CUDA, cuBLAS, torch and C++ say when there is no memory left; in lower case, as below."""

_DEVICE = (
    "cuda failed with error",  # CTranslate2, of each call to the driver
    "cublas failed with status",
    "cudnn failed with status",
    "cuda error",  # torch
    "cublas error",
    "cudnn error",
    "cuda driver",
    "no cuda",
    "is not found or cannot be loaded",  # CTranslate2, of CUDA's libraries
    "device-side assert",
    "unspecified launch failure",
    "illegal memory access",
    "uncorrectable ecc",
    "no kernel image",
)
"""What they say when the device, its driver or its libraries are at fault: CUDA's errors stay, each
later call of the process fails, too."""


class Failure(Enum):
    """What a failed recognition was due to."""

    REQUEST = "request"
    """Nobody knows; perhaps to what was asked."""
    MEMORY = "memory"
    """To memory: half as much may fit."""
    DEVICE = "device"
    """To the device: whatever comes next fails, too."""


def failure_of(error: BaseException) -> Failure:
    """What an error of a recogniser was due to, by its type and its words."""
    told = str(error).lower()
    if isinstance(error, MemoryError) or any(words in told for words in _MEMORY):
        return Failure.MEMORY
    return Failure.DEVICE if any(words in told for words in _DEVICE) else Failure.REQUEST


class Verdict(Enum):
    """What a worker does after a failure."""

    GO_ON = "go on"
    PROBE = "probe"
    """Recognise the probe, and end if that fails."""
    END = "end"
    """Leave: it would be the fastest of all, and fail everybody."""


@dataclass
class Health:
    """The health of one worker, by how its recognitions end."""

    most: int
    """Failures in a row after which the probe decides."""
    _failed: int = 0

    def receive_success(self) -> None:
        """Take note of a recognition that went well."""
        self._failed = 0

    def receive_failure(self, failure: Failure) -> Verdict:
        """Take note of one that failed; what to do now."""
        self._failed += 1
        if failure is Failure.DEVICE:
            return Verdict.END
        if self._failed < self.most:
            return Verdict.GO_ON
        self._failed = 0
        return Verdict.PROBE
