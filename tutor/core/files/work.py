"""The work on one uploaded file: which piece is sent when, what it is charged, how it ends.

A state machine without clock, store or thread: the recording, the workers' answers and time go in
by `receive_*`, and `collect` gives the effects. `now` is seconds of any steady clock.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from enum import Enum

from tutor.core.audio.recognition import Recognition
from tutor.core.audio.samples import RATE
from tutor.core.feedback.assessment import Assessment
from tutor.core.files.assignment import Assignment, Earlier, Limits
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
from tutor.core.files.errors import JOB_ERRORS
from tutor.core.files.findings import Findings
from tutor.core.files.pieces import FinishedPiece, Flight, Step, Taker
from tutor.core.files.transcript import Piece
from tutor.core.text.languages import AUTO

RENEW_S = 3.0
"""Seconds between two renewals of the lease."""

CHARGE_S = 60.0
"""Seconds of audio beyond the length that the file states which are charged at once."""

LOOK_S = 1.0
"""Seconds between two looks at the pieces in flight."""

GOODBYE_S = 20.0
"""Seconds that a lost job waits for pieces that are just being recognised, to delete what they
leave."""

FAILURES = {Step.RECOGNITION: "recognition_failed", Step.ASSESSMENT: "assessment_failed"}
"""The code of a job that fails because one of its pieces fails in this step."""


class State(Enum):
    """How far the work on a file is."""

    READING = "reading"
    """The recording is being cut: more pieces come."""
    FINISHING = "finishing"
    """All pieces have come, and some are in flight."""
    LEAVING = "leaving"
    """The job is lost, and workers still have some of its pieces."""
    DONE = "done"
    FAILED = "failed"
    GIVEN_BACK = "given back"
    """Another worker may go on with the job."""
    GONE = "gone"
    """The job was deleted, or another worker has its lease."""

    @property
    def is_working(self) -> bool:
        """Whether the job is still this worker's, and not at its end."""
        return self in (State.READING, State.FINISHING)


class FileWork:
    """The work on one file; the caller holds the job's lease.

    Raises:
        TextError: the text to read has no words, or too many.
    """

    def __init__(self, task: Assignment, limits: Limits, earlier: Earlier, now: float) -> None:
        self.state = State.READING
        self._task, self._limits = task, limits
        self._effects: deque[Effect] = deque()
        self._findings = Findings(task.language, task.text)
        self._known = {done.piece.index: done for done in earlier.pieces}
        self._flights: dict[str, Flight] = {}
        self._samples = 0  # of the recording that were read
        self._said_s: float | None = None  # how long the file says it is
        self._damage: str | None = None
        self._charged_s = earlier.charged_s
        self._progress = earlier.progress
        self._renewed_at = self._looked_at = self._heard_at = now
        self._leave_at = 0.0
        self._error = ""

    @property
    def outcome(self) -> str:
        """How the work ended, in a word for a log; a failure with its error's code."""
        if self.state is State.LEAVING:  # given up before everything was swept up
            return State.GONE.value
        return f"failed: {self._error}" if self.state is State.FAILED else self.state.value

    def collect(self) -> Iterator[Effect]:
        """The effects, in order. What becomes of one may add to those after it, or undo them."""
        while self._effects:
            yield self._effects.popleft()

    # ------------------------------------------------------------ the recording

    def receive_length(self, seconds: float | None, now: float) -> None:
        """Take the length that the file states, if it states one."""
        self._said_s = seconds
        self._receive_seconds(seconds or 0.0, 0.0, now)

    def receive_audio(self, samples: int, now: float) -> None:
        """Take note of more samples of the recording, at 16 kHz."""
        self._samples += samples
        self._receive_seconds(self._samples / RATE, CHARGE_S, now)

    def _receive_seconds(self, seconds: float, uncharged_s: float, now: float) -> None:
        """Refuse a recording that is too long, and charge what is more than may be left
        uncharged."""
        longest = self._limits.max_audio_s
        if seconds > longest:
            self._fail("audio_too_long", f"the recording is longer than {longest:g} s")
        elif seconds > self._charged_s + uncharged_s:
            self._charge(seconds, now)

    def receive_end(self, damage: str | None, now: float) -> None:
        """Take the end of the recording; `damage`: why it was read in part only."""
        self._damage = damage
        if not self._samples:
            self._fail("no_audio", damage)
            return
        self.state = State.FINISHING
        self._complete_if_over(now)

    def receive_failure(self, code: str, detail: str | None = None) -> None:
        """Fail, whatever was still to happen: the file cannot be read, or the quota does not admit
        it."""
        self._effects.clear()
        self._fail(code, detail)

    # ------------------------------------------------------------ pieces

    @property
    def is_read(self) -> bool:
        """Whether the recording is the reading of a text."""
        return self._findings.is_read

    @property
    def has_room(self) -> bool:
        """Whether the next piece may come."""
        most = 1 if self._findings.is_sequential else self._limits.pieces_in_flight
        return len(self._flights) < most

    def receive_piece(self, piece: Piece, pcm: bytes) -> None:
        """Take the next piece, for which there is room, with its audio (PCM16 at 16 kHz)."""
        known = self._known.pop(piece.index, None)
        if known is not None and known.piece == piece:
            self._findings.receive_piece(known)
            return
        if known is not None:
            self._effects.append(ForgetPiece(piece.index))
        flight = Flight(piece, pcm)
        self._flights[flight.utterance] = flight
        self._send(flight)

    def receive_sent(self, utterance: str, now: float) -> None:
        """Take note that a piece is in the workers' queue; one that is not is sent again soon."""
        if (flight := self._flights.get(utterance)) is not None:
            flight.receive_sent(now)

    def receive_recognition(
        self, utterance: str, attempt: int, heard: Recognition | None, now: float
    ) -> None:
        """Take what a worker heard in a piece; None: it failed. Doubled answers are dropped."""
        flight = self._awaited(utterance, Step.RECOGNITION, now)
        if flight is None:
            return
        if heard is None:
            self._receive_refusal(flight, attempt, now)
        elif self._findings.is_read and (heard.text or self._is_all(flight)):
            flight.receive_recognition(heard)
            self._send(flight)
        else:
            self._finish(FinishedPiece(flight.piece, heard), flight, now)

    def receive_assessment(
        self, utterance: str, attempt: int, found: Assessment | None, now: float
    ) -> None:
        """Take what a worker measured on a piece; None: it failed. Doubled answers are dropped."""
        flight = self._awaited(utterance, Step.ASSESSMENT, now)
        if flight is None:
            return
        if found is None:
            self._receive_refusal(flight, attempt, now)
        else:
            assert flight.heard is not None
            self._finish(FinishedPiece(flight.piece, flight.heard, found), flight, now)

    def _awaited(self, utterance: str, step: Step, now: float) -> Flight | None:
        """The piece that waits for a worker's answer to this step, if there is one."""
        self._heard_at = now
        if self.state is State.LEAVING:
            self._flights.pop(utterance, None)
            self._go_if_alone()
        flight = self._flights.get(utterance)
        is_awaited = self.state.is_working and flight is not None and flight.step is step
        return flight if is_awaited else None

    def _receive_refusal(self, flight: Flight, attempt: int, now: float) -> None:
        if attempt == flight.attempt:
            flight.sent_at = None
            self._retry(flight, now)

    def _finish(self, finished: FinishedPiece, flight: Flight, now: float) -> None:
        del self._flights[flight.utterance]
        self._effects += [KeepPiece(finished), DropAudio((flight.utterance,))]
        self._findings.receive_piece(finished)
        self._complete_if_over(now)

    def _complete_if_over(self, now: float) -> None:
        if self.state is not State.FINISHING or self._flights:
            return
        seconds = self._samples / RATE
        self._charge(seconds, now)
        self._effects.append(Complete(self._findings.result(seconds, self._damage), seconds))
        self.state = State.DONE

    # ------------------------------------------------------------ what was lost

    def receive_caught_up(self, now: float) -> None:
        """Look after the pieces without an answer: all answers that there are have been
        received."""
        if not self.state.is_working or now - self._looked_at < LOOK_S:
            return
        self._looked_at = now
        for flight in self._flights.values():
            self._look_after(flight, now)

    def _look_after(self, flight: Flight, now: float) -> None:
        asked = {e.utterance for e in self._effects if isinstance(e, Recognise | Assess)}
        if not self.state.is_working or flight.utterance in asked:
            return  # a piece before this one has failed the job, or this one is about to be sent
        if flight.is_due:
            self._send(flight)
        elif flight.is_overdue(now, self._heard_at, self._limits.batch_timeout_s):
            self._retry(flight, now)
        else:
            self._effects.append(Look(flight.utterance, flight.attempt))

    def receive_sighting(
        self, utterance: str, taker: Taker, now: float, *, has_audio: bool
    ) -> None:
        """Take whether a piece's audio is still there, and whether a worker has taken the piece."""
        flight = self._flights.get(utterance)
        if flight is None or flight.is_due or not self.state.is_working:
            return
        if not has_audio or flight.is_orphan(taker, now, self._limits.batch_lease_s):
            self._retry(flight, now)

    def _retry(self, flight: Flight, now: float) -> None:
        """Send a piece once more, or give the job up.

        A piece is also lost when its job was deleted. So the lease comes first: when it is lost,
        nothing is sent.
        """
        self._renew(now)
        if flight.attempt >= self._limits.piece_attempts:
            self._fail(FAILURES[flight.step])
            return
        flight.begin_again()
        self._send(flight)

    def _send(self, flight: Flight) -> None:
        name, attempt, pcm = flight.utterance, flight.attempt, flight.pcm
        if flight.heard is None:
            language, prompt = self._findings.language, self._task.prompt
            self._effects.append(Recognise(name, attempt, pcm, language, prompt))
        else:
            window = self._findings.window()
            is_all = self._is_all(flight)
            self._effects.append(Assess(name, attempt, pcm, flight.heard, window, is_all))

    def _is_all(self, flight: Flight) -> bool:
        """Whether a piece is all of the recording."""
        return self.state is State.FINISHING and flight.piece.index == 0

    # ------------------------------------------------------------ the lease

    def receive_tick(self, now: float) -> None:
        """Let time pass: the lease is renewed, a lost job ends."""
        if self.state.is_working and now - self._renewed_at >= RENEW_S:
            self._renew(now)
        if self.state is State.LEAVING and now >= self._leave_at:
            self.state = State.GONE

    def _charge(self, seconds: float, now: float) -> None:
        """Charge the recording up to so many seconds, once however often the job is taken up."""
        more = seconds - self._charged_s
        if not self._task.is_charged or more <= 0:
            return
        self._charged_s = seconds
        self._effects.append(Charge(more))
        self._renew(now)

    def _renew(self, now: float) -> None:
        self._renewed_at = now
        if self._said_s:
            share = self._findings.end / RATE / self._said_s
            self._progress = max(self._progress, round(min(0.99, share), 3))
        language = None if self._findings.language == AUTO else self._findings.language
        self._effects.append(Renew(self._progress, language, self._charged_s))

    # ------------------------------------------------------------ how it ends

    def receive_stop(self) -> None:
        """Give the job back, if it is still this worker's: the worker is being stopped."""
        if self.state.is_working:
            self._effects.append(GiveBack())
            self.state = State.GIVEN_BACK
        elif self.state is State.LEAVING:
            self.state = State.GONE

    def receive_loss(self, now: float) -> None:
        """Drop all that was to happen: the job was deleted, or another worker has its lease.

        What is just being recognised is awaited, so that nothing of the job is left.
        """
        self._effects.clear()
        if self._flights:
            self._effects.append(DropAudio(tuple(self._flights)))
        self._flights = {
            name: flight for name, flight in self._flights.items() if flight.sent_at is not None
        }
        self.state, self._leave_at = State.LEAVING, now + GOODBYE_S
        self._go_if_alone()

    def _go_if_alone(self) -> None:
        if not self._flights:
            self.state = State.GONE

    def _fail(self, code: str, detail: str | None = None) -> None:
        self._effects.append(Fail(code, detail or JOB_ERRORS[code][1]))
        self.state, self._error = State.FAILED, code
