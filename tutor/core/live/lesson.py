"""The lesson: language, exercise, and how long the tutor waits in a pause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tutor.core.audio.samples import to_ms, to_samples
from tutor.core.coach.exercises import Item
from tutor.core.live.checks import (
    require_id,
    require_language,
    require_scenario,
    require_silence,
    require_text,
    require_vocabulary,
)
from tutor.core.live.config import SessionConfig
from tutor.core.protocol.messages import Exercise, Patience, SessionStart, SessionUpdate
from tutor.core.talk.scenario import Scenario
from tutor.core.text.expected import Expected, language_of
from tutor.core.text.languages import AUTO
from tutor.core.text.wording import split_words
from tutor.core.turns.waits import TurnConfig, Waits

BEGINNER_SILENCE_MS = {"A1": 1_500, "A2": 1_200}
"""Endpoint silence in milliseconds by CEFR level: beginners hesitate (artcc/freelingo#296 came to
1.2 to 1.8 s)."""


@dataclass(frozen=True)
class Lesson:
    """What is practised from one utterance on."""

    language: str = ""
    """Whisper's code, or `auto`."""
    exercise: Exercise = Exercise()
    silence_ms: int | None = None
    """Endpoint silence in milliseconds that the client asked for, whatever is said; None: by what
    is said, the patience and the exercise's level."""
    native: str = ""
    """Whisper's code of the learner's own language; empty: it is not known."""
    patience: Patience = "normal"
    vocabulary: tuple[str, ...] = ()
    """Words that the client says are likely."""

    @classmethod
    def started(
        cls, message: SessionStart, scenarios: Mapping[str, Scenario] | None = None
    ) -> Lesson:
        """The lesson that a session begins with; `scenarios`: as for `checked`.

        Raises:
            ProtocolError: as for `checked`.
        """
        return cls.checked(
            message.language,
            message.exercise,
            message.endpoint_silence_ms,
            message.native_language,
            message.patience,
            scenarios,
            message.vocabulary,
        )

    @classmethod
    def checked(
        cls,
        language: str,
        exercise: Exercise,
        silence_ms: int | None,
        native: str | None = None,
        patience: Patience = "normal",
        scenarios: Mapping[str, Scenario] | None = None,
        vocabulary: Sequence[str] = (),
    ) -> Lesson:
        """The lesson that a client asks for; `language` and `native` are BCP-47 tags, `scenarios`
        those that there are (None: nobody answers).

        Raises:
            ProtocolError: the language is not known, the text is missing or too long, the silence
                or the vocabulary is outside its limits, the scenario is not known.
        """
        code = require_language(language)
        require_text(exercise, code)
        require_id(exercise)
        require_scenario(exercise, code, scenarios)
        if silence_ms is not None:
            require_silence(silence_ms)
        own = "" if native is None else require_language(native)
        likely = require_vocabulary(vocabulary)
        return cls(code, exercise, silence_ms, own, patience, likely)

    def changed(
        self, message: SessionUpdate, scenarios: Mapping[str, Scenario] | None = None
    ) -> Lesson:
        """The lesson with what an update changes; what the update leaves out stays.

        Raises:
            ProtocolError: as for `checked`.
        """
        return self.checked(
            self.language if message.language is None else message.language,
            self.exercise if message.exercise is None else message.exercise,
            self.silence_ms if message.endpoint_silence_ms is None else message.endpoint_silence_ms,
            self.native or None,
            self.patience if message.patience is None else message.patience,
            scenarios,
            self.vocabulary if message.vocabulary is None else message.vocabulary,
        )

    def is_other_than(self, before: Lesson) -> bool:
        """Whether a reader begins anew: the exercise was set again, or the language is another."""
        return self.exercise is not before.exercise or self.language != before.language

    @property
    def reads(self) -> bool:
        """Whether a text is read or repeated."""
        return self.exercise.type in ("read_aloud", "shadow")

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the text that is read; none where none is."""
        return split_words(self.exercise.text or "", self.language) if self.reads else ()

    def waits(self, config: TurnConfig, default: int) -> Waits:
        """The silences that end an utterance; `default`: samples of the one that is asked of nobody
        in particular."""
        silence = self.endpoint_silence(default)
        if self.silence_ms is not None or not config.by_words:
            return Waits.plain(silence, config.waits.eager)
        return config.waits.times(silence / default * config.factor(self.patience))

    def expected(self, config: SessionConfig) -> Expected:
        """What `auto` chooses from: what the server expects and the learner's own language.

        That of the exercise is likelier: a library's item has one, and a text shows its own.
        """
        if self.language != AUTO:
            return Expected()
        library = config.tutoring.library
        target = language_of(self.exercise.text or "", library) or next(
            (code for code, items in library.items() if any(self._is(item) for item in items)), ""
        )
        return config.expected.practised(target, self.native)

    def _is(self, item: Item) -> bool:
        return item.id == self.exercise.id

    def endpoint_silence(self, default: int) -> int:
        """The silence that ends an utterance of which the words say nothing; `default`: the
        server's. Both are samples."""
        by_level = BEGINNER_SILENCE_MS.get(self.exercise.level or "", 0)
        return to_samples(self.silence_ms or max(to_ms(default), by_level))
