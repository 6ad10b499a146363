"""The whole assessment of an utterance, from its audio and its final."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tutor.adapters.feedback.grammar import GrammarChecker
from tutor.adapters.feedback.listened import Listened
from tutor.adapters.feedback.pronouncer import Pronouncer
from tutor.adapters.feedback.rivals import rivals_in
from tutor.adapters.speech.models.weights import resolve_model
from tutor.adapters.speech.request import Recogniser, Request
from tutor.adapters.speech.watchdog import Watchdog
from tutor.core.audio.recognition import Recognition
from tutor.core.audio.samples import RATE, WHISPER_WINDOW_S, Audio
from tutor.core.feedback.assessment import (
    NOT_THE_TEXT,
    Assessment,
    Fluency,
    Passage,
    Pronunciation,
    Reason,
)
from tutor.core.feedback.fluency import measure_fluency
from tutor.core.feedback.free_talk import believed
from tutor.core.feedback.pronunciation.rivals import rivals_of
from tutor.core.feedback.reading.confirming import confirmed
from tutor.core.feedback.reading.passages import confidences, locate, ways_said
from tutor.core.feedback.reading.reading import (
    Window,
    added,
    whole,
)
from tutor.core.feedback.reading.stretches import (
    change_costs,
    expected,
    is_clear,
    is_part,
    is_scrap,
    odds_of,
    read_passage,
    shares_little,
    stretches,
    was_expected,
    was_heard,
    was_read,
    without_chance,
    without_room,
)
from tutor.core.feedback.silence import cut_silence, silences, sounding
from tutor.core.queue.jobs import AssessmentJob
from tutor.core.text.spoken.ways import said_words

log = logging.getLogger(__name__)

SCORING_MODEL = "base"
"""The Whisper on whose encoder the pronunciation heads were trained, whichever one recognises."""


class Assessor:
    """Everything that is measured on this machine; safe to share between threads.

    `at_once` assessments run at the same time, one thread each. One that takes longer than
    `stuck_after_s` ends the process.

    A reading is judged by what `witness` hears where the recogniser was adapted to its language:
    one that was trained on readings rather hears what should have been read.
    """

    def __init__(
        self,
        pronouncer: Pronouncer,
        grammar: GrammarChecker,
        *,
        at_once: int = 1,
        stuck_after_s: float = 60,
        witness: Recogniser | None = None,
    ) -> None:
        self._pronouncer = pronouncer
        self._grammar = grammar
        self._turns = threading.Semaphore(at_once)
        self._watchdog = Watchdog(stuck_after_s)
        self._witness = witness
        self._listening = threading.Lock()

    @classmethod
    def load(
        cls,
        cache: Path,
        *,
        at_once: int,
        stuck_after_s: float,
        witness: Recogniser | None = None,
    ) -> Assessor:
        """Load the models; `cache` is the folder of downloaded weights.

        Raises:
            WeightsError: Whisper's weights cannot be had.
        """
        model = resolve_model(SCORING_MODEL, cache)
        return cls(
            Pronouncer.load(model, threads=1),
            GrammarChecker(),
            at_once=at_once,
            stuck_after_s=stuck_after_s,
            witness=witness,
        )

    def assess(self, job: AssessmentJob, audio: Audio) -> Assessment:
        """Assess an utterance; `audio` is float32 at 16 kHz. Times count from its start."""
        # Before a turn is taken: the others' would wait for the witness, too.
        heard = self._witnessed(job.recognition, audio) if job.reference else job.recognition
        with self._turns, self._watchdog.watch():
            if job.reference:
                return assess_reading(
                    self._pronouncer,
                    audio,
                    heard,
                    Window(job.reference, job.position),
                    job.pairs,
                    is_all=job.is_all,
                )
            return self._assess_speech(heard, audio, grammar=job.grammar)

    def _witnessed(self, heard: Recognition, audio: Audio) -> Recognition:
        """What the witness heard; what was recognised where that was not adapted, where there is
        no witness, or it heard nothing."""
        is_short = len(audio) <= WHISPER_WINDOW_S * RATE
        if self._witness is None or not heard.is_adapted or not is_short:
            return heard
        try:
            with self._listening:
                (found,) = self._witness.recognise([Request(audio, heard.language, "final")])
        except Exception:
            log.exception("the witness failed")  # what was recognised is judged then
            return heard
        return found if found.words else heard

    def _assess_speech(self, heard: Recognition, audio: Audio, *, grammar: bool) -> Assessment:
        found = Assessment(
            pronunciation=self._pronouncer.assess(audio, heard.text, heard.language),
            fluency=_fluency(heard, audio, None),
            grammar=self._grammar.check(heard.text, heard.language) if grammar else None,
        )
        return believed(heard, found)


def assess_reading(
    pronouncer: Pronouncer,
    audio: Audio,
    heard: Recognition,
    window: Window,
    pairs: Iterable[Sequence[str]],
    *,
    is_all: bool,
) -> Assessment:
    """Judge the reading of a text, for a session, an uploaded file or `tutor assess`.

    Args:
        pronouncer: Judges the sounds.
        audio: One utterance, float32 at 16 kHz. Times count from its start.
        heard: What was recognised in it.
        window: The words of the text around the reader's place; the passage is one of the window.
        pairs: Minimal pairs that words of the window are in.
        is_all: Whether the utterance is all that is read: the words it lacks were left out, and do
            not come later. Then the audio is asked for these words, too.
    """
    ear = _Ear(pronouncer, pronouncer.listen(audio), heard, window, tuple(pairs))
    located = locate(window.words, window.position, heard.words, heard.language)
    passage = whole(located, window.words) if is_all else located
    found = ear.ask(passage, ear.is_kept(passage, is_all=is_all))
    if found.reason == "text_too_long" and located.words:  # most of the text was left out
        passage, is_all = located, False
        found = ear.ask(passage, ear.is_kept(passage, is_all=False))
    part = _part_read(ear, passage, found, is_all=is_all)
    if part is None and is_all and located.words:  # little of the text, perhaps
        tried = ear.ask(located, ear.is_kept(located, is_all=False))
        part = _part_read(ear, located, tried, is_all=False)
    if part is None and not is_all:
        part = _part_expected(ear)
    if part is None:
        return Assessment(pronunciation=_not_the_text(found))
    passage, found = part
    return Assessment(
        passage=confirmed(passage, found, heard.words),
        pronunciation=found,
        fluency=_fluency(heard, audio, " ".join(window.words[passage.start : passage.end]) or None),
    )


@dataclass(frozen=True)
class _Ear:
    """An utterance whose sounds can be asked for any passage of the window."""

    pronouncer: Pronouncer
    audio: Listened
    heard: Recognition
    window: Window
    pairs: tuple[Sequence[str], ...]

    def words_read(self, passage: Passage, found: Pronunciation) -> list[bool] | None:
        """Whether each word of a passage belongs to what was read; None: something else was
        said."""
        is_other = found.match is None and shares_little(passage, self.heard.language)
        if is_other or is_scrap(passage, len(self.window.words)):
            return None
        crowded = without_room(passage, sounding(self.audio.audio))
        odds = odds_of(passage, found, crowded)
        read = stretches(odds, change_costs(passage))
        if not was_read(passage, found) and not is_part(odds, read):
            return None
        if any(read):
            return read
        return [True] * len(read) if is_clear(found) else None

    def is_kept(self, passage: Passage, *, is_all: bool) -> Callable[[Pronunciation], bool]:
        """Whether a passage will be told of as it is, by its sounds alone."""

        def is_kept(found: Pronunciation) -> bool:
            read = self.words_read(passage, found)
            return read is not None and (is_all or read_passage(passage, read) == passage)

        return is_kept

    def ask(
        self, passage: Passage, is_worth: Callable[[Pronunciation], bool] = lambda _: True
    ) -> Pronunciation:
        """How a passage was said; misheard words are asked for in both ways.

        `is_worth`: whether they are, after what the sounds alone tell.
        """
        words = self.window.words[passage.start : passage.end]
        sure = confidences(passage, self.heard.words)
        return self.pronouncer.assess(
            self.audio,
            words,
            self.heard.language,
            rivals_in(passage, words, self.heard, self.pairs),
            {n - passage.start: share for n, share in sure.items()},
            added(passage),
            _ways(self.window, passage, self.heard),
            is_worth,
        )


def _part_read(
    ear: _Ear, passage: Passage, found: Pronunciation, *, is_all: bool
) -> tuple[Passage, Pronunciation] | None:
    """What of a passage was read, and how it was said; None: something else was said."""
    if found.reason is not None:
        if found.reason not in NOT_THE_TEXT and (passage.words or not ear.heard.words):
            return passage, found
        return None
    read = ear.words_read(passage, found)
    if read is None:
        return None
    if is_all:
        return without_chance(passage, found, read)
    part = read_passage(passage, read)
    return part, found if part == passage else ear.ask(part)


def _part_expected(ear: _Ear) -> tuple[Passage, Pronunciation] | None:
    """The words at the reader's place, if the sounds say that these were read.

    What a recogniser makes of a beginner is now and then nowhere in the text, or in a wrong place.
    """
    passage = expected(ear.window, len(ear.heard.words))
    found = ear.ask(passage, was_expected)
    return (passage, found) if was_expected(found) else None


def _not_the_text(found: Pronunciation) -> Pronunciation:
    """The pronunciation of something else than the text: nothing but the reason."""
    reason: Reason = "other_text"
    if found.reason in NOT_THE_TEXT:
        reason = found.reason
    return Pronunciation(None, None, None, None, calibrated=found.calibrated, reason=reason)


def assess_sounds(
    pronouncer: Pronouncer,
    audio: Audio,
    words: Sequence[str],
    language: str,
    pairs: Iterable[Sequence[str]],
) -> Assessment:
    """Judge the reading of a whole text where nothing was recognised: by its sounds alone.

    The scores are those of `assess_reading`, but more words count as not said: no recogniser that
    has heard them takes their part.
    """
    rivals = rivals_of(words, {}, (), pairs)
    found = pronouncer.assess(audio, words, language, rivals)
    if found.reason is None and not was_heard(found):
        found = _not_the_text(found)
    return Assessment(pronunciation=found)


def _ways(window: Window, passage: Passage, heard: Recognition) -> dict[int, tuple[str, ...]]:
    """In what words those of a passage are said that are not said as written; the heard way
    first."""
    chosen = ways_said(window.words, window.position, heard.words, heard.language)
    said = said_words(window.words, heard.language, chosen)
    return {n - passage.start: ways for n, ways in said.items() if passage.start <= n < passage.end}


def _fluency(heard: Recognition, audio: Audio, text: str | None) -> Fluency | None:
    words = cut_silence(heard.words, audio)
    return measure_fluency(words, heard.language, text, silences(audio))
