"""The work on a file, played without a store, workers or a clock."""

from collections.abc import Iterable

from tutor.core.audio.recognition import Recognition
from tutor.core.audio.samples import RATE
from tutor.core.feedback.assessment import (
    Assessment,
    Passage,
    PronouncedWord,
    Pronunciation,
    ReadWord,
)
from tutor.core.feedback.reading.reading import Window
from tutor.core.files.assignment import Assignment, Earlier, Limits
from tutor.core.files.effects import Assess, Charge, Complete, Effect, Recognise
from tutor.core.files.pieces import FinishedPiece, Taker
from tutor.core.files.transcript import Piece
from tutor.core.files.work import LOOK_S, FileWork, State

LIMITS = Limits(
    max_audio_s=1000, pieces_in_flight=3, piece_attempts=3, batch_timeout_s=60, batch_lease_s=10
)

PIECE_S = 10
"""Length of every piece."""


def piece(index: int) -> Piece:
    """The piece of this index; all lie side by side."""
    return Piece(index, index * PIECE_S * RATE, (index + 1) * PIECE_S * RATE)


def heard(index: int, language: str = "en") -> Recognition:
    """What is heard in a piece: its own word."""
    return Recognition(f"word{index}", language)


def finished(index: int, language: str = "en") -> FinishedPiece:
    """A piece that an earlier run kept."""
    return FinishedPiece(piece(index), heard(index, language))


def read(window: Window, count: int = 2) -> Assessment:
    """The next words of the window, said well."""
    start = window.position
    words = window.words[start : start + count]
    return Assessment(
        Passage(start, start + count, tuple(ReadWord(word, "matched", word) for word in words)),
        Pronunciation(
            90,
            90,
            90,
            90,
            calibrated=True,
            words=tuple(PronouncedWord(word, 0, 500, 90, 0.9) for word in words),
        ),
    )


class Play:
    """The work on a file, with a clock of its own and a store that takes everything."""

    def __init__(
        self,
        language: str = "en",
        *,
        text: str | None = None,
        prompt: str = "",
        is_charged: bool = False,
        earlier: Earlier | None = None,
        said_s: float | None = 100.0,
        limits: Limits = LIMITS,
    ) -> None:
        self.now = 5000.0
        task = Assignment(language, prompt, text, is_charged)
        self.work = FileWork(task, limits, earlier or Earlier(), self.now)
        self.said_s = said_s
        self.is_away = False  # whether the store takes nothing

    def state(self) -> State:
        """How far the work is now."""
        return self.work.state

    def begin(self) -> list[Effect]:
        """Open the file."""
        self.work.receive_length(self.said_s, self.now)
        return self.collect()

    def collect(self) -> list[Effect]:
        """Carry out all effects; what they were."""
        effects = []
        for effect in self.work.collect():
            effects.append(effect)
            if isinstance(effect, Recognise | Assess) and not self.is_away:
                self.work.receive_sent(effect.utterance, self.now)
        return effects

    def cut(self, *indices: int) -> list[Effect]:
        """Read the next pieces."""
        effects = []
        for index in indices:
            self.work.receive_audio(PIECE_S * RATE, self.now)
            self.work.receive_piece(piece(index), bytes(8))
            effects += self.collect()
        return effects

    def end(self, damage: str | None = None) -> list[Effect]:
        """Come to the end of the file."""
        self.work.receive_end(damage, self.now)
        return self.collect()

    def answer(
        self, index: int, attempt: int = 1, found: Recognition | None = None
    ) -> list[Effect]:
        """A recogniser understands a piece."""
        self.work.receive_recognition(f"p{index}", attempt, found or heard(index), self.now)
        return self.collect()

    def refuse(self, index: int, attempt: int = 1) -> list[Effect]:
        """A recogniser fails with a piece."""
        self.work.receive_recognition(f"p{index}", attempt, None, self.now)
        return self.collect()

    def assess(self, index: int, found: Assessment | None, attempt: int = 1) -> list[Effect]:
        """A feedback worker assesses a piece, or fails with it."""
        self.work.receive_assessment(f"p{index}", attempt, found, self.now)
        return self.collect()

    def look(self) -> list[Effect]:
        """Look after what is under way, when the time for it has come."""
        self.now += LOOK_S
        self.work.receive_caught_up(self.now)
        return self.collect()

    def see(self, index: int, taker: Taker, *, has_audio: bool = True) -> list[Effect]:
        """Say what was seen of a piece."""
        self.work.receive_sighting(f"p{index}", taker, self.now, has_audio=has_audio)
        return self.collect()

    def wait(self, seconds: float) -> list[Effect]:
        """Let time pass."""
        self.now += seconds
        self.work.receive_tick(self.now)
        return self.collect()

    def lose(self) -> list[Effect]:
        """The job is deleted, or another worker takes it."""
        self.work.receive_loss(self.now)
        return self.collect()


def sent(effects: Iterable[Effect]) -> list[tuple[str, int]]:
    """What was sent to workers: piece and attempt."""
    return [(e.utterance, e.attempt) for e in effects if isinstance(e, Recognise | Assess)]


def kinds(effects: Iterable[Effect]) -> list[type[Effect]]:
    """What kinds of effects there were, in order."""
    return [type(effect) for effect in effects]


def charged(effects: Iterable[Effect]) -> list[float]:
    """What was charged, in order."""
    return [effect.seconds for effect in effects if isinstance(effect, Charge)]


def result_text(effects: Iterable[Effect]) -> str:
    """The transcript of the job that is done."""
    (complete,) = [effect for effect in effects if isinstance(effect, Complete)]
    return complete.result.transcript.text
