"""How turns end, by the settings."""

from __future__ import annotations

from tutor.adapters.settings import Settings
from tutor.core.audio.samples import to_samples
from tutor.core.turns.waits import TurnConfig, Waits


def turn_config(settings: Settings) -> TurnConfig:
    """How turns end: by what was said, or by the one silence; the settings' milliseconds become
    samples."""
    waits = Waits(
        unknown=to_samples(settings.unknown_silence_ms),
        undecided=to_samples(settings.undecided_silence_ms),
        finished=to_samples(settings.finished_silence_ms),
        hanging=to_samples(settings.hanging_silence_ms),
        in_sentence=to_samples(settings.reading_silence_ms),
        at_the_end=to_samples(settings.text_end_silence_ms),
        eager=to_samples(settings.eager_silence_ms),
        most=to_samples(settings.most_silence_ms),
    )
    by_words = settings.turn_end == "words"
    return TurnConfig(by_words, waits, settings.quick_factor, settings.patient_factor)
