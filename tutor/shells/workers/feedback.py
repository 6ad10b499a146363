"""What a feedback worker does: assess utterances, and ask the language model for replies."""

from __future__ import annotations

import logging
import time
from contextlib import closing

from tutor.adapters.coach.language_model import LanguageModel, LanguageModelError
from tutor.adapters.feedback.assessor import Assessor
from tutor.adapters.settings import Settings
from tutor.adapters.speech.choice import load_unadapted
from tutor.adapters.speech.memory import give_back_memory
from tutor.adapters.speech.probe import probe_audio
from tutor.adapters.store.audio import is_given_up, read_utterance
from tutor.adapters.store.client import BlockingStore, open_blocking_store
from tutor.adapters.store.workers import Announcement
from tutor.core.audio.recognition import RecognisedWord, Recognition
from tutor.core.audio.samples import BYTES_PER_SAMPLE, RATE, from_pcm16, to_float
from tutor.core.feedback.assessment import Assessment
from tutor.core.queue.jobs import AssessmentJob, AssessmentResult, Outcome, ReplyJob, ReplyPart
from tutor.shells.workers.recognition import PROBE_TEXT
from tutor.shells.workers.worked_job import WorkedJob, WorkerWatch

log = logging.getLogger(__name__)

NICENESS = 5
"""How nice the worker is: words come first, feedback takes the cores that the recogniser leaves."""


class FeedbackWorker:
    """What one worker process does with its jobs."""

    def __init__(
        self,
        assessor: Assessor,
        model: LanguageModel | None,
        store: BlockingStore,
        watch: WorkerWatch,
    ) -> None:
        self._assessor = assessor
        self._model = model
        self._store = store
        self.watch = watch

    def close(self) -> None:
        """Close what the worker holds open, once no more jobs come."""
        if self._model is not None:
            self._model.close()

    def assess(self, job: AssessmentJob, task: WorkedJob) -> AssessmentResult:
        """Assess an utterance and post the result."""
        began = time.monotonic()
        outcome, assessment = self._assess(job)
        took = time.monotonic() - began
        result = AssessmentResult(
            job.session, job.utterance, job.attempt, outcome, assessment, round(took, 4)
        )
        task.post(self._store, result)
        return result

    def _assess(self, job: AssessmentJob) -> tuple[Outcome, Assessment | None]:
        pcm = read_utterance(self._store, job)
        if pcm is None:
            return "audio_gone", None
        try:
            return "ok", self._assessor.assess(job, to_float(from_pcm16(pcm)))
        except Exception:
            # Whatever it was, the session must hear of it now and not by its deadline.
            log.exception("assessment failed")
            return "failed", None

    def give_up(self, job: AssessmentJob | ReplyJob, task: WorkedJob) -> None:
        """Post that a job has failed that killed its worker each time."""
        if isinstance(job, AssessmentJob):
            task.post(
                self._store, AssessmentResult(job.session, job.utterance, job.attempt, "failed")
            )
        else:
            task.post(self._store, ReplyPart(job.session, job.utterance, "", failed=True))

    def reply(self, job: ReplyJob, task: WorkedJob) -> bool:
        """Post the language model's reply part by part; whether it came to its end.

        One that the learner has broken off is not asked for any further.
        """
        try:
            if self._model is None:
                raise LanguageModelError("no language model is configured at this worker")
            with closing(self._model.reply(job.messages)) as deltas:
                for delta in deltas:
                    if is_given_up(self._store, job):
                        return False
                    task.post(self._store, ReplyPart(job.session, job.utterance, delta))
        except LanguageModelError as error:
            log.warning("no reply of %s: %s", self._model.name if self._model else "none", error)
            task.post(self._store, ReplyPart(job.session, job.utterance, "", failed=True))
            return False
        task.post(self._store, ReplyPart(job.session, job.utterance, "", last=True))
        return True


def _probe_heard(pcm_bytes: int) -> Recognition:
    """The probe's words as if a recogniser were sure of them: what is in doubt is not scored."""
    words = PROBE_TEXT.split()
    each_s = pcm_bytes / BYTES_PER_SAMPLE / RATE / len(words)
    return Recognition(
        PROBE_TEXT,
        "en",
        tuple(
            RecognisedWord(word, n * each_s, (n + 1) * each_s, 1.0) for n, word in enumerate(words)
        ),
    )


def load_feedback_worker(settings: Settings, watch: WorkerWatch) -> FeedbackWorker:
    """Load the models, try them on real speech, and only then announce the worker.

    Raises:
        WeightsError: Whisper's weights cannot be had.
    """
    began = time.monotonic()
    assessor = Assessor.load(
        settings.cache_dir,
        at_once=settings.assessments_at_once,
        stuck_after_s=settings.feedback_time_limit_s,
        witness=load_unadapted(settings),
    )
    pcm = probe_audio()
    job = AssessmentJob("probe", "u1", 1, len(pcm), _probe_heard(len(pcm)), grammar=True)
    found = assessor.assess(job, to_float(from_pcm16(pcm))).pronunciation
    if found is None or found.total is None:
        raise RuntimeError(f"the probe sentence cannot be scored: {found}")
    give_back_memory()
    store = open_blocking_store(settings.redis_url)
    model = LanguageModel(settings) if settings.llm_url else None
    facts = {
        "replies": settings.llm_model if model else "coach",
        "slots": str(settings.assessments_at_once),
        "metrics": watch.address,
    }
    watch.metrics.model_load.set(time.monotonic() - began)
    Announcement(store, "feedback", facts)
    log.info("ready in %.1f s: probe scored %.0f", time.monotonic() - began, found.total)
    return FeedbackWorker(assessor, model, store, watch)
