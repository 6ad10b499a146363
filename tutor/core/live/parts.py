"""The parts of a session, and how a lesson sets them: who hears, who answers, who speaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tutor.core.admission.standing import Standing
from tutor.core.coach.review import ReviewDeck
from tutor.core.live.aloud import Aloud
from tutor.core.live.asked import Asked
from tutor.core.live.checks import require_language, require_rate
from tutor.core.live.commands import Answer, Listen
from tutor.core.live.config import SessionConfig
from tutor.core.live.effects import Effect, Emit, Resample
from tutor.core.live.lesson import Lesson
from tutor.core.live.lifecycle import Lifecycle
from tutor.core.live.received import Received
from tutor.core.live.tutoring.tutoring import Tutoring
from tutor.core.live.utterances.transcription import Transcription
from tutor.core.protocol.errors import ProtocolError, error_event
from tutor.core.protocol.messages import SessionStart, SessionUpdate


class Parts:
    """What a practice session is made of, set up for what is practised.

    The parts are open to `resumption`, which takes them from one gateway to the next.
    """

    def __init__(self, id: str, token: str, config: SessionConfig, now: float) -> None:  # noqa: A002
        self.id = id
        self.token = token  # the secret that resumes the session
        self.config = config
        self.effects: list[Effect] = []  # the parts of the session add theirs to the same list
        self.lifecycle = Lifecycle(resumable=config.resumable)
        self.lesson = Lesson()
        self.received = Received(config.limits, config.ack_interval_ms, now)
        self.transcription = Transcription(id, config, self.effects)
        self.tutoring: Tutoring | None = None  # none: transcripts only
        self.aloud = Aloud(id, config.speaking, self.effects)
        self.asked = Asked()
        self.started_at = self._heard_at = now
        self.standing = Standing()
        self._decks: Mapping[str, ReviewDeck] = {}

    def receive_decks(self, decks: Mapping[str, ReviewDeck]) -> None:
        """Take the learner's decks of earlier sessions, by language, before `session.start`."""
        self._decks = decks

    @property
    def decks(self) -> Mapping[str, ReviewDeck]:
        """The learner's decks of words to practise, by language."""
        return self._decks if self.tutoring is None else self.tutoring.decks

    def set_up(self, message: SessionStart, now: float) -> Lesson:
        """Set the parts up for a client; the lesson that it begins with.

        Raises:
            ProtocolError: the rate is not taken, or as for `Lesson.checked` and `Aloud.ask`.
        """
        require_rate(message.audio.sample_rate)
        is_tutored = message.feedback and self.config.tutoring.enabled
        scenarios = self.config.tutoring.talk.scenarios if is_tutored else None
        lesson = Lesson.started(message, scenarios)
        self.aloud.ask(message.speech, lesson.language, now)
        if is_tutored:
            self.tutoring = Tutoring(
                self.id,
                self.config.tutoring,
                self.effects,
                secret=self.token,
                native_language=message.native_language,
                decks=self._decks,
            )
        self.received.audio = message.audio
        self.effects.append(Resample(message.audio.sample_rate))
        return lesson

    def change(self, message: SessionUpdate, now: float) -> None:
        """Change what is practised, and how the tutor speaks, as a client asks.

        Raises:
            ProtocolError: as for `Lesson.checked` and `Aloud.ask`.
        """
        scenarios = self.tutoring.scenarios if self.tutoring else None
        lesson = self.lesson.changed(message, scenarios)
        self.aloud.ask(message.speech, lesson.language, now)
        self.practise(lesson)

    def practise(self, lesson: Lesson, *, goes_on: bool = False) -> None:
        """Go on with another lesson from the next utterance on.

        `goes_on`: it is the one that was practised at another gateway.
        """
        before, self.lesson = self.lesson, lesson
        waits = lesson.waits(self.config.turns, self.config.segmenter.endpoint_silence)
        self.transcription.configure(
            lesson.language, waits, lesson.expected(self.config), lesson.vocabulary
        )
        if lesson.is_other_than(before):
            self.transcription.read(lesson.words, goes_on=goes_on)
        if self.tutoring is not None:
            self.tutoring.receive_tongue(self.aloud.tongue)
            if lesson.is_other_than(before):
                self.tutoring.receive_exercise(lesson.exercise, lesson.language)

    def answer(self, wanted: Answer, now: float) -> None:
        """Answer what was said since the last answer, or else typed, or else begin."""
        said = self.asked.take()
        if self.tutoring is None:
            return
        if said is not None:
            self.tutoring.receive_final(said, now)
        elif wanted.typed:
            try:
                own = wanted.utterance, wanted.typed, self.lesson.language
                self.tutoring.receive_typed(*own, now)
            except ProtocolError as error:
                self.receive_unanswerable(wanted, error)
        else:
            self.tutoring.begin(wanted.utterance, now)

    def receive_unanswerable(self, wanted: Answer, error: ProtocolError) -> None:
        """Take note that nothing is answered, and go on; whoever asked waits for an end of it."""
        told = error_event(error.code, str(error), wanted.utterance, fatal=False)
        self.effects.append(Emit(told))

    def refuse(self, utterance: str, now: float) -> None:
        """Say nothing of the reply to an utterance; empty: of none that is still to come."""
        self.asked.answer = None
        awaited = () if self.tutoring is None else self.tutoring.awaited
        for name in (utterance,) if utterance else awaited:
            self.aloud.refuse(name, now)

    def listen(self, how: Listen) -> None:
        """Listen in another way from now on; an open utterance keeps its language and its
        prompt.

        Raises:
            ProtocolError: the language or the rate is not taken.
        """
        self.lesson = replace(self.lesson, language=require_language(how.language))
        self.received.change_rate(require_rate(how.sample_rate))
        self.effects.append(Resample(how.sample_rate))
        segmenter = how.segmenter(self.config.segmenter)
        waits = how.waits(self.config.turns, segmenter.endpoint_silence)
        self.transcription.listen(self.lesson.language, segmenter, how.prompt, waits)
        self.asked.by_itself = how.answers
        self.aloud.gives_way = how.interrupts
