"""Settings: Whisper, and the processes that run it."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, Field, field_validator

from tutor.adapters.settings.cores import usable_cores
from tutor.core.audio.samples import WHISPER_WINDOW_S
from tutor.core.text.languages import language_list

MOST_PROCESSES = 8
"""The most processes by default; a machine with more cores gives each more threads."""


class RecognitionSettings(BaseModel):
    """Recognition of speech."""

    recogniser: Literal["whisper", "plain", "instant"] = Field(
        "whisper", description="`plain` (faster-whisper as it comes) and `instant` are baselines"
    )
    model: str = Field("base", description="`base`, a folder, or a faster-whisper model name")
    partial_model: str = Field(
        "",
        description="a smaller model for partials, in a worker of its own (`tutor worker "
        "partials`); empty: `model` hears them, too",
    )
    adaptation: Literal["on", "off"] = Field(
        "on", description="weights adapted to learners hear English, where the model is `base`"
    )
    device: Literal["auto", "cpu", "cuda"] = Field("auto", description="where Whisper runs")
    compute_type: str = Field(
        "auto", description="CTranslate2 type; `auto` is float16 on CUDA, int8 on CPU"
    )
    asr_pool: Literal["auto", "processes", "batch"] = Field(
        "auto", description="one utterance a process, or batches in one; `auto`: batches on CUDA"
    )
    asr_processes: int = Field(
        0, ge=0, description="Whisper processes of one ASR worker; 0: one a core, 8 at most"
    )
    max_batch: int = Field(32, ge=1, description="utterances in one batch")
    gpu_processes: int = Field(
        1,
        ge=1,
        le=16,
        description="workers of each model that `tutor serve` starts where they batch; each has "
        "the weights once in the GPU's memory, and an interpreter's lock of its own",
    )
    asr_threads: int = Field(0, ge=0, description="threads of each of them; 0: share the cores")
    partial_beam: int = Field(1, ge=1, description="beam size of partials")
    final_beam: int = Field(5, ge=1, description="beam size of finals")
    partial_window_s: float = Field(
        4, gt=0, le=WHISPER_WINDOW_S, description="shortest encoder window of partials, seconds"
    )
    final_window_s: float = Field(
        8, gt=0, le=WHISPER_WINDOW_S, description="shortest encoder window of finals, seconds"
    )
    adapted_window_s: float = Field(
        5,
        gt=0,
        le=WHISPER_WINDOW_S,
        description="the same of finals that the packaged English weights hear, seconds",
    )
    partial_margin_s: float = Field(
        0.5,
        ge=0,
        le=WHISPER_WINDOW_S,
        description="silence in it behind a partial's audio, seconds",
    )
    final_margin_s: float = Field(
        1, ge=0, le=WHISPER_WINDOW_S, description="silence in it behind a final's audio, seconds"
    )
    auto_languages: str = Field(
        "",
        description="what `auto` may choose from beside the learner's own language, comma "
        "separated; empty: the languages that have exercises; `all`: all of Whisper's",
    )
    asr_failures: int = Field(
        5,
        ge=1,
        description="failed recognitions in a row after which a worker tries its probe, and ends "
        "if that fails, too; an error of the GPU ends it at once",
    )
    task_time_limit_s: float = Field(
        20, gt=0, description="a recognition that takes longer is killed"
    )

    @field_validator("auto_languages")
    @classmethod
    def _names_languages(cls, value: str) -> str:
        language_list(value)
        return value

    @property
    def for_partials(self) -> Self:
        """The settings of a worker for partials alone."""
        fewer = {"model": self.partial_model, "asr_processes": max(1, self.processes - 1)}
        return self.model_copy(update=fewer)

    @property
    def processes(self) -> int:
        """Whisper processes of one worker.

        One thread decodes as fast as two (the products are small, the threads wait for each other),
        so cores serve more learners as processes; each costs 342 MB with whisper-base
        (232 MB without the weights adapted to English).
        """
        return self.asr_processes or min(MOST_PROCESSES, usable_cores())

    @property
    def threads(self) -> int:
        """Threads of each Whisper process."""
        return self.asr_threads or max(1, usable_cores() // self.processes)
