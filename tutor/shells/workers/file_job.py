"""One job of an uploaded file, from its blob to its transcript, in a thread of a files worker.

The file is decoded and cut as it is read; a few pieces at a time wait in Redis for a recogniser.
What is known about a piece is in the database at once, so that a job goes on where it was whatever
process dies.
"""

from __future__ import annotations

import logging
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from tutor.adapters.settings import Settings
from tutor.adapters.speech.cutter import Cutter, cut_all
from tutor.adapters.speech.media import MediaError, open_recording
from tutor.adapters.speech.vad import Vad
from tutor.adapters.sql.errors import ConflictError
from tutor.adapters.sql.jobs import DuplicateError, FinishedPiece, JobRow, JobTable
from tutor.adapters.sql.usage import Meter
from tutor.adapters.store import keys
from tutor.adapters.store.client import BlockingStore
from tutor.adapters.store.errors import StoreError
from tutor.adapters.store.pieces import drop_pieces, forget_job, has_taker, keep_piece
from tutor.adapters.store.queue import JobQueue
from tutor.adapters.store.results import read_results
from tutor.adapters.telemetry.worker import WorkerMetrics
from tutor.core.accounts.quota import quota_of
from tutor.core.audio.recognition import Recognition
from tutor.core.audio.samples import RATE, Samples, to_ms
from tutor.core.feedback.assessment import shifted
from tutor.core.feedback.reading.reading import WINDOW_AHEAD, WINDOW_BEHIND, Reading
from tutor.core.feedback.report import REASONS, Part, Report, report
from tutor.core.files.errors import JobError
from tutor.core.files.transcript import Piece, assemble
from tutor.core.live.jobs import AssessmentJob, AssessmentResult, Job, RecognitionJob
from tutor.core.live.jobs import Result as WorkerResult
from tutor.core.text.languages import AUTO

log = logging.getLogger(__name__)

RENEW_S = 3.0
"""Between two renewals of the lease."""

CHARGE_S = 60.0
"""Of audio beyond what the file said, that is counted at once."""

LOOK_S = 1.0
"""Between two looks at the pieces that are under way."""

WAIT_MS = 500
"""The longest wait for a result before looking around."""

GOODBYE_S = 20.0
"""A deleted job waits so long for pieces that are just being recognised, to sweep up behind."""


class JobLostError(Exception):
    """The job was deleted, or another worker has it."""


class StoppedError(Exception):
    """This worker is being stopped."""


@dataclass(frozen=True)
class Tools:
    """What all jobs of a worker share."""

    settings: Settings
    jobs: JobTable
    queue: JobQueue
    store: BlockingStore
    meter: Meter
    vad: Vad
    stopping: threading.Event
    metrics: WorkerMetrics = field(default_factory=WorkerMetrics)


@dataclass
class Flight:
    """A piece that is under way."""

    piece: Piece
    pcm: bytes
    attempt: int = 1
    sent_at: float | None = None
    """By the monotonic clock; None: it must be sent."""
    missed_at: float | None = None
    """Since when its worker gives no sign of life; None: it does, or it waits for one."""
    heard: Recognition | None = None
    """Set while it is being assessed."""

    @property
    def utterance(self) -> str:
        """Its name in Redis."""
        return f"p{self.piece.index}"


class FileJob:
    """Works on one job whose lease we have."""

    def __init__(self, row: JobRow, tools: Tools) -> None:
        assert row.lease is not None
        self._id, self._lease = row.id, row.lease
        self._row, self._tools = row, tools
        self._session = keys.file_session(row.id, row.lease)
        self._language: str = row.language or row.parameters["language"]
        self._prompt: str = row.parameters.get("prompt") or ""
        text = row.parameters.get("reference_text")
        self._reading = Reading(text, self._language) if text else None
        self._finished: dict[int, FinishedPiece] = {}
        self._parts: list[Part] = []
        self._flights: dict[str, Flight] = {}
        self._after = "0-0"
        self._total_s: float | None = None
        self._charged_s = row.charged_s
        self._renewed_at = self._looked_at = self._heard_at = time.monotonic()

    # ------------------------------------------------------------ the whole of it

    def run(self) -> str:
        """Work until it is done, failed, gone, or this worker is stopped; say which."""
        tools = self._tools
        try:
            duration_s, damage = self._read()
            result = self._result(duration_s, damage)
            ended = self._end("done", result=result, progress=1.0, duration_s=duration_s)
            return "done" if ended else "gone"
        except JobError as error:
            self._end("failed", error=error.code, detail=error.detail)
            return f"failed: {error.code}"
        except JobLostError:
            self._await_stragglers()
            return "gone"
        except StoppedError:
            tools.jobs.give_back(self._id, self._lease, time.time())
            return "given back"
        finally:
            forget_job(tools.store, self._id)

    def _end(self, state: Literal["done", "failed"], **facts: Any) -> bool:
        now = time.time()
        expires_at = self._row.expires_at
        if self._row.purpose == "job":
            expires_at = now + self._tools.settings.job_ttl_days * 86_400
        return self._tools.jobs.finish(
            self._id, self._lease, state, now, expires_at=expires_at, **facts
        )

    def _read(self) -> tuple[float, str | None]:
        """Recognise every piece; return the recording's length, and what was wrong with it."""
        known = {done.piece.index: done for done in self._tools.jobs.pieces(self._id)}
        cutter = Cutter(self._tools.vad)
        with tempfile.TemporaryFile() as file:
            for block in self._tools.jobs.upload(self._id):
                file.write(block)
            file.seek(0)
            try:
                with open_recording(file, self._row.filename) as recording:
                    self._begin(recording.seconds)
                    parts = cut_all(self._paced(recording.audio()), cutter)
                    for index, (start, audio) in enumerate(parts):
                        piece = Piece(index, start, start + len(audio))
                        self._receive_piece(piece, audio, known.get(index))
            except MediaError as error:
                raise JobError("not_audio", str(error)) from error
        while self._flights:
            self._wait()
        if not cutter.position:
            raise JobError("no_audio", recording.damage)
        self._charge(cutter.position / RATE)
        return cutter.position / RATE, recording.damage

    def _begin(self, seconds: float | None) -> None:
        self._total_s = seconds
        self._refuse_longer(seconds or 0.0)
        self._charge(seconds or 0.0)

    def _paced(self, audio: Iterable[Samples]) -> Iterator[Samples]:
        """The audio, while the job is ours and not too long."""
        taken = 0
        for samples in audio:
            taken += len(samples)
            self._refuse_longer(taken / RATE)
            if taken / RATE > self._charged_s + CHARGE_S:  # longer than the file says
                self._charge(taken / RATE)
            self._keep()
            yield samples

    def _charge(self, seconds: float) -> None:
        """Count so much of the recording in its owner's usage, once however often it is taken up.

        Raises:
            JobError: more than the quota leaves.
        """
        owner, more = self._row.owner, seconds - self._charged_s
        if owner is None or more <= 0:
            return
        plans, plan = self._tools.settings.plans, self._row.parameters["plan"]
        try:
            admitted = self._tools.meter.add(owner, more, quota_of(plans, plan))
        except ConflictError as error:  # the account is gone, and the job with it
            raise JobLostError from error
        if not admitted:
            raise JobError("quota_exhausted")
        self._charged_s = seconds
        self._renew()

    def _refuse_longer(self, seconds: float) -> None:
        longest = self._tools.settings.max_audio_s
        if seconds > longest:
            raise JobError("audio_too_long", f"the recording is longer than {longest:g} s")

    # ------------------------------------------------------------ pieces

    def _receive_piece(self, piece: Piece, audio: Samples, known: FinishedPiece | None) -> None:
        if known is not None and known.piece == piece:
            self._note(known)
            return
        if known is not None:
            self._tools.jobs.remove_piece(self._id, piece.index)
        while len(self._flights) >= self._most_flights:
            self._wait()
        flight = Flight(piece, audio.tobytes())
        self._flights[flight.utterance] = flight
        self._send(flight)

    @property
    def _most_flights(self) -> int:
        """One at a time while the next depends on it: on the language, on the place in a text."""
        alone = self._language == AUTO or self._reading is not None
        return 1 if alone else self._tools.settings.pieces_in_flight

    def _wait(self) -> None:
        """Wait for something to happen to the pieces under way."""
        self._keep()
        try:
            results, self._after = read_results(
                self._tools.store, self._session, self._after, WAIT_MS
            )
            self._receive_results(results)
            self._heard_at = time.monotonic() if results else self._heard_at
            if time.monotonic() - self._looked_at >= LOOK_S:
                self._looked_at = time.monotonic()
                self._look_after()
        except StoreError as error:
            log.warning("job %s waits for the store: %s", self._id, error)
            time.sleep(LOOK_S)

    def _receive_results(self, results: Sequence[WorkerResult]) -> None:
        try:
            for result in results:
                self._receive_result(result)
        except JobLostError:
            for result in results:  # these are none to wait for
                self._flights.pop(result.utterance, None)
            raise

    def _receive_result(self, result: WorkerResult) -> None:
        flight = self._flights.get(result.utterance)
        if flight is None or isinstance(result, AssessmentResult) != (flight.heard is not None):
            return
        if getattr(result, "outcome", "failed") != "ok":
            if getattr(result, "attempt", 0) == flight.attempt:
                self._retry(flight)
        elif isinstance(result, AssessmentResult):
            assert flight.heard is not None
            self._finish(flight, FinishedPiece(flight.piece, flight.heard, result.assessment))
        else:
            heard: Recognition = result.recognition  # type: ignore[union-attr,assignment]
            if self._reading is not None and heard.text:
                flight.heard, flight.attempt = heard, 1
                self._send(flight)
            else:
                self._finish(flight, FinishedPiece(flight.piece, heard))

    def _finish(self, flight: Flight, finished: FinishedPiece) -> None:
        try:
            self._tools.jobs.add_piece(self._id, finished)
        except DuplicateError as error:
            raise JobLostError from error
        del self._flights[flight.utterance]
        drop_pieces(self._tools.store, self._session, [flight.utterance])
        self._note(finished)

    def _note(self, finished: FinishedPiece) -> None:
        self._finished[finished.piece.index] = finished
        if self._language == AUTO and finished.recognition.text:
            self._language = finished.recognition.language
        if self._reading is not None and finished.assessment is not None:
            self._note_reading(self._reading, finished)

    def _note_reading(self, reading: Reading, finished: FinishedPiece) -> None:
        found = finished.assessment
        assert found is not None
        if found.passage is None or found.pronunciation is None:
            return
        passage = shifted(found.passage, _behind(reading))
        begin_ms = to_ms(finished.piece.start)
        self._parts.append(Part(passage.start, begin_ms, found.pronunciation, passage))
        reading.receive_passage(passage)

    # ------------------------------------------------------------ dispatch

    def _send(self, flight: Flight) -> None:
        """Hand a piece to a worker; `_look_after` does it when the store is away now."""
        flight.sent_at = flight.missed_at = None
        try:
            keep_piece(self._tools.store, self._session, flight.utterance, flight.pcm)
            self._tools.queue.send(self._task(flight))
            flight.sent_at = time.monotonic()
        except StoreError as error:
            log.warning("job %s: %s", self._id, error)

    def _task(self, flight: Flight) -> Job:
        size = len(flight.pcm)
        if flight.heard is None:
            return RecognitionJob(
                self._session,
                flight.utterance,
                "final",
                1,
                flight.attempt,
                size,
                self._language,
                batch=True,
                prompt=self._prompt,
            )
        assert self._reading is not None
        behind, position = _behind(self._reading), self._reading.position
        return AssessmentJob(
            self._session,
            flight.utterance,
            flight.attempt,
            size,
            flight.heard,
            self._reading.words[behind : position + WINDOW_AHEAD],
            position - behind,
            batch=True,
        )

    def _look_after(self) -> None:
        """Keep the audio of what is under way, and send again what was lost."""
        for flight in list(self._flights.values()):
            if flight.sent_at is None:
                self._send(flight)
            elif (
                not self._renew_audio(flight)
                or self._is_overdue(flight.sent_at)
                or self._is_orphan(flight)
            ):
                self._retry(flight)

    def _renew_audio(self, flight: Flight) -> bool:
        """Whether the piece is still in Redis; then it stays."""
        key = keys.audio(self._session, flight.utterance)
        return bool(self._tools.store.expire(key, keys.AUDIO_TTL_S))

    def _is_overdue(self, sent_at: float) -> bool:
        """Pieces wait for each other: as long as some come back, the rest is not lost."""
        return (
            time.monotonic() - max(sent_at, self._heard_at) > self._tools.settings.batch_timeout_s
        )

    def _is_orphan(self, flight: Flight) -> bool:
        """Whether its worker has died with it: by and by the queue hands it out again, too, but an
        assessment soon."""
        store, session, name = self._tools.store, self._session, flight.utterance
        if flight.heard is not None or has_taker(store, session, name, flight.attempt) is not False:
            flight.missed_at = None
            return False
        now = time.monotonic()
        flight.missed_at = flight.missed_at or now
        return now - flight.missed_at >= self._tools.settings.batch_lease_s

    def _retry(self, flight: Flight) -> None:
        self._renew()  # a piece is also lost when its job was deleted: then nothing is sent again
        if flight.attempt >= self._tools.settings.piece_attempts:
            raise JobError("assessment_failed" if flight.heard else "recognition_failed")
        flight.attempt += 1
        log.warning("job %s: piece %d once more", self._id, flight.piece.index)
        self._send(flight)

    def _keep(self) -> None:
        """Keep the lease, and tell how far we are.

        Raises:
            JobLostError, StoppedError
        """
        if self._tools.stopping.is_set():
            raise StoppedError
        if time.monotonic() - self._renewed_at >= RENEW_S:
            self._renew()

    def _renew(self) -> None:
        self._renewed_at = time.monotonic()
        language = None if self._language == AUTO else self._language
        if not self._tools.jobs.renew(
            self._id,
            self._lease,
            time.time(),
            progress=self._progress,
            language=language,
            charged_s=self._charged_s,
        ):
            raise JobLostError

    @property
    def _progress(self) -> float:
        """Share of the recording, 0 to 1, that is done."""
        if not self._total_s or not self._finished:
            return 0.0
        done = max(finished.piece.end for finished in self._finished.values())
        return round(min(0.99, done / RATE / self._total_s), 3)

    def _await_stragglers(self) -> None:
        """Nobody wants the job any more: let what is being recognised end, then nothing is left."""
        store, stopping = self._tools.store, self._tools.stopping
        deadline = time.monotonic() + GOODBYE_S
        with suppress(StoreError):
            drop_pieces(store, self._session, list(self._flights))
            while self._flights and time.monotonic() < deadline and not stopping.is_set():
                results, self._after = read_results(store, self._session, self._after, WAIT_MS)
                for result in results:
                    self._flights.pop(result.utterance, None)

    # ------------------------------------------------------------ the result

    def _result(self, duration_s: float, damage: str | None) -> dict[str, Any]:
        pieces = [self._finished[index] for index in sorted(self._finished)]
        heard = [(done.piece, done.recognition) for done in pieces]
        transcript = assemble(heard, self._language, round(duration_s, 3), damage)
        found = None if self._reading is None else self._report(self._reading, pieces)
        return {"transcript": asdict(transcript), "assessment": found and _as_json(found)}

    def _report(self, reading: Reading, pieces: list[FinishedPiece]) -> Report:
        found = report(reading.words, self._parts)
        if len(pieces) == 1 and pieces[0].assessment is not None:
            return replace(found, details=pieces[0].assessment.fluency)
        return found


def _behind(reading: Reading) -> int:
    """Index of the first word of the text that an assessment sees."""
    return max(0, reading.position - WINDOW_BEHIND)


def _as_json(found: Report) -> dict[str, Any]:
    data = asdict(found)
    if found.reason is not None:
        data["reason_text"] = REASONS[found.reason]
    return data
