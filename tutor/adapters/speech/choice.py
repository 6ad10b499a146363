"""Which recogniser the settings name, and with which weights."""

from __future__ import annotations

from pathlib import Path

from tutor.adapters.settings import Settings
from tutor.adapters.speech.baselines import InstantRecogniser, PlainRecogniser
from tutor.adapters.speech.models.adapted import ENGLISH, adapt, is_adapted
from tutor.adapters.speech.models.weights import resolve_model
from tutor.adapters.speech.request import Recogniser
from tutor.adapters.speech.whisper.recogniser import WhisperRecogniser
from tutor.adapters.telemetry.worker import WorkerMetrics


def load_recogniser(
    settings: Settings, model: Path, metrics: WorkerMetrics | None = None
) -> Recogniser:
    """The recogniser that the settings name, loaded; `model`: the folder of its weights.

    Raises:
        WeightsError: the adapted weights cannot be made.
    """
    if settings.recogniser == "instant":
        return InstantRecogniser()
    if settings.recogniser == "plain":
        return PlainRecogniser(settings, model)
    specialists = {}
    if is_adapted(settings):
        adapted = adapt(ENGLISH, settings.cache_dir)
        short = settings.model_copy(update={"final_window_s": settings.adapted_window_s})
        specialists[ENGLISH.language] = WhisperRecogniser.load(short, adapted, metrics)
    return WhisperRecogniser.load(settings, model, metrics, specialists)


def load_unadapted(settings: Settings) -> Recogniser | None:
    """A recogniser that was not adapted, on the CPU; None where none is adapted.

    What was trained on readings rather writes what should have been read: it is no witness of it.
    """
    if not is_adapted(settings):
        return None
    alone = {"device": "cpu", "compute_type": "int8", "asr_threads": 1, "asr_pool": "processes"}
    own = settings.model_copy(update=alone)
    return WhisperRecogniser.load(own, resolve_model(settings.model, settings.cache_dir))
