"""The conversations of one session: what the learner says goes in, events and jobs come out.

The scenario answers at once, whether a feedback worker is there or not; findings come when they
come, and are kept for the end. With a language model the scenario's reply is its frame, and what is
said where the model says nothing.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from tutor.core.coach.prompting import Exchange
from tutor.core.feedback.assessment import Finding
from tutor.core.protocol.errors import ProtocolError
from tutor.core.protocol.messages import (
    Conversation,
    ConversationState,
    Correction,
    Exercise,
    Hint,
    ServerEvent,
    Source,
    TutorReplyDelta,
    TutorReplyDone,
)
from tutor.core.queue.jobs import ReplyJob, ReplyPart
from tutor.core.talk.conversation import Kind, State, answer, begin, goals, hint, open_with
from tutor.core.talk.framing import Screen, believed, frame
from tutor.core.talk.nearness import Sounds, by_letters
from tutor.core.talk.scenario import Scenario
from tutor.core.talk.snapshot import Asked, TalkSnapshot
from tutor.core.text.languages import primary, whisper_language

MAX_TYPED = 500
"""Characters of what is typed at once."""

MAX_CORRECTIONS = 20
"""Corrections that are kept for the end of a conversation."""

MAX_CONVERSATIONS = 20
"""Conversations of a session that its summary tells of, the latest ones."""

EXCHANGES_KEPT = 6
"""Exchanges that the language model is told."""

WORDED = frozenset({Kind.UNDERSTOOD, Kind.QUESTION, Kind.EARLY, Kind.UNCLEAR})
"""Replies that a language model may word; the others come at once, as the scenario has them."""

Out = ServerEvent | ReplyJob


@dataclass(frozen=True)
class TalkConfig:
    """What the conversations of a server's sessions stand on."""

    scenarios: Mapping[str, Scenario] = field(default_factory=dict)
    """By their ids."""
    sounds: Sounds = by_letters
    """How words sound, to know what was perhaps misheard."""
    language_model: bool = False
    """Whether a language model words the replies."""
    reply_deadline_s: float = 25.0
    """Seconds after which the scenario's own reply takes the place of a model's."""


class Talk:
    """The conversations of one session, one after the other."""

    def __init__(self, config: TalkConfig, session: str, secret: str, native: str | None) -> None:
        self._config = config
        self._session = session
        self._secret = secret
        self._native = primary(native) if native else None
        self._scenario: Scenario | None = None
        self._state: State | None = None
        self._names = 0  # of what was not spoken
        self._begun = 0  # conversations
        # Lists: an empty deque takes 0.7 KiB, and most sessions are idle.
        self._exchanges: list[Exchange] = []  # the newest
        self._corrections: list[Correction] = []
        self._done: list[Conversation] = []
        self._asked: list[Asked] = []  # the first is being worded
        self._screen: Screen | None = None
        self._reply = self._heard = ""  # so far: what was told, and all that the model said
        self._asked_at = 0.0

    @property
    def waiting(self) -> bool:
        """Whether a reply is still to come."""
        return bool(self._asked)

    @property
    def conversations(self) -> tuple[Conversation, ...]:
        """What became of the session's conversations so far."""
        return (*self._done, *self._current())

    @property
    def awaited(self) -> tuple[str, ...]:
        """The utterances whose reply is still to come."""
        return tuple(asked.utterance for asked in self._asked)

    def awaits(self, utterance: str) -> bool:
        """Whether a language model is wording the reply to an utterance."""
        return bool(self._asked) and self._asked[0].utterance == utterance

    # ------------------------------------------------------------ what comes

    def receive_exercise(self, exercise: Exercise) -> list[Out]:
        """Take what is practised from now on; a conversation is opened by the tutor."""
        out = [one for asked in self._asked for one in self._scripted(asked)]
        self._asked.clear()
        self._done = [*self._done, *self._current()][-MAX_CONVERSATIONS:]
        self._scenario = self._state = None
        self._corrections.clear()
        self._exchanges.clear()
        return out if exercise.type != "conversation" else [*out, *self._open(exercise)]

    def _open(self, exercise: Exercise) -> list[Out]:
        self._begun += 1
        seed = exercise.seed
        if seed is None:
            seed = zlib.crc32(f"{self._session} {self._begun}".encode())
        self._scenario = self._config.scenarios[exercise.scenario or ""]
        self._state = begin(self._scenario, exercise.level, seed, self._native)
        told = open_with(self._scenario, self._state)
        return self._scripted(Asked(self._name(), "", told, False))

    def receive_words(self, utterance: str, text: str, language: str, now: float) -> list[Out]:
        """Take what was spoken; `language` is Whisper's code of it."""
        scenario = self._scenario
        is_foreign = scenario is not None and whisper_language(scenario.language) != language
        return self._receive(utterance, text, now, is_spoken=True, is_foreign=is_foreign)

    def receive_typed(self, text: str, now: float) -> list[Out]:
        """Take what was typed.

        Raises:
            ProtocolError: `no_conversation`, or `bad_message` where it is too long, or nothing
                that shows.
        """
        self._require()
        if len(text) > MAX_TYPED:
            raise ProtocolError("bad_message", f"text: {MAX_TYPED} characters at most")
        if not any(sign.isprintable() and not sign.isspace() for sign in text):
            raise ProtocolError("bad_message", "text: there is nothing in it")
        return self._receive(self._name(), text, now, is_spoken=False)

    def receive_wish(self) -> list[Out]:
        """Take the wish for a hint.

        Raises:
            ProtocolError: `no_conversation`.
        """
        scenario, state = self._require()
        return [self._told(f"c{self._names}", (), hint(scenario, state))]

    def receive_findings(self, said: str, findings: Sequence[Finding]) -> None:
        """Take what grammar rules found in something that was spoken."""
        room = MAX_CORRECTIONS - len(self._corrections)
        for one in findings[: room if self._state else 0]:
            words = said[one.start : one.end].strip()
            self._corrections.append(Correction(said, words, one.message, one.replacement))

    def receive_reply(self, part: ReplyPart, now: float) -> list[Out]:
        """Take a part of what the language model says."""
        assert self._screen is not None
        self._heard += part.text
        said = self._screen.take(part.text)
        if part.last or part.failed:
            said += self._screen.finish()
        out: list[Out] = [TutorReplyDelta(part.utterance, said)] if said else []
        self._reply += said
        return [*out, *self._finish(now)] if part.last or part.failed else out

    def receive_broken(self, utterance: str, heard: str, now: float) -> list[Out]:
        """Take note that the learner broke a reply off, and heard so much of it: what is still
        being worded ends there, and the language model is told no more than was heard."""
        out = self._finish(now) if self.awaits(utterance) else []
        for n, exchange in enumerate(self._exchanges):
            if exchange.utterance == utterance:
                self._exchanges[n] = exchange.broken_off(heard)
        return out

    def receive_tick(self, now: float) -> list[Out]:
        """Let time pass: a language model that does not answer is waited for no longer."""
        is_late = now - self._asked_at >= self._config.reply_deadline_s
        return self._finish(now) if self._asked and is_late else []

    def receive_hangup(self) -> None:
        """Wait for nothing any more: the learner is gone."""
        self._asked.clear()

    # ------------------------------------------------------------ the way to another gateway

    def snapshot(self) -> TalkSnapshot:
        """All that another gateway needs to go on with the conversation."""
        return TalkSnapshot(
            self._state,
            self._names,
            self._begun,
            tuple(self._exchanges),
            tuple(self._corrections),
            tuple(self._done),
            tuple(self._asked),
            self._reply,
            self._heard,
        )

    def resume_from(self, kept: TalkSnapshot, now: float) -> None:
        """Go on as a snapshot has it; a scenario that this server lacks is over."""
        self._names, self._begun, self._reply = kept.names, kept.begun, kept.reply
        self._exchanges += kept.exchanges
        self._corrections += kept.corrections
        self._done += kept.done
        if kept.state is None or kept.state.scenario not in self._config.scenarios:
            return
        self._state = kept.state
        self._scenario = self._config.scenarios[kept.state.scenario]
        self._asked += kept.asked
        self._asked_at = now
        self._screen = Screen(self._scenario, self._state.level)
        self._heard = kept.heard
        self._screen.take(kept.heard)  # what it let through was told

    # ------------------------------------------------------------ replies

    def _require(self) -> tuple[Scenario, State]:
        if self._scenario is None or self._state is None or self._state.over:
            raise ProtocolError("no_conversation")
        return self._scenario, self._state

    def _name(self) -> str:
        self._names += 1
        return f"c{self._names}"

    def _receive(
        self, utterance: str, text: str, now: float, *, is_spoken: bool, is_foreign: bool = False
    ) -> list[Out]:
        if self._scenario is None or self._state is None:
            return []
        self._state, told = answer(
            self._scenario,
            self._state,
            text,
            is_foreign=is_foreign,
            is_typed=not is_spoken,
            sounds=self._config.sounds,
        )
        asked = Asked(utterance, text, told, is_spoken)
        is_worded = self._config.language_model and told.kind in WORDED and not self._state.over
        if not is_worded and not self._asked:
            return self._scripted(asked)
        self._asked.append(asked)
        return self._ask(now) if len(self._asked) == 1 else []

    def _ask(self, now: float) -> list[Out]:
        """Have the first of the replies worded that are asked for."""
        assert self._scenario is not None
        assert self._state is not None
        asked = self._asked[0]
        self._asked_at, self._reply, self._heard = now, "", ""
        self._screen = Screen(self._scenario, self._state.level)
        if asked.told.kind not in WORDED:
            return self._finish(now)
        nonce = sha256(f"{self._secret} {asked.utterance}".encode()).hexdigest()[:16]
        messages = frame(
            self._scenario,
            self._state,
            asked.said,
            asked.told,
            exchanges=tuple(self._exchanges),
            findings=self._corrections,
            nonce=nonce,
        )
        return [ReplyJob(self._session, asked.utterance, messages)]

    def _finish(self, now: float) -> list[Out]:
        """End the first of the replies that are asked for, as far as it has come."""
        assert self._screen is not None
        asked = self._asked.pop(0)
        if self._scenario is not None and self._state is not None:
            reached = believed(self._scenario, self._state, asked.said, self._screen.claims())
            self._state = replace(self._state, goals=(*self._state.goals, *reached))
        if self._reply.strip():
            out = self._reply_with(asked, self._reply.strip(), "model", is_told=True)
        else:
            out = self._scripted(asked)
        return [*out, *self._ask(now)] if self._asked and self._scenario else out

    def _scripted(self, asked: Asked) -> list[Out]:
        return self._reply_with(asked, asked.told.reply, "scenario")

    def _reply_with(
        self, asked: Asked, text: str, source: Source, *, is_told: bool = False
    ) -> list[Out]:
        if self._scenario is None or self._state is None:
            return []
        name, told = asked.utterance, asked.told
        self._exchanges.append(Exchange(asked.said, text, name))
        del self._exchanges[:-EXCHANGES_KEPT]
        deltas: list[Out] = [] if is_told else [TutorReplyDelta(name, text)]
        return [
            *deltas,
            TutorReplyDone(name, text, source, None, asked.is_spoken),
            self._told(name, told.understood, told.hint, told.options),
        ]

    def _told(
        self,
        utterance: str,
        understood: tuple[str, ...],
        shown: Hint | None,
        options: tuple[str, ...] = (),
    ) -> ConversationState:
        assert self._scenario is not None
        assert self._state is not None
        state = self._state
        return ConversationState(
            utterance,
            state.turn,
            goals(self._scenario, state),
            understood,
            state.over,
            shown,
            options,
        )

    def _current(self) -> tuple[Conversation, ...]:
        """What became of the conversation that is under way, if the learner said anything."""
        if self._scenario is None or self._state is None or not self._state.turn:
            return ()
        state = self._state
        return (
            Conversation(
                state.scenario,
                state.level,
                state.turn,
                state.over,
                goals(self._scenario, state),
                tuple(self._corrections),
            ),
        )
