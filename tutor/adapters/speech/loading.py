"""The recogniser that the settings name."""

from __future__ import annotations

from pathlib import Path

from tutor.adapters.settings import Settings
from tutor.adapters.speech.adapted import ENGLISH, adapt
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
    specialists = {}
    if settings.adaptation == "on" and is_packaged(settings.model):
        adapted = adapt(ENGLISH, settings.cache_dir)
        specialists[ENGLISH.language] = WhisperRecogniser.load(settings, adapted, metrics)
    return WhisperRecogniser.load(settings, model, metrics, specialists)
