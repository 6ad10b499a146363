"""What libraries read from the environment while they are loaded, in each of our processes."""

from __future__ import annotations

import os

DEFAULTS = {
    # Our products take microseconds; threads of numpy's library that wait for each other at each of
    # them cost a busy machine many times as much. A core is given to a process instead (decision
    # 0004).
    "OPENBLAS_NUM_THREADS": "1",
    # Else onnxruntime starts a thread that reports to its maker; and who has threads cannot fork.
    "ORT_DISABLE_TELEMETRY": "1",
}


def prepare_environment() -> None:
    """Set what whoever started this process has not set. Call it before numpy is imported."""
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)
