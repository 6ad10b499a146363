"""The tutor speaks: a session's replies, one after the other, each to exactly one end.

A state machine like the session that owns it: text, clauses, what was played and time go in,
events, jobs and effects come out. It has no clock: time comes in as `now`.

A reply that has not begun to be heard gives way to a newer one: who has gone on does not want it.
"""

from __future__ import annotations

from collections.abc import Sequence

from tutor.core.protocol.errors import error_event
from tutor.core.protocol.messages import (
    Silenced,
    Speech,
    SpeechPosition,
)
from tutor.core.queue.jobs import SpeechJob, SpeechResult
from tutor.core.voice.config import SpeakingConfig
from tutor.core.voice.effects import KeepSpeech, SendSpeech, name_of
from tutor.core.voice.made import MadeClause
from tutor.core.voice.rehearsal import Rehearsal
from tutor.core.voice.replies import Replies
from tutor.core.voice.reply import SpokenReply, Stage
from tutor.core.voice.snapshot import SpeakingSnapshot
from tutor.core.voice.speakable import fault_of
from tutor.core.voice.voices import VoiceFacts


class Speaking(Replies):
    """The tutor's speech in one session."""

    def __init__(
        self, session: str, config: SpeakingConfig, wish: Speech, voice: VoiceFacts
    ) -> None:
        super().__init__()
        self._session = session
        self._config = config
        self.wish = wish
        self.voice = voice
        self._count = 0
        self._made_at = self._heard_at = 0.0  # when more of the first reply was, the last time
        self._unfinished: set[str] = set()  # utterances to which more of a reply may come
        self._rehearsal = Rehearsal()

    @property
    def wanted_after(self) -> tuple[str, int, int] | None:
        """Name of the speech whose clauses are awaited, the last clause that is there, and the
        first one that was not heard to its end."""
        reply = self.current if self.current and self.current.is_kept else self._rehearsal.reply
        return None if reply is None else reply.wanted_after

    def change(self, wish: Speech, voice: VoiceFacts, now: float) -> None:
        """Speak otherwise from the next reply on, or not at all from now on."""
        self.wish, self.voice = wish, voice
        self.rehearse(None, now)
        if not wish.enabled:
            self.silence("stopped", now)

    # ------------------------------------------------------------ the text

    def receive_delta(self, utterance: str, text: str) -> None:
        """Take a further part of the reply to an utterance."""
        if not self.wish.enabled:
            self._unfinished.add(utterance)  # nor is the rest said if the client wants speech again
            return
        reply = self._reply_to(utterance, text)
        if reply is not None and not reply.is_whole:
            self._receive_text(reply, text, is_whole=False)

    def receive_done(self, utterance: str) -> None:
        """Take note that the reply to an utterance is whole."""
        self._unfinished.discard(utterance)
        for reply in self._replies[:]:
            if reply.utterance == utterance and not reply.is_whole:
                self._receive_text(reply, "", is_whole=True)

    def rehearse(self, wanted: tuple[str, str] | None, now: float) -> None:
        """Have the beginning of a reply made before it is told, given as its utterance and its
        text; None: of none. What was rehearsed till now is forgotten."""
        if wanted == self._rehearsal.wanted:
            return
        self._outputs += self._rehearsal.forget()
        if wanted is None or not self.wish.enabled:
            return
        self._count += 1
        reply = SpokenReply(self._count, wanted[0], self.wish.sample_rate)
        reply.receive_text(wanted[1], self._config.most_chars, is_whole=True)
        if fault_of(reply.spoken_text, self.voice.language) is None:
            self._outputs += self._rehearsal.begin(self._session, reply, self._kept(reply), now)

    def _reply_to(self, utterance: str, text: str) -> SpokenReply | None:
        """The reply to an utterance, which begins with a text if it is new; None: it has had its
        end, whatever comes of it."""
        for reply in self._replies:
            if reply.utterance == utterance:
                return reply
        if utterance in self._unfinished:
            return None
        self.drop_unheard()
        self._unfinished.add(utterance)
        rehearsed, asked_at = self._rehearsal.take(utterance, text)
        if rehearsed is not None and not self._replies:
            self._asked_at, self._made_at = asked_at, asked_at or 0.0
        self._outputs += self._rehearsal.forget()
        self._count += rehearsed is None
        reply = rehearsed or SpokenReply(self._count, utterance, self.wish.sample_rate)
        self._replies.append(reply)
        return reply

    def _receive_text(self, reply: SpokenReply, text: str, *, is_whole: bool) -> None:
        before = reply.available
        reply.receive_text(text, self._config.most_chars, is_whole=is_whole)
        fault = fault_of(reply.spoken_text, self.voice.language)
        if reply.is_whole and not reply.is_audible and fault is not None:
            self._drop(reply)
        elif reply.available > before or reply.is_whole:
            self._outputs.append(self._kept(reply))

    def _kept(self, reply: SpokenReply) -> KeepSpeech:
        reply.is_kept = True
        return KeepSpeech(reply.number, reply.request(self.voice.id, self.wish.rate))

    # ------------------------------------------------------------ from the workers

    def receive_clauses(self, name: str, clauses: Sequence[MadeClause], now: float) -> None:
        """Take clauses that a worker has made of a speech."""
        self._rehearsal.receive_clauses(name, clauses)
        reply = self.current
        if reply is None or name_of(reply.number) != name:
            return
        for clause in clauses:
            if reply.receive_clause(clause):
                self._made_at = now
                if reply.is_audible:
                    self._outputs.append(reply.marks_of(clause))

    def receive_result(self, result: SpeechResult, now: float) -> None:
        """Take note that a worker has ended a job."""
        self._rehearsal.receive_result(result.utterance)
        reply = self.current
        if reply is None or name_of(reply.number) != result.utterance:
            return
        self._asked_at = None
        if result.outcome == "failed":
            self._fail(reply, now)

    def receive_lost(self, number: int, now: float) -> None:
        """Take note that a reply's audio is not in the store any more."""
        if (reply := self.current) is not None and reply.number == number:
            self._fail(reply, now)

    def _fail(self, reply: SpokenReply, now: float) -> None:
        if reply.is_audible:
            self._cancel(reply, "failed", now)
        else:
            self._drop(reply)
            self._outputs.append(error_event("speech_failed"))

    # ------------------------------------------------------------ from the client

    def receive_played(self, number: int, position_ms: int, now: float) -> None:
        """Take up to where a reply was heard; what is late, or of another reply, says nothing."""
        reply = self.current
        if reply is None or reply.number != number or not reply.is_audible:
            return
        if reply.receive_played(reply.to_samples(position_ms)):
            self._heard_at = now
        if reply.is_heard:
            self._end(reply, Stage.DONE, now)
            self._outputs.append(reply.told_end)

    def _hear(self, reply: SpokenReply, now: float) -> None:
        """Let as much be heard as can have been played since the last time."""
        played = reply.to_ms(reply.played) + 1 + round(1000 * (now - self._heard_at))
        if reply.sent > reply.played:
            self.receive_played(reply.number, played, now)
        else:
            self._heard_at = now

    def receive_resume(self, at: SpeechPosition | None, now: float) -> None:
        """Take note that the client is back, and has the audio up to a position."""
        reply = self.current
        if reply is None or not reply.is_audible:
            return
        self._heard_at = now
        is_named = at is not None and at.reply == reply.number
        reply.rewind(reply.to_samples(at.position_ms) if at and is_named else None)

    def silence(self, reason: Silenced, now: float) -> None:
        """Fall silent, and say nothing of what was still to be said."""
        self.rehearse(None, now)
        for reply in self._replies[:]:
            if reply.is_audible:
                self._cancel(reply, reason, now)
            else:
                self._drop(reply)

    def refuse(self, utterance: str, now: float) -> None:
        """Say nothing of the reply to an utterance, whatever comes of it."""
        self._unfinished.add(utterance)
        for reply in [one for one in self._replies if one.utterance == utterance]:
            self._cancel(reply, "stopped", now) if reply.is_audible else self._drop(reply)

    # ------------------------------------------------------------ what is due

    def settle(self, now: float, *, is_quiet: bool, is_away: bool = False) -> None:
        """Begin, ask for and send what is due now.

        Args:
            is_quiet: Whether the learner says nothing, and all that they said is understood: else
                no reply begins.
            is_away: Whether the client cannot be heard for now, but may come back.
        """
        reply = self.current
        if reply is None:
            return
        if is_away:
            self._heard_at = now
        elif self._config.is_played_unseen and reply.is_audible:
            self._hear(reply, now)
            reply = self.current
            if reply is None:
                return
        if reply.stage is Stage.WAITING and reply.clauses and is_quiet:
            self._begin(reply, now)
        self._ask(reply, now)
        self._check_patience(reply, now)
        if reply.is_audible and not is_away:
            self._send(reply)

    def _begin(self, reply: SpokenReply, now: float) -> None:
        reply.stage, self._heard_at = Stage.SPEAKING, now
        self._outputs.append(reply.told_start)
        self._outputs += map(reply.marks_of, reply.clauses)

    def _ask(self, reply: SpokenReply, now: float) -> None:
        """Send a job if more is to be made, and none is under way, or it is lost."""
        ahead = round(self._config.ahead_s * reply.rate)
        if not reply.is_kept or reply.is_made or reply.made - reply.played > ahead // 2:
            return
        if self._asked_at is not None:
            if now - max(self._asked_at, self._made_at) <= self._config.retry_s:
                return
        elif len(reply.clauses) >= reply.available:
            return
        else:
            self._made_at = now
        self._asked_at = now
        job = SpeechJob(self._session, name_of(reply.number), reply.played + ahead)
        self._outputs.append(job)

    def _check_patience(self, reply: SpokenReply, now: float) -> None:
        if reply.is_audible and now - self._heard_at > self._config.unheard_s:
            self._cancel(reply, "unheard", now)
        elif self._asked_at is not None and now - self._made_at > self._config.deadline_s:
            self._fail(reply, now)

    def _send(self, reply: SpokenReply) -> None:
        stretch = reply.due(round(self._config.lead_s * reply.rate))
        if stretch is None:
            return
        begin, end = stretch
        clauses, offset = reply.clauses_of(begin, end)
        reply.sent = end
        is_last = reply.is_made and end == reply.made
        self._outputs.append(SendSpeech(reply.number, begin, end, clauses, offset, is_last))

    # ------------------------------------------------------------ to another gateway

    def snapshot(self, now: float) -> SpeakingSnapshot:
        """All that another gateway needs to go on speaking."""
        replies = tuple(one.snapshot() for one in self._replies)
        unfinished, ended = tuple(sorted(self._unfinished)), self._recent.snapshot(now)
        return SpeakingSnapshot(self.wish, self.voice, self._count, replies, unfinished, *ended)

    @classmethod
    def restored(
        cls, session: str, config: SpeakingConfig, kept: SpeakingSnapshot, now: float
    ) -> Speaking:
        """The speech of a snapshot; what was asked for is asked for again."""
        speaking = cls(session, config, kept.wish, kept.voice)
        speaking._count, speaking._made_at, speaking._heard_at = kept.count, now, now
        speaking._unfinished = set(kept.unfinished)
        speaking._replies = [SpokenReply.restored(one) for one in kept.replies]
        speaking._recent.resume_from(kept.recent, now - kept.recent_s)
        return speaking
