"""One job of an uploaded file, from its blob to its transcript, in a thread of a files worker.

The file is decoded and cut as it is read; a few pieces at a time wait in Redis for a recogniser.
What is known about a piece is in the database at once, so that a job goes on where it was whatever
process dies. What happens when is decided by `tutor.core.files.work`.
"""

from __future__ import annotations

import logging
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, Any, Literal

from tutor.adapters.coach.exercises import ExerciseLibrary
from tutor.adapters.settings import Settings
from tutor.adapters.speech.cutter import Cutter, cut_all, cut_reading
from tutor.adapters.speech.decoder import ConfinedRecording, open_confined
from tutor.adapters.speech.decoding import MediaError
from tutor.adapters.speech.vad import Vad
from tutor.adapters.sql.errors import ConflictError
from tutor.adapters.sql.job_tables import JobRow
from tutor.adapters.sql.jobs import JobTable, LeaseLostError
from tutor.adapters.sql.usage import Meter
from tutor.adapters.store import keys
from tutor.adapters.store.broker.queue import JobQueue
from tutor.adapters.store.client import BlockingStore
from tutor.adapters.store.errors import StoreError
from tutor.adapters.store.pieces import drop_pieces, find_taker, forget_job, keep_piece, renew_piece
from tutor.adapters.store.results import read_results
from tutor.adapters.telemetry.worker import WorkerMetrics
from tutor.core.accounts.quota import quota_of
from tutor.core.audio.samples import RATE, Samples, from_pcm16
from tutor.core.files.assignment import Earlier
from tutor.core.files.effects import (
    Assess,
    Charge,
    Complete,
    DropAudio,
    Effect,
    Fail,
    ForgetPiece,
    GiveBack,
    KeepPiece,
    Look,
    Recognise,
    Renew,
)
from tutor.core.files.pieces import FinishedPiece
from tutor.core.files.transcript import Piece
from tutor.core.files.work import FileWork, State
from tutor.core.queue.jobs import AssessmentResult, Job, RecognitionResult
from tutor.shells.workers.file_terms import assignment_of, confinement_of, expected_of, limits_of
from tutor.shells.workers.queued_pieces import job_of

log = logging.getLogger(__name__)

WAIT_MS = 500
"""Milliseconds of the longest wait for a result."""

AWAY_S = 1.0
"""Seconds between two tries to reach a store that is away."""


class _OverError(Exception):
    """There is nothing more to do for the job: leave the loops."""


@dataclass(frozen=True)
class Tools:
    """The tools that all jobs of a worker share."""

    settings: Settings
    jobs: JobTable
    queue: JobQueue
    store: BlockingStore
    meter: Meter
    vad: Vad
    library: ExerciseLibrary
    stopping: threading.Event
    metrics: WorkerMetrics = field(default_factory=WorkerMetrics)


class FileJob:
    """Carries out the work on one job, whose lease this worker has."""

    def __init__(self, row: JobRow, tools: Tools) -> None:
        assert row.lease is not None
        self._id, self._lease = row.id, row.lease
        self._row, self._tools = row, tools
        self._session = keys.file_session(row.id, row.lease)
        self._work = FileWork(
            assignment_of(row),
            limits_of(tools.settings),
            Earlier(tuple(tools.jobs.pieces(row.id)), row.charged_s, row.progress),
            time.monotonic(),
        )
        self._expected = expected_of(row, tools.settings, tools.library)
        self._after = "0-0"  # the last result that was read

    def run(self) -> str:
        """Work until the job is done, failed, gone, or this worker is stopped; return which."""
        try:
            with suppress(_OverError):
                self._read()
                while True:
                    self._wait()
            self._leave()
            return self._work.outcome
        finally:
            forget_job(self._tools.store, self._id)

    # ------------------------------------------------------------ the recording

    def _read(self) -> None:
        """Cut the recording into pieces, and have them recognised."""
        with tempfile.TemporaryFile() as file:
            self._fetch(file)
            try:
                within = confinement_of(self._tools.settings)
                with open_confined(file, self._row.filename, RATE, within) as recording:
                    self._cut(recording)
            except MediaError as error:
                self._work.receive_failure("not_audio", str(error))
                self._proceed()

    def _fetch(self, file: IO[bytes]) -> None:
        for block in self._tools.jobs.upload(self._id):
            file.write(block)
        file.seek(0)

    def _cut(self, recording: ConfinedRecording) -> None:
        self._work.receive_length(recording.seconds, time.monotonic())
        self._proceed()
        cut = cut_reading if self._work.is_read else cut_all
        parts = cut(self._paced(map(from_pcm16, recording.audio())), Cutter(self._tools.vad))
        for index, (start, audio) in enumerate(parts):
            while not self._work.has_room:
                self._wait()
            self._work.receive_piece(Piece(index, start, start + len(audio)), audio.tobytes())
            self._proceed()
        self._work.receive_end(recording.damage, time.monotonic())
        self._proceed()

    def _paced(self, audio: Iterable[Samples]) -> Iterator[Samples]:
        """The audio, while the job is this worker's and not too long."""
        for samples in audio:
            self._work.receive_audio(len(samples), time.monotonic())
            self._keep()
            self._proceed()
            yield samples

    # ------------------------------------------------------------ waiting

    def _wait(self) -> None:
        """Wait for something to happen to the pieces in flight."""
        self._keep()
        self._proceed()
        try:
            self._receive_results()
        except StoreError as error:
            log.warning("job %s waits for the store: %s", self._id, error)
            time.sleep(AWAY_S)
        else:
            self._work.receive_caught_up(time.monotonic())
        self._proceed()

    def _leave(self) -> None:
        """Let what is being recognised for a lost job end, so that nothing of it is left."""
        with suppress(StoreError):
            while self._work.state is State.LEAVING:
                self._receive_results()
                self._keep()

    def _keep(self) -> None:
        """Tell the work the time, or that this worker is being stopped."""
        if self._tools.stopping.is_set():
            self._work.receive_stop()
        else:
            self._work.receive_tick(time.monotonic())

    def _receive_results(self) -> None:
        store, session = self._tools.store, self._session
        results, self._after = read_results(store, session, self._after, WAIT_MS)
        for result in results:
            self._receive_result(result)

    def _receive_result(self, result: RecognitionResult | AssessmentResult) -> None:
        name, attempt, now = result.utterance, result.attempt, time.monotonic()
        if isinstance(result, RecognitionResult):
            self._work.receive_recognition(name, attempt, result.recognition, now)
        else:
            self._work.receive_assessment(name, attempt, result.assessment, now)

    # ------------------------------------------------------------ effects

    def _proceed(self) -> None:
        """Carry out what is to be done, and leave if that was all."""
        self._carry_out()
        if not self._work.state.is_working:
            raise _OverError

    def _carry_out(self) -> None:
        for effect in self._work.collect():
            self._perform(effect)

    def _perform(self, effect: Effect) -> None:
        match effect:
            case Recognise() | Assess():
                self._send(effect)
            case Look():
                self._look(effect)
            case DropAudio():
                self._drop(effect)
            case _:
                self._write(effect)

    def _write(
        self, effect: Renew | Charge | KeepPiece | ForgetPiece | Complete | Fail | GiveBack
    ) -> None:
        """Change the database."""
        match effect:
            case Renew():
                self._renew(effect)
            case Charge():
                self._charge(effect.seconds)
            case KeepPiece():
                self._keep_piece(effect.finished)
            case ForgetPiece():
                self._tools.jobs.remove_piece(self._id, effect.index)
            case GiveBack():
                self._tools.jobs.give_back(self._id, self._lease, time.time())
            case Complete() | Fail():
                self._finish(effect)

    # ------------------------------------------------------------ in Redis

    def _send(self, effect: Recognise | Assess) -> None:
        """Hand a piece to the workers; where the store is away, the work decides when to try
        again."""
        if effect.attempt > 1:
            log.warning("job %s: piece %s once more", self._id, effect.utterance)
        try:
            keep_piece(self._tools.store, self._session, effect.utterance, effect.pcm)
            self._tools.queue.send(self._job(effect))
        except StoreError as error:
            log.warning("job %s: %s", self._id, error)
        else:
            self._work.receive_sent(effect.utterance, time.monotonic())

    def _job(self, effect: Recognise | Assess) -> Job:
        return job_of(self._session, effect, self._tools.library, self._expected)

    def _look(self, effect: Look) -> None:
        store, session, name = self._tools.store, self._session, effect.utterance
        try:
            has_audio = renew_piece(store, session, name)
            taker = find_taker(store, session, name, effect.attempt)
        except StoreError as error:
            log.warning("job %s: %s", self._id, error)
        else:
            self._work.receive_sighting(name, taker, time.monotonic(), has_audio=has_audio)

    def _drop(self, effect: DropAudio) -> None:
        with suppress(StoreError):  # then it goes with its time
            drop_pieces(self._tools.store, self._session, effect.utterances)

    # ------------------------------------------------------------ in the database

    def _renew(self, effect: Renew) -> None:
        if not self._tools.jobs.renew(
            self._id,
            self._lease,
            time.time(),
            progress=effect.progress,
            language=effect.language,
            charged_s=effect.charged_s,
        ):
            self._work.receive_loss(time.monotonic())

    def _charge(self, seconds: float) -> None:
        owner = self._row.owner
        assert owner is not None
        quota_s = quota_of(self._tools.settings.plans, self._row.parameters["plan"])
        try:
            if not self._tools.meter.add(owner, seconds, quota_s):
                self._work.receive_failure("quota_exhausted")
        except ConflictError:  # the account is gone, and the job with it
            self._work.receive_loss(time.monotonic())

    def _keep_piece(self, finished: FinishedPiece) -> None:
        try:
            self._tools.jobs.add_piece(self._id, finished)
        except LeaseLostError:
            self._work.receive_loss(time.monotonic())

    def _finish(self, effect: Complete | Fail) -> None:
        if isinstance(effect, Fail):
            self._end("failed", error=effect.code, detail=effect.detail)
            return
        result, duration_s = effect.result.as_json(), effect.duration_s
        if not self._end("done", result=result, progress=1.0, duration_s=duration_s):
            self._work.receive_loss(time.monotonic())

    def _end(self, state: Literal["done", "failed"], **facts: Any) -> bool:
        """End the job; whether it was still this worker's. A transcription keeps the time that it
        has."""
        now = time.time()
        expires_at = self._row.expires_at
        if self._row.purpose == "job":
            expires_at = now + self._tools.settings.job_ttl_days * 86_400
        return self._tools.jobs.finish(
            self._id, self._lease, state, now, expires_at=expires_at, **facts
        )
