"""The parts of the product that run in processes of their own, and what each of them imports."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from tutor.adapters.settings import Settings
from tutor.adapters.speech.whisper.loading import import_whisper

WorkerKind = Literal["asr", "partials", "batch", "feedback", "files", "speech"]

_HEARING = ("asr", "partials", "batch", "feedback")
"""Workers that load Whisper, and import it only then."""

Run = Callable[[Settings], None]


def gateway() -> Run:
    """What runs a gateway."""
    from tutor.shells.gateway.app import run_gateway

    return run_gateway


def worker(kind: WorkerKind) -> Run:
    """What runs a kind of worker: each imports what it needs alone, and starts sooner."""
    match kind:
        case "asr":
            from tutor.shells.workers.pools import run_asr_worker as run
        case "partials":
            from tutor.shells.workers.pools import run_partials_worker as run
        case "batch":
            from tutor.shells.workers.pools import run_batch_worker as run
        case "feedback":
            from tutor.shells.workers.feedback_pool import run_feedback_worker as run
        case "files":
            from tutor.shells.workers.files import run_files_worker as run
        case _:
            from tutor.shells.workers.speech_pool import run_speech_worker as run
    return run


def import_part(arguments: Sequence[str]) -> None:
    """Import what a part needs that is started with these arguments of the command line."""
    match arguments:
        case ["gateway", *_]:
            gateway()
        case ["worker", kind]:
            worker(kind)  # type: ignore[arg-type]
            if kind in _HEARING:
                import_whisper()
