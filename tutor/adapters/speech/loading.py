"""The recogniser that the settings name."""

from __future__ import annotations

from pathlib import Path

from tutor.adapters.settings import Settings
from tutor.adapters.speech.adapted import AdaptedRecogniser, adapt
from tutor.adapters.speech.baselines import InstantRecogniser, PlainRecogniser
from tutor.adapters.speech.recogniser import WhisperRecogniser
from tutor.adapters.speech.request import Recogniser
from tutor.adapters.speech.weights import is_packaged
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
    whisper = WhisperRecogniser.load(settings, model, metrics)
    if settings.adaptation == "off" or not is_packaged(settings.model):
        return whisper
    adapted = WhisperRecogniser.load(settings, adapt(settings.cache_dir), metrics)
    return AdaptedRecogniser(whisper, adapted)
