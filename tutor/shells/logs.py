"""Log lines, the same in every process."""

from __future__ import annotations

import logging

_FORMAT = "%(asctime)s %(levelname)-7s %(message)s"

_TALKATIVE = ("celery.app.trace", "celery.worker.strategy", "faster_whisper", "websockets.server")
"""Loggers that tell each task or connection once more."""


def configure_logging(level: str) -> None:
    """Send log lines of at least this level to standard error."""
    logging.basicConfig(level=level.upper(), format=_FORMAT, datefmt="%H:%M:%S", force=True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
