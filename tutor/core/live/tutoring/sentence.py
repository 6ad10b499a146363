"""A sentence read aloud with a pause in it: held until it goes on, then judged as one turn."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.core.audio.samples import WHISPER_WINDOW_S
from tutor.core.live.tutoring.turn import Practised, Turn


class OpenSentence:
    """Holds a session's turn whose sentence may still go on, and joins what follows to it.

    `wait_s`: seconds of silence after which it is not waited for any longer. Nor is it longer than
    an utterance and such a silence last: noise that passes for speech must not hold it for ever.
    """

    def __init__(self, wait_s: float) -> None:
        self._wait_s = wait_s
        self._held_at = 0.0
        self._since = 0.0  # when nobody spoke any more
        self.turn: Turn | None = None

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The turn that is held, if there is one."""
        return () if self.turn is None else (self.turn,)

    def held_s(self, now: float) -> float:
        """Seconds for which the sentence is held; 0 if none is."""
        return now - self._held_at if self.turn else 0.0

    def resume_with(self, turn: Turn, now: float, held_s: float = 0.0) -> None:
        """Hold the turn of a sentence that is held for so long already, as at another gateway."""
        self.turn, self._held_at, self._since = turn, now - held_s, now

    def receive_turn(self, turn: Turn, now: float) -> tuple[Sequence[Turn], tuple[str, ...]]:
        """Take the next turn; those that are to be judged now, and the utterances it was joined
        to."""
        held_s, held = self.held_s(now), self.release()
        joined = held[0].joined_with(turn) if held else None
        ready, names = ([], held[0].understood.utterances) if joined else ([*held], ())
        last = joined or turn
        if last.is_open:
            self.resume_with(last, now, held_s if joined else 0.0)
        else:
            ready.append(last)
        return ready, names

    def receive_tick(self, now: float, practised: Practised, *, speaking: bool) -> Sequence[Turn]:
        """Let time pass; the turn that is to be judged now, if its sentence does not go on.

        `practised`: what is practised now. `speaking`: something is being said, or its words are
        not known yet.
        """
        if speaking:
            self._since = now
        is_over = (
            now - self._since >= self._wait_s
            or now - self._held_at >= WHISPER_WINDOW_S + self._wait_s
        )
        has_left = any(turn.practised is not practised for turn in self.turns)
        return self.release() if is_over or has_left else ()

    def release(self) -> tuple[Turn, ...]:
        """Hold the turn no longer; it is to be judged as it is."""
        turns, self.turn = self.turns, None
        return turns
