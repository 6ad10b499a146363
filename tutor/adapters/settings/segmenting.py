"""Settings: where utterances begin and end, and when their partials and finals are due."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, Field

from tutor.core.audio.samples import to_samples
from tutor.core.protocol.limits import MAX_ENDPOINT_SILENCE_MS, MIN_ENDPOINT_SILENCE_MS

if TYPE_CHECKING:
    from tutor.core.turns.waits import TurnConfig


class SegmentingSettings(BaseModel):
    """Utterances, and when their partials and finals are due."""

    endpoint_silence_ms: int = Field(
        600,
        ge=MIN_ENDPOINT_SILENCE_MS,
        le=MAX_ENDPOINT_SILENCE_MS,
        description="the one silence that ends an utterance where `turn_end` is `silence`; a "
        "session may ask for its own",
    )
    turn_end: Literal["words", "silence"] = Field(
        "words",
        description="what ends an utterance: a silence by what was said before it, or always the "
        "same",
    )
    finished_silence_ms: int = Field(
        450, ge=100, le=10_000, description="silence that ends an utterance after a whole sentence"
    )
    undecided_silence_ms: int = Field(
        1000, ge=100, le=10_000, description="the same after words that are no whole sentence"
    )
    hanging_silence_ms: int = Field(
        1500, ge=100, le=10_000, description="the same after what must go on (`because`, `the`)"
    )
    unknown_silence_ms: int = Field(
        900, ge=100, le=10_000, description="the same while the words are not known yet"
    )
    reading_silence_ms: int = Field(
        2000,
        ge=100,
        le=10_000,
        description="the same within a sentence of a text that is read, or until it is known where",
    )
    text_end_silence_ms: int = Field(
        300, ge=100, le=10_000, description="the same after the last word of such a text"
    )
    most_silence_ms: int = Field(
        2500,
        ge=100,
        le=10_000,
        description="the longest of them, whatever the patience and the learner's own pauses",
    )
    eager_silence_ms: int = Field(
        250, ge=32, le=10_000, description="silence after which `turn.eager` is told"
    )
    quick_factor: float = Field(
        0.7, gt=0, le=1, description="how many times as long all of them are with `quick` patience"
    )
    patient_factor: float = Field(1.6, ge=1, description="the same with `patient`")
    pause_ms: int = Field(
        100, ge=0, le=2000, description="silence after which the final is begun ahead; 0: never"
    )
    pre_roll_ms: int = Field(300, ge=0, le=1000, description="audio kept from before the onset")
    min_speech_ms: int = Field(128, ge=32, le=1000, description="speech that starts an utterance")
    vad_onset: float = Field(0.5, gt=0, lt=1, description="probability at which speech begins")
    vad_offset: float = Field(0.35, gt=0, lt=1, description="probability under which it pauses")
    audio_stop_s: float = Field(
        4, gt=0, description="no audio for so long ends an utterance: a muted microphone"
    )
    first_partial_ms: int = Field(320, ge=32, description="speech before the first partial")
    partial_interval_ms: int = Field(320, ge=32, description="new audio before the next partial")
    partial_yield: float = Field(
        4, ge=0, description="a partial queued for 1 s puts the next one off by so many seconds"
    )
    partial_timeout_s: float = Field(5, gt=0, description="a partial is given up after it")
    final_retry_s: float = Field(6, gt=0, description="a final is dispatched again after it")
    final_deadline_s: float = Field(
        30, gt=0, description="an utterance without a final gets its error after it"
    )

    @property
    def turns(self) -> TurnConfig:
        """How turns end; the milliseconds become samples."""
        # Who only reads settings loads no machine of the core.
        from tutor.core.turns.waits import TurnConfig, Waits

        waits = Waits(
            unknown=to_samples(self.unknown_silence_ms),
            undecided=to_samples(self.undecided_silence_ms),
            finished=to_samples(self.finished_silence_ms),
            hanging=to_samples(self.hanging_silence_ms),
            in_sentence=to_samples(self.reading_silence_ms),
            at_the_end=to_samples(self.text_end_silence_ms),
            eager=to_samples(self.eager_silence_ms),
            most=to_samples(self.most_silence_ms),
        )
        return TurnConfig(self.turn_end == "words", waits, self.quick_factor, self.patient_factor)
