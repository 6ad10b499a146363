"""From speech probabilities to utterances: a pure state machine.

It follows Silero's own streaming iterator (a high threshold to enter speech, a lower one to leave
it) and adds what live speaking needs: pre-roll, a minimum of speech, an endpoint silence for each
learner, and a forced endpoint for learners who never pause. All positions are samples at 16 kHz
from the start of the session.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from tutor.core.audio.samples import WHISPER_WINDOW_S, WINDOW, to_samples

Reason = Literal["silence", "limit", "commit", "end", "stall"]
"""Why an utterance ended: a silence, its longest length, the client's wish, the session's end, or
that no audio came any more."""


@dataclass(frozen=True)
class SegmenterConfig:
    """How speech is told from silence. Lengths are samples."""

    onset_probability: float = 0.5
    """The probability from which on a window is speech."""

    offset_probability: float = 0.35
    """The probability below which a window is silence; between the two nothing changes."""

    min_speech: int = to_samples(128)
    """Speech shorter than this never starts an utterance: clicks, breaths."""

    pre_roll: int = to_samples(300)
    """Audio kept from before the onset, or the first word is clipped."""

    endpoint_silence: int = to_samples(600)
    """Silence that ends an utterance."""

    pause: int = to_samples(100)
    """Silence after which, once it is quiet, the final is begun ahead; 0: never."""

    quiet_probability: float = 0.15
    """The probability from which on a window is not quiet: perhaps a soft last word."""

    max_utterance: int = to_samples(WHISPER_WINDOW_S * 1000)
    """The longest utterance: Whisper hears no more at once."""

    cut_search: int = to_samples(3_000)
    """The last stretch of an utterance, on whose quietest window a forced endpoint falls."""

    by_commit: bool = False
    """Whether commits alone bound utterances: all audio since the last commit is the utterance,
    silence or not, and nothing but a commit or the utterance's limit ends it."""


@dataclass(frozen=True)
class Started:
    """An utterance has begun."""

    start: int
    """First sample of the utterance's audio, pre-roll included."""

    onset: int
    """First sample of speech."""


@dataclass(frozen=True)
class Ended:
    """The open utterance has ended."""

    end: int
    """Just past the last sample of the utterance's audio, the endpoint silence included."""

    speech_end: int
    """Just past the last sample of speech."""

    reason: Reason


@dataclass(frozen=True)
class Paused:
    """The speaker has paused: perhaps this is the utterance's end."""

    at: int
    """Just past the last sample heard."""


@dataclass(frozen=True)
class Resumed:
    """The pause was not the end: something stirs again."""


Decision = Started | Paused | Resumed | Ended


class Segmenter:
    """Cuts a stream of speech probabilities into utterances that share no sample."""

    def __init__(self, config: SegmenterConfig) -> None:
        self._config = config
        self._position = 0
        self._free_from = 0  # audio before it belongs to an earlier utterance
        self._onset: int | None = None  # of speech that is not confirmed yet
        self._start: int | None = None  # of the open utterance
        self._speech_end = 0
        self._stirred = 0  # end of the last speech, or of a stir in a pause
        self._paused = False
        self._spoken = False  # whether the open utterance has any speech
        # A list: an empty deque takes 0.7 KiB, and most sockets of a gateway are idle.
        self._recent: list[tuple[float, int]] = []  # windows of the last stretch, see cut_search

    def resume_from(self, position: int, free_from: int) -> None:
        """Begin in silence at `position`, where another segmenter stopped; see `free_from`."""
        self._position, self._free_from = position, free_from

    def resume_speaking(self, start: int, onset: int) -> None:
        """Continue the open utterance that the other segmenter began at `start`."""
        self._start, self._spoken = start, True
        # Until here it was sure of the onset: nothing before can end the utterance.
        self._speech_end = self._stirred = onset + self._config.min_speech

    @property
    def free_from(self) -> int:
        """The position before which audio belongs to an earlier utterance."""
        return self._free_from

    @property
    def position(self) -> int:
        """Just past the last window that was judged."""
        return self._position

    @property
    def by_commit(self) -> bool:
        """Whether commits alone bound utterances."""
        return self._config.by_commit

    @property
    def idle(self) -> bool:
        """Whether nobody speaks, nor perhaps begins to."""
        return self._start is None and self._onset is None

    @property
    def reach(self) -> int:
        """Between utterances: the position from which on audio may still become part of one."""
        heard = self._position if self._onset is None else min(self._onset, self._position)
        free_window = self._free_from // WINDOW * WINDOW
        return max(heard - self._config.pre_roll, free_window, 0)

    @property
    def speech_end(self) -> int:
        """Just past the last sample of speech heard so far."""
        return self._speech_end

    def configure(self, endpoint_silence: int) -> None:
        """Set the silence, in samples, that ends an utterance from now on."""
        if endpoint_silence != self._config.endpoint_silence:
            self._config = replace(self._config, endpoint_silence=endpoint_silence)

    def adopt(self, config: SegmenterConfig) -> None:
        """Take another configuration, for the open utterance too.

        From voice activity to commits: what came before, but for the pre-roll, is passed over.
        """
        if config.by_commit and not self._config.by_commit:
            self._free_from = max(self._free_from, self._position - config.pre_roll)
            self._onset = None
        self._config = config

    def receive_discard(self, position: int) -> None:
        """Forget the open or just beginning utterance; the next begins at `position` or later."""
        self._start, self._onset, self._free_from = None, None, position
        self._paused = False

    def receive_probability(self, probability: float) -> list[Decision]:
        """Take the speech probability of the next window of 512 samples."""
        window_start, self._position = self._position, self._position + WINDOW
        if self._start is None:
            return self._listen(probability, window_start)
        return self._follow(probability)

    def receive_commit(self, position: int, reason: Reason = "commit") -> list[Decision]:
        """End the open or just beginning utterance at `position`, the last sample received."""
        decisions: list[Decision] = []
        if self._start is None and self._config.by_commit and position > self._free_from:
            decisions.append(self._begin(self._free_from))
        elif self._start is None and self._onset is not None:
            decisions.append(self._begin(self._onset))
        if self._start is not None:
            decisions.append(self._finish(position, reason))
        return decisions

    def _listen(self, probability: float, window_start: int) -> list[Decision]:
        if self._config.by_commit:
            return self._open(probability)
        if probability < self._config.offset_probability:
            self._onset = None
        elif probability >= self._config.onset_probability and self._onset is None:
            self._onset = max(window_start, self._free_from)
        if self._onset is None or self._position - self._onset < self._config.min_speech:
            return []
        return [self._begin(self._onset)]

    def _open(self, probability: float) -> list[Decision]:
        """Begin with the first sample since the last commit, and judge the window like others."""
        if self._position <= self._free_from:  # the window ends in what was committed
            return []
        return [self._begin(self._free_from), *self._follow(probability)]

    def _begin(self, onset: int) -> Started:
        by_commit = self._config.by_commit
        self._start = onset if by_commit else max(self._free_from, onset - self._config.pre_roll)
        self._speech_end = self._stirred = onset if by_commit else self._position
        self._spoken = not by_commit
        self._onset = None
        self._recent.clear()
        return Started(self._start, onset)

    def _follow(self, probability: float) -> list[Decision]:
        assert self._start is not None
        if self._position < self._speech_end:
            return []
        silent = self._speech_end < self._position - WINDOW
        if probability >= self._config.onset_probability or (
            probability >= self._config.offset_probability and not silent
        ):
            self._speech_end, self._spoken = self._position, True
        if not self._config.by_commit and (
            self._position - self._speech_end >= self._config.endpoint_silence
        ):
            return [self._finish(self._position, "silence")]
        if self._position + WINDOW - self._start > self._config.max_utterance:
            return self._cut()
        self._recent.append((probability, self._position))
        if len(self._recent) > self._config.cut_search // WINDOW:
            del self._recent[0]
        return self._watch_pause(probability)

    def _watch_pause(self, probability: float) -> list[Decision]:
        quiet = probability < self._config.quiet_probability
        # The voice dies away over a window or two; that is not yet a stir.
        if self._speech_end == self._position or (self._paused and not quiet):
            self._stirred = self._position
            resumed, self._paused = self._paused, False
            return [Resumed()] if resumed else []
        long_enough = self._position - self._stirred >= self._config.pause > 0
        if self._paused or not quiet or not long_enough or not self._spoken:
            return []
        self._paused = True
        return [Paused(self._position)]

    def _cut(self) -> list[Decision]:
        """Force an endpoint where the voice is weakest; the rest opens the next utterance.

        The newest window is always part of the rest: it tells whether speech goes on.
        """
        # A commit may come within the next window: the rest must have room for that, too.
        earliest = self._position + WINDOW - self._config.max_utterance
        possible = [place for place in self._recent if place[1] >= earliest]
        # None is if the last cut was one window ago and left an utterance's length.
        cut = min(possible, default=(0.0, self._position - WINDOW))[1]
        heard = self._speech_end
        ended = Ended(cut, min(cut, heard), "limit")
        self._start, self._free_from = cut, cut
        self._paused = False
        self._recent.clear()
        if heard <= cut and not self._config.by_commit:
            # Nothing but silence follows the cut: wait for the next onset.
            self._start = None
            return [ended]
        self._spoken, self._speech_end = heard > cut, max(heard, cut)
        return [ended, Started(cut, cut)]

    def _finish(self, end: int, reason: Reason) -> Ended:
        self._start, self._free_from = None, end
        self._paused = False
        return Ended(end, min(self._speech_end, end), reason)
