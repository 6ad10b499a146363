"""The whole assessment of an utterance, from its audio and its final."""

from __future__ import annotations

import threading
from pathlib import Path

from tutor.adapters.feedback.grammar import GrammarChecker
from tutor.adapters.feedback.pronouncer import Pronouncer
from tutor.adapters.speech.watchdog import Watchdog
from tutor.adapters.speech.weights import resolve_model
from tutor.core.audio.recognition import Recognition
from tutor.core.audio.samples import Audio
from tutor.core.feedback.assessment import Assessment, Fluency, Passage, Pronunciation
from tutor.core.feedback.fluency import measure_fluency
from tutor.core.feedback.pronunciation.rivals import rivals_of
from tutor.core.feedback.reading.passages import confidences, locate
from tutor.core.feedback.reading.reading import confirm, heard_instead, unread
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
                return self._assess_reading(job, audio)
            return self._assess_speech(job.recognition, audio, grammar=job.grammar)

    def _assess_reading(self, job: AssessmentJob, audio: Audio) -> Assessment:
        heard = job.recognition
        passage = locate(job.reference, job.position, heard.words, heard.language)
        text = " ".join(job.reference[passage.start : passage.end])
        rivals = rivals_of(
            job.reference[passage.start : passage.end], heard_instead(passage), job.pairs
        )
        sure = confidences(passage, heard.words)
        recognised = {n - passage.start: share for n, share in sure.items()}
        pronunciation = self._pronouncer.assess(audio, text, heard.language, rivals, recognised)
        return Assessment(
            passage=confirmed(passage, pronunciation),
            pronunciation=pronunciation,
            fluency=_fluency(heard, audio, text or None),
        )

    def _assess_speech(self, heard: Recognition, audio: Audio, *, grammar: bool) -> Assessment:
        return Assessment(
            pronunciation=self._pronouncer.assess(audio, heard.text, heard.language),
            fluency=_fluency(heard, audio, None),
            grammar=self._grammar.check(heard.text, heard.language) if grammar else None,
        )


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
    )
