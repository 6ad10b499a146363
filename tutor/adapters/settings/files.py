"""Settings: uploaded recordings, and the webhooks that tell of them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from tutor.core.audio.readable import Readable
from tutor.core.audio.samples import RATE


class FileSettings(BaseModel):
    """Uploaded recordings and webhooks."""

    max_request_bytes: int = Field(
        65_536, ge=1024, description="bytes of a request without a file (else HTTP 413)"
    )
    max_upload_bytes: int = Field(
        25 * 2**20, ge=1, description="bytes of an uploaded file's request (else HTTP 413)"
    )
    max_audio_s: float = Field(7200, gt=0, description="length of an uploaded recording")
    min_audio_rate: int = Field(
        Readable.lowest_rate, ge=1000, description="lowest sample rate of an uploaded recording, Hz"
    )
    max_audio_rate: int = Field(
        Readable.highest_rate, ge=RATE, description="highest sample rate of one, Hz"
    )
    max_audio_channels: int = Field(
        Readable.most_channels, ge=1, description="channels of one, which are mixed to one"
    )
    max_decoder_bytes: int = Field(
        512 * 2**20,
        ge=256 * 2**20,
        description="memory (address space) of the process that decodes an uploaded recording",
    )
    decoder_timeout_s: float = Field(
        60, gt=0, description="a decoder that gives no audio for so long is given up"
    )
    max_jobs_per_user: int = Field(
        10, ge=1, description="unfinished jobs of one user, guests together (else HTTP 429)"
    )
    job_ttl_days: float = Field(7, gt=0, description="a job and its result are deleted after it")
    transcription_timeout_s: float = Field(
        600, gt=0, description="wait for `/v1/audio/transcriptions` (else HTTP 504)"
    )
    file_jobs: int = Field(2, ge=1, description="jobs that one files worker works on at once")
    pieces_in_flight: int = Field(
        4, ge=1, description="pieces of one job that are in Redis at once, 1 MB each at most"
    )
    piece_attempts: int = Field(
        3, ge=1, description="a piece lost so often fails its job (`recognition_failed`)"
    )
    batch_processes: int = Field(
        0, ge=0, description="Whisper processes for files on a CPU; 0: half as many as for live"
    )
    batch_cores: Literal["idle", "shared"] = Field(
        "idle",
        description="when files are recognised on a CPU: in what everything else on the machine "
        "leaves, or with a small share of a busy one",
    )
    batch_timeout_s: float = Field(
        300,
        gt=0,
        description="pieces of a file are dispatched again when none came back for so long",
    )
    batch_lease_s: float = Field(
        30, gt=0, description="and one whose worker gives no sign of life for so long"
    )
    webhook_allow_private: bool = Field(
        False, description="webhooks may go to private addresses, and over plain HTTP"
    )
    webhook_timeout_s: float = Field(10, gt=0, description="a webhook's whole request")
    webhook_tries: int = Field(
        8, ge=1, description="deliveries of a webhook before it is given up; backs off up to 1 h"
    )

    @property
    def readable_files(self) -> Readable:
        """Which uploaded recordings are read."""
        return Readable(
            lowest_rate=self.min_audio_rate,
            highest_rate=self.max_audio_rate,
            most_channels=self.max_audio_channels,
        )
