"""The whole assessment of an utterance, from its audio and its final."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from pathlib import Path

from tutor.adapters.feedback.grammar import GrammarChecker
from tutor.adapters.feedback.pronouncer import Pronouncer
from tutor.adapters.speech.watchdog import Watchdog
from tutor.adapters.speech.weights import resolve_model
from tutor.core.audio.recognition import RecognisedWord, Recognition
from tutor.core.audio.samples import Audio
from tutor.core.feedback.assessment import Assessment, Fluency, Passage, Pronunciation
from tutor.core.feedback.fluency import measure_fluency
from tutor.core.feedback.pronunciation.rivals import Heard, Rival, rivals_of
from tutor.core.feedback.reading.passages import confidences, locate
from tutor.core.feedback.reading.reading import (
    Window,
    confirm,
    heard_instead,
    not_heard,
    unread,
    whole,
)
from tutor.core.feedback.silence import cut_silence
from tutor.core.live.jobs import AssessmentJob

SCORING_MODEL = "base"
"""The Whisper on whose encoder the pronunciation heads were trained, whichever one recognises."""


class Assessor:
    """Everything that is measured on this machine; safe to share between threads.

    `at_once` assessments run at the same time, one thread each. One that takes longer than
    `stuck_after_s` ends the process.
    """

    def __init__(
        self,
        pronouncer: Pronouncer,
        grammar: GrammarChecker,
        *,
        at_once: int = 1,
        stuck_after_s: float = 60,
    ) -> None:
        self._pronouncer = pronouncer
        self._grammar = grammar
        self._turns = threading.Semaphore(at_once)
        self._watchdog = Watchdog(stuck_after_s)

    @classmethod
    def load(cls, cache: Path, *, at_once: int, stuck_after_s: float) -> Assessor:
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
        )

    def assess(self, job: AssessmentJob, audio: Audio) -> Assessment:
        """Assess an utterance; `audio` is float32 at 16 kHz. Times count from its start."""
        with self._turns, self._watchdog.watch():
            if job.reference:
                return assess_reading(
                    self._pronouncer,
                    audio,
                    job.recognition,
                    Window(job.reference, job.position),
                    job.pairs,
                    is_all=job.is_all,
                )
            return self._assess_speech(job.recognition, audio, grammar=job.grammar)

    def _assess_speech(self, heard: Recognition, audio: Audio, *, grammar: bool) -> Assessment:
        return Assessment(
            pronunciation=self._pronouncer.assess(audio, heard.text, heard.language),
            fluency=_fluency(heard, audio, None),
            grammar=self._grammar.check(heard.text, heard.language) if grammar else None,
        )


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
    located = locate(window.words, window.position, heard.words, heard.language)
    passage = whole(located, window.words) if is_all else located
    found = _pronunciation(pronouncer, audio, heard, window, passage, pairs)
    if found.reason == "text_too_long" and located.words:  # most of the text was left out
        passage = located
        found = _pronunciation(pronouncer, audio, heard, window, passage, pairs)
    return Assessment(
        passage=confirmed(passage, found),
        pronunciation=found,
        fluency=_fluency(heard, audio, _text(window, passage) or None),
    )


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
    return Assessment(pronunciation=pronouncer.assess(audio, " ".join(words), language, rivals))


def _pronunciation(
    pronouncer: Pronouncer,
    audio: Audio,
    heard: Recognition,
    window: Window,
    passage: Passage,
    pairs: Iterable[Sequence[str]],
) -> Pronunciation:
    """The pronunciation of a passage of the window; misheard words are asked for in both ways."""
    words = window.words[passage.start : passage.end]
    sure = confidences(passage, heard.words)
    return pronouncer.assess(
        audio,
        " ".join(words),
        heard.language,
        rivals_in(passage, words, heard.words, pairs),
        {n - passage.start: share for n, share in sure.items()},
    )


def rivals_in(
    passage: Passage,
    words: Sequence[str],
    heard: Sequence[RecognisedWord],
    pairs: Iterable[Sequence[str]],
) -> dict[int, list[Rival]]:
    """What the words of a passage are held against: what was recognised there, and pairs.

    `words`: the text's, from the passage's first on.
    """
    sure = confidences(passage, heard, "substituted")
    instead = {
        n: Heard(text, sure.get(passage.start + n, 0.0))
        for n, text in heard_instead(passage).items()
    }
    return rivals_of(words, instead, not_heard(passage), pairs)


def _text(window: Window, passage: Passage) -> str:
    return " ".join(window.words[passage.start : passage.end])


def _fluency(heard: Recognition, audio: Audio, text: str | None) -> Fluency | None:
    return measure_fluency(cut_silence(heard.words, audio), heard.language, text)


def confirmed(passage: Passage, pronunciation: Pronunciation) -> Passage:
    """The passage with only those words wrong that the audio proves wrong."""
    if pronunciation.reason == "other_language":  # recognised as a translation, not read
        return unread(passage)
    if pronunciation.reason is not None:
        return passage
    words = enumerate(pronunciation.words, passage.start)
    return confirm(
        passage,
        {n: word.score is not None for n, word in words},
        {passage.start + n: other for n, other in pronunciation.replaced},
        {passage.start + n: other for n, other in pronunciation.doubtful},
    )
