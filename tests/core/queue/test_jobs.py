"""What crosses the queue: the kind of a job, and the way of its fields to a worker and back."""

import json
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import few
from tutor.adapters.wire.practice import decode_job
from tutor.core.audio.recognition import Kind, RecognisedWord, Recognition
from tutor.core.queue.jobs import (
    AssessmentJob,
    AssessmentResult,
    Job,
    RecognitionJob,
    RecognitionResult,
    ReplyJob,
    ReplyPart,
    Result,
    kind_of,
)
from tutor.core.text.expected import Expected

HEARD = Recognition("I went", "en", (RecognisedWord("I", 0.0, 0.5, 0.75),), (0.5, 0.25))


def recognition(kind: Kind, *, batch: bool = False) -> RecognitionJob:
    """A recogniser's job."""
    return RecognitionJob("s1", "u1", kind, 1, 1, 32_000, "en", batch)


@pytest.mark.parametrize(
    ("job", "kind"),
    [
        (recognition("partial"), "partial"),
        (recognition("final"), "final"),
        (recognition("final", batch=True), "piece"),
        (RecognitionResult("s1", "u1", "final", 1, 1, "ok"), "final"),
        (RecognitionResult("s1", "u1", "partial", 1, 1, "failed"), "partial"),
        (AssessmentJob("s1", "u1", 1, 32_000, HEARD), "assessment"),
        (AssessmentJob("f1", "u1", 1, 32_000, HEARD, batch=True), "assessment"),
        (AssessmentResult("s1", "u1", 1, "cancelled"), "assessment"),
        (ReplyJob("s1", "u1", (("user", "Hi!"),)), "reply"),
        (ReplyPart("s1", "u1", "Hello", failed=True), "reply"),
    ],
)
def test_a_job_and_its_results_are_of_one_kind(job: Job | Result, kind: str) -> None:
    """A measurement finds a job and its result under one name, whatever became of the job."""
    assert kind_of(job) == kind


names = st.text(max_size=8)
words = st.builds(RecognisedWord, names, st.floats(0, 30), st.floats(0, 30), st.floats(0, 1))
recognitions = st.builds(
    Recognition,
    names,
    st.sampled_from(["en", "zh"]),
    st.lists(words, max_size=3).map(tuple),
    st.lists(st.floats(0, 1), max_size=3).map(tuple),
)


@few(50)
@given(names, recognitions, st.lists(names, max_size=4), st.integers(0, 3), st.booleans())
def test_an_assessments_job_is_the_same_at_the_worker(
    utterance: str, heard: Recognition, reference: list[str], position: int, is_all: bool
) -> None:
    """Words, times and minimal pairs arrive as they were sent, tuples of tuples included."""
    pairs = (("ship", "sheep"), tuple(reference))
    job = AssessmentJob(
        "s1", utterance, 1, 64_000, heard, tuple(reference), position, pairs, True, False, is_all
    )
    assert decode_job(AssessmentJob, asdict(job)) == job


@given(names, st.sampled_from(["partial", "final"]), st.integers(1, 99), names, st.booleans())
def test_a_recognisers_job_is_the_same_at_the_worker(
    utterance: str, kind: Kind, revision: int, prompt: str, batch: bool
) -> None:
    """What the language may be is with it."""
    expected = Expected(("en", "zh"), "en")
    job = RecognitionJob(
        "s1",
        utterance,
        kind,
        revision,
        2,
        640,
        "auto",
        batch,
        prompt,
        vocabulary=("Niamh", "Sligo"),
        expected=expected,
    )
    there = decode_job(RecognitionJob, json.loads(json.dumps(asdict(job))))
    assert there == job
    assert kind_of(there) == ("piece" if batch else kind)


def test_a_job_of_an_older_gateway_may_be_in_any_language() -> None:
    """It says nothing of what is expected; a worker takes it nevertheless."""
    job = asdict(RecognitionJob("s1", "u1", "final", 1, 1, 640, "auto"))
    del job["expected"]
    assert decode_job(RecognitionJob, job).expected == Expected()


@given(st.lists(st.tuples(st.sampled_from(["system", "user", "assistant"]), names), max_size=5))
def test_the_talk_reaches_the_language_model_in_order(talk: list[tuple[str, str]]) -> None:
    """Roles and contents of a reply's messages are neither merged nor reordered on the way."""
    job = ReplyJob("s1", "u1", tuple(talk))
    assert decode_job(ReplyJob, asdict(job)).messages == tuple(talk)


@pytest.mark.parametrize("field", ["audio_bytes", "recognition", "utterance"])
def test_an_assessment_with_a_field_missing_is_refused(field: str) -> None:
    """What a worker cannot read whole it does not guess at."""
    fields = asdict(AssessmentJob("s1", "u1", 1, 64_000, HEARD))
    del fields[field]
    with pytest.raises(ValueError, match=field):
        decode_job(AssessmentJob, fields)
