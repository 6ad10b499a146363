"""A session's replies, said aloud, and what it makes of what is heard meanwhile.

It reads the events of its session as they come: what the tutor writes is spoken, what the learner
says while it speaks is judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tutor.core.live.checks import require_speech
from tutor.core.live.commands import Truncate
from tutor.core.live.effects import Dispatch, Effect, Emit
from tutor.core.protocol.errors import ProtocolError, error_event
from tutor.core.protocol.messages import (
    Aside,
    ServerEvent,
    Speech,
    SpeechPlayed,
    SpeechPosition,
    SpeechStarted,
    SpeechStop,
    TranscriptFinal,
    TranscriptPartial,
    TutorReplyDelta,
    TutorReplyDone,
    UtteranceAside,
)
from tutor.core.queue.jobs import SpeechJob, SpeechResult
from tutor.core.voice.config import SpeakingConfig
from tutor.core.voice.effects import SPEECH_EFFECTS
from tutor.core.voice.interruption import Interruption, Move
from tutor.core.voice.made import MadeClause
from tutor.core.voice.overheard import Verdict, judge
from tutor.core.voice.recent import Broken
from tutor.core.voice.replies import Output
from tutor.core.voice.reply import Stage
from tutor.core.voice.snapshot import Place, SpeakingSnapshot
from tutor.core.voice.speaking import Speaking
from tutor.core.voice.voices import VoiceFacts

GOES_ON_S = 1.0
"""A "yes" within the last second of what the tutor says is an answer, before it a sign that one
listens."""

TAIL_S = 0.3
"""Seconds after the tutor's last word in which its sound is still in the room."""


class Aloud:
    """The tutor's speech in one session, if its client asked for it; `effects`: the session's."""

    def __init__(self, session: str, config: SpeakingConfig, effects: list[Effect]) -> None:
        self._session = session
        self._config = config
        self._effects = effects
        self._read = 0  # effects that were looked at
        self._voices: Sequence[VoiceFacts] = ()
        self._language = ""
        self._speaking: Speaking | None = None
        self._interruption = Interruption(config.duck, config.unduck)
        self._was_audible = False
        self._deaf_until = 0.0
        self._begun_at: dict[str, Place] = {}  # utterances that began while the tutor spoke
        self._asides: set[str] = set()
        self.gives_way = True
        """Whether the tutor is silent while the learner speaks."""

    # ------------------------------------------------------------ what is asked for

    def receive_voices(self, voices: Sequence[VoiceFacts]) -> None:
        """Take the voices that can speak now, before a client asks for one."""
        self._voices = voices

    def ask(self, wish: Speech | None, language: str, now: float) -> None:
        """Speak as the client wants it from now on; None: as before.

        `language`: that of the session, Whisper's code or `auto`.

        Raises:
            ProtocolError: `unsupported_speech`.
        """
        if wish is None:
            self._language = language
            return
        voice = require_speech(wish, language, self._voices, self._config)
        self._language = language
        if voice is None:
            self._effects.append(Emit(error_event("speech_failed")))
        elif self._speaking is None:
            self._speaking = Speaking(self._session, self._config, wish, voice)
        else:
            self._speaking.change(wish, voice, now)

    @property
    def tongue(self) -> str | None:
        """The one language that the tutor can speak; None: any, or it does not speak."""
        return self._speaking.voice.language or None if self._speaking and self.speaks else None

    @property
    def speaks(self) -> bool:
        """Whether replies are spoken."""
        return self._speaking is not None and self._speaking.wish.enabled

    @property
    def is_audible(self) -> bool:
        """Whether the learner hears the tutor now."""
        return self._speaking is not None and self._speaking.is_audible

    # ------------------------------------------------------------ what a session asks

    @property
    def waiting(self) -> bool:
        """Whether something is still to be spoken or heard."""
        return self._speaking is not None and self._speaking.waiting

    @property
    def wanted_after(self) -> tuple[str, int, int] | None:
        """The speech whose clauses are awaited; see `Speaking`."""
        return None if self._speaking is None else self._speaking.wanted_after

    @property
    def heard_s(self) -> tuple[int, int]:
        """Which reply is being heard, and how many whole seconds of it were."""
        reply = None if self._speaking is None else self._speaking.current
        return (0, 0) if reply is None else reply.heard_s

    def take_aside(self, utterance: str) -> bool:
        """Whether an utterance is not to be answered; it is asked once."""
        is_aside = utterance in self._asides
        self._asides.discard(utterance)
        return is_aside

    def collect_broken(self) -> list[Broken]:
        """The replies that were broken off since the last call."""
        return [] if self._speaking is None else self._speaking.collect_broken()

    # ------------------------------------------------------------ in

    def receive_probabilities(self, probabilities: list[float], now: float) -> list[float]:
        """Take the probabilities of speech; those that count, for whom the learner is heard by."""
        if (speaking := self._speaking) is None:
            return probabilities
        if speaking.is_audible:
            self._deaf_until = now + TAIL_S
        if speaking.wish.half_duplex:
            return [0.0] * len(probabilities) if now < self._deaf_until else probabilities
        if speaking.is_audible and not self._config.at_onset:
            for probability in probabilities:
                self._make(self._interruption.receive_probability(probability), now)
        return probabilities

    def rehearse(self, reply: tuple[str, str] | None, now: float) -> None:
        """Have the beginning of a reply made that is not to be told yet, given as its utterance and
        its text; None: of none."""
        if self._speaking is not None:
            self._speaking.rehearse(reply, now)
            self._effects += map(_effect, self._speaking.collect())
            self._read = len(self._effects)

    def receive_clauses(self, name: str, clauses: Sequence[MadeClause], now: float) -> None:
        """Take clauses that a worker has made of a speech."""
        if self._speaking is not None:
            self._speaking.receive_clauses(name, clauses, now)

    def receive_lost(self, reply: int, now: float) -> None:
        """Take note that a reply's audio is not in the store any more."""
        if self._speaking is not None:
            self._speaking.receive_lost(reply, now)

    def receive_result(self, result: SpeechResult, now: float) -> None:
        """Take note that a worker has ended a job."""
        if self._speaking is not None:
            self._speaking.receive_result(result, now)

    def receive_message(self, message: object, now: float) -> None:
        """Take a message of the client's, if it is one about the tutor's speech.

        Raises:
            ProtocolError: `bad_message`.
        """
        if self._speaking is None:
            return
        match message:
            case SpeechPlayed(reply, position_ms):
                if position_ms < 0:
                    raise ProtocolError("bad_message", "speech.played: position_ms: 0 or more")
                self._speaking.receive_played(reply, position_ms, now)
            case SpeechStop():
                self.receive_stop(now)
            case Truncate(reply, position_ms):
                self._speaking.truncate(reply, position_ms, now)

    def refuse(self, utterance: str, now: float) -> None:
        """Say nothing of the reply to an utterance."""
        if self._speaking is not None:
            self._speaking.refuse(utterance, now)

    def receive_resume(self, at: SpeechPosition | None, now: float) -> None:
        """Take note that the client is back, and has the audio up to a position."""
        if self._speaking is not None:
            self._speaking.receive_resume(at, now)

    def receive_stop(self, now: float) -> None:
        """Fall silent: the client wants it, or its session is over."""
        if self._speaking is not None:
            self._speaking.silence("stopped", now)

    def receive_hangup(self, now: float) -> None:
        """Drop all that was to be said: nobody listens any more."""
        if self._speaking is not None:
            self._speaking.silence("stopped", now)
            self._effects += filter(_is_effect, map(_effect, self._speaking.collect()))

    # ------------------------------------------------------------ a step's end

    def settle(self, now: float, *, is_quiet: bool, is_away: bool = False) -> None:
        """Read the events since the last call, and say what is due.

        `is_quiet`: whether all that the learner said is understood; `is_away`: whether the client
        may come back, and does not listen now.
        """
        if (speaking := self._speaking) is None:
            return
        while self._read < len(self._effects):
            effect = self._effects[self._read]
            self._read += 1
            if isinstance(effect, Emit):
                self._receive_event(effect.event, speaking, now)
        speaking.settle(now, is_quiet=is_quiet, is_away=is_away)
        if speaking.is_audible and not self._was_audible:
            self._interruption.begin()
        self._was_audible = speaking.is_audible
        for output in speaking.collect():
            self._effects.append(_effect(output))
        self._read = len(self._effects)

    def collected(self) -> None:
        """Take note that the session's effects were taken away."""
        self._read = 0

    def _receive_event(self, event: ServerEvent, speaking: Speaking, now: float) -> None:
        match event:
            case TutorReplyDelta(utterance, text):
                speaking.receive_delta(utterance, text)
            case TutorReplyDone(utterance):
                speaking.receive_done(utterance)
            case SpeechStarted(utterance):
                self._receive_onset(utterance, speaking, now)
            case TranscriptPartial():
                heard = f"{event.committed} {event.tentative}"
                self._judge(event.utterance, heard, speaking, now)
            case TranscriptFinal():
                self._receive_final(event, speaking, now)

    def _receive_onset(self, utterance: str, speaking: Speaking, now: float) -> None:
        if self._config.at_onset:
            if self.gives_way:
                speaking.silence("interrupted", now)
        elif (place := speaking.place(now)) is not None:
            self._begun_at[utterance] = place

    def _receive_final(self, event: TranscriptFinal, speaking: Speaking, now: float) -> None:
        is_on_top = speaking.is_audible and speaking.left_s >= GOES_ON_S
        verdict = self._judge(event.utterance, event.text, speaking, now, is_final=True)
        if verdict is Verdict.SPEECH and is_on_top and speaking.is_audible:
            verdict = Verdict.BACKCHANNEL  # too short to have stopped it
        self._begun_at.pop(event.utterance, None)
        if verdict is Verdict.ECHO or (verdict is Verdict.BACKCHANNEL and is_on_top):
            self._asides.add(event.utterance)
            reason: Aside = "echo" if verdict is Verdict.ECHO else "backchannel"
            self._effects.append(Emit(UtteranceAside(event.utterance, reason)))
        elif event.text:
            speaking.drop_unheard()

    def _judge(
        self, utterance: str, text: str, speaking: Speaking, now: float, *, is_final: bool = False
    ) -> Verdict | None:
        """What words are, if they were said while the tutor spoke; it may fall silent."""
        if (begun := self._begun_at.get(utterance)) is None:
            return None
        verdict = judge(text, speaking.said_since(begun), self._language)
        words = len(text.split())
        move = self._interruption.receive_verdict(verdict, words, is_final=is_final)
        if speaking.is_audible:
            self._make(move, now)
        return verdict

    def _make(self, move: Move | None, now: float) -> None:
        assert self._speaking is not None
        match move:
            case Move.DUCK:
                self._speaking.duck()
            case Move.UNDUCK:
                self._speaking.unduck()
            case Move.STOP:
                self._speaking.silence("interrupted", now)

    # ------------------------------------------------------------ to another gateway

    def snapshot(self, now: float) -> SpeakingSnapshot | None:
        """All that another gateway needs to go on speaking; None: the tutor does not speak."""
        if self._speaking is None:
            return None
        return replace(
            self._speaking.snapshot(now),
            begun_at=dict(self._begun_at),
            asides=tuple(sorted(self._asides)),
            has_echo=self._interruption.has_echo,
        )

    def resume_with(self, kept: SpeakingSnapshot | None, language: str, now: float) -> None:
        """Go on with the speech of a snapshot; `language`: that of the session."""
        self._language = language
        if kept is None:
            return
        self._speaking = Speaking.restored(self._session, self._config, kept, now)
        self._begun_at, self._asides = dict(kept.begun_at), set(kept.asides)
        self._was_audible = self._speaking.is_audible
        is_soft = bool(kept.replies) and kept.replies[0].stage == Stage.DUCKED
        self._interruption.resume_from(is_soft=is_soft, has_echo=kept.has_echo)


def _is_effect(effect: Effect) -> bool:
    return isinstance(effect, SPEECH_EFFECTS)


def _effect(output: Output) -> Effect:
    if isinstance(output, SpeechJob):
        return Dispatch(output)
    return output if isinstance(output, SPEECH_EFFECTS) else Emit(output)
