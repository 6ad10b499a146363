"""The replies of one session that are to be spoken: the first is being heard, or is next."""

from __future__ import annotations

from tutor.core.protocol.messages import (
    ServerEvent,
    Silenced,
    TutorSpeechDucked,
    TutorSpeechUnducked,
)
from tutor.core.queue.jobs import SpeechJob
from tutor.core.voice.effects import DropSpeech, Hush, SpeechEffect
from tutor.core.voice.recent import Broken, Recent
from tutor.core.voice.reply import SpokenReply, Stage
from tutor.core.voice.snapshot import Place

Output = ServerEvent | SpeechJob | SpeechEffect

BY_THE_LEARNER: tuple[Silenced, ...] = ("interrupted", "stopped")
"""Why the rest of a reply is not wanted: one whose sound fails is still read."""


class Replies:
    """The replies, and how each comes to its one end."""

    def __init__(self) -> None:
        self._replies: list[SpokenReply] = []
        self._outputs: list[Output] = []
        self._broken: list[Broken] = []
        self._recent = Recent()
        self._asked_at: float | None = None  # when the job was sent that is under way of the first

    def collect(self) -> list[Output]:
        """What came out since the last call, in order."""
        outputs, self._outputs = self._outputs, []
        return outputs

    def collect_broken(self) -> list[Broken]:
        """The replies that were broken off since the last call: the rest was not heard."""
        broken, self._broken = self._broken, []
        return broken

    @property
    def current(self) -> SpokenReply | None:
        """The reply that is being spoken, or is next."""
        return self._replies[0] if self._replies else None

    @property
    def waiting(self) -> bool:
        """Whether something is still to be spoken or heard."""
        return bool(self._replies)

    @property
    def is_audible(self) -> bool:
        """Whether the learner hears the tutor now, or is about to."""
        return bool(self._replies) and self._replies[0].is_audible

    @property
    def left_s(self) -> float:
        """Seconds of the reply that are made and were not heard yet."""
        return self.current.left_s if self.current else 0.0

    def place(self, now: float) -> Place | None:
        """Where the tutor is now, or was a moment ago; None: it is silent."""
        return self._recent.place(self.current, now)

    def said_since(self, place: Place) -> list[str]:
        """The words that the tutor has said since a little before a place, and is about to say."""
        return self._recent.said_since(place, self.current)

    def drop_unheard(self) -> None:
        """Drop the replies of which nothing was heard: the learner has gone on."""
        for reply in [one for one in self._replies if one.stage is Stage.WAITING]:
            self._drop(reply)

    def _drop(self, reply: SpokenReply) -> None:
        """Take a reply out, for which nothing more is to be done."""
        if reply is self.current:
            self._asked_at = None
        self._replies.remove(reply)
        self._outputs.append(DropSpeech(reply.number))

    def truncate(self, number: int, position_ms: int, now: float) -> None:
        """Break a reply off that was heard up to a position; of one that has ended, note it."""
        reply = self.current
        if reply is not None and reply.number == number and reply.is_audible:
            reply.played = min(reply.to_samples(position_ms), reply.sent)
            self._cancel(reply, "interrupted", now)
        elif (broken := self._recent.heard_up_to(number, position_ms)) is not None:
            self._broken.append(broken)

    def duck(self) -> None:
        """Speak softly."""
        if (reply := self.current) is not None and reply.stage is Stage.SPEAKING:
            reply.stage = Stage.DUCKED
            self._outputs.append(TutorSpeechDucked(reply.utterance, reply.number))

    def unduck(self) -> None:
        """Speak as loudly as before."""
        if (reply := self.current) is not None and reply.stage is Stage.DUCKED:
            reply.stage = Stage.SPEAKING
            self._outputs.append(TutorSpeechUnducked(reply.utterance, reply.number))

    def _cancel(self, reply: SpokenReply, reason: Silenced, now: float) -> None:
        self._end(reply, Stage.CANCELLED, now)
        if reason in BY_THE_LEARNER:
            self._broken.append(Broken(reply.utterance, reply.heard_text))
        self._outputs += [Hush(reply.number), reply.told_silence(reason)]

    def _end(self, reply: SpokenReply, stage: Stage, now: float) -> None:
        reply.stage = stage
        self._recent.receive_end(reply, now)
        self._drop(reply)
