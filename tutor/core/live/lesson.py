"""The lesson: language, exercise, and how long the tutor waits in a pause."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.core.audio.samples import to_ms, to_samples
from tutor.core.live.checks import require_id, require_language, require_silence, require_text
from tutor.core.protocol.messages import Exercise, Patience, SessionUpdate
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
    patience: Patience = "normal"

    @classmethod
    def checked(
        cls,
        language: str,
        exercise: Exercise,
        silence_ms: int | None,
        patience: Patience = "normal",
    ) -> Lesson:
        """The lesson that a client asks for; `language` is a BCP-47 tag.

        Raises:
            ProtocolError: the language is not known, the text is missing or too long, the silence
                is outside its limits.
        """
        code = require_language(language)
        require_text(exercise, code)
        require_id(exercise)
        if silence_ms is not None:
            require_silence(silence_ms)
        return cls(code, exercise, silence_ms, patience)

    def changed(self, message: SessionUpdate) -> Lesson:
        """The lesson with what an update changes; what the update leaves out stays.

        Raises:
            ProtocolError: as for `checked`.
        """
        return self.checked(
            self.language if message.language is None else message.language,
            self.exercise if message.exercise is None else message.exercise,
            self.silence_ms if message.endpoint_silence_ms is None else message.endpoint_silence_ms,
            self.patience if message.patience is None else message.patience,
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

    def endpoint_silence(self, default: int) -> int:
        """The silence that ends an utterance of which the words say nothing; `default`: the
        server's. Both are samples."""
        by_level = BEGINNER_SILENCE_MS.get(self.exercise.level or "", 0)
        return to_samples(self.silence_ms or max(to_ms(default), by_level))
