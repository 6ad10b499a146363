import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.support.collector import Collector, collecting
from tests.support.series import MOST_SERIES, series
from tests.support.watched import FINAL, HEARD, PARTIAL, SAID, SHOWN
from tutor.adapters.telemetry.gateway import GatewayMetrics
from tutor.adapters.telemetry.tracing import Tracing
from tutor.core.audio.recognition import Recognition
from tutor.core.live.effects import Emit, Release
from tutor.core.protocol.errors import ERRORS, error_event
from tutor.core.protocol.messages import (
    FeedbackFluency,
    SpeechStarted,
    SpeechStopped,
    TutorReplyDone,
    UtteranceJoined,
)
from tutor.core.queue.jobs import AssessmentJob, AssessmentResult, RecognitionResult, Stamps
from tutor.shells.live.watch import REMEMBERED, SessionWatch


@pytest.fixture
def metrics() -> GatewayMetrics:
    """Nothing counted yet."""
    return GatewayMetrics()


@pytest.fixture
def watch(metrics: GatewayMetrics) -> SessionWatch:
    """A session that is not traced, with a second of audio."""
    watch = SessionWatch(metrics, None, "s")
    watch.saw_frame()
    watch.saw_audio(1.0)
    return watch


def count(metrics: GatewayMetrics, name: str, **labels: str) -> float:
    """A sample's value; 0 where there is none."""
    return metrics.registry.get_sample_value(name, labels) or 0.0


def answer(result: RecognitionResult, begun: float, done: float) -> RecognitionResult:
    """The result with its times, seconds from now."""
    now = time.time()
    return replace(result, stamps=Stamps(now, now + begun, now + done))


def test_an_utterance_is_measured_from_its_audio_to_what_was_sent(
    metrics: GatewayMetrics, watch: SessionWatch
) -> None:
    """Each event counts once it was sent, not when it was decided."""
    watch.saw_events([SpeechStarted("u1", 0)])
    watch.begin_job(PARTIAL)
    watch.queue_job(PARTIAL)
    watch.saw_result(HEARD)
    watch.saw_events([SHOWN])
    assert count(metrics, "tutor_first_partial_seconds_count") == 0
    watch.saw_sent(SHOWN, time.time())
    assert count(metrics, "tutor_first_partial_seconds_count") == 1
    watch.saw_events([SpeechStopped("u1", 200)])
    watch.saw_events([SAID])
    watch.saw_sent(SAID, time.time())
    watch.saw_sent(None, time.time())  # a resumed connection sends its text again
    assert count(metrics, "tutor_final_after_speech_seconds_count") == 1
    assert count(metrics, "tutor_final_after_endpoint_seconds_count") == 1
    assert count(metrics, "tutor_word_latency_seconds_count") == 2
    assert count(metrics, "tutor_utterances_total", outcome="final") == 1


def test_clocks_that_disagree_give_no_negative_time(
    metrics: GatewayMetrics, watch: SessionWatch
) -> None:
    """A worker whose clock is behind or ahead has stages of no length, never of less."""
    watch.saw_events([SpeechStarted("u1", 0)])
    for revision, (begun, done) in enumerate(((-100.0, -99.0), (100.0, 99.0), (100.0, 101.0)), 1):
        watch.begin_job(replace(PARTIAL, revision=revision))
        watch.queue_job(replace(PARTIAL, revision=revision))
        watch.saw_result(answer(replace(HEARD, revision=revision), begun, done))
    for stage in ("enqueue", "queue", "work", "return"):
        labels = {"stage": stage, "kind": "partial"}
        assert count(metrics, "tutor_stage_seconds_count", **labels) == 3
        assert count(metrics, "tutor_stage_seconds_sum", **labels) >= 0


def test_an_answer_that_nobody_waits_for_is_a_drop(
    metrics: GatewayMetrics, watch: SessionWatch
) -> None:
    """A partial behind the end of its utterance, and anything of an utterance long forgotten."""
    watch.saw_events([SpeechStarted("u1", 0)])
    watch.begin_job(PARTIAL)
    watch.saw_events([SpeechStopped("u1", 200)])
    watch.saw_result(HEARD)
    watch.saw_result(replace(HEARD, utterance="u0"))
    watch.saw_result(replace(HEARD, outcome="cancelled", recognition=None))
    assert count(metrics, "tutor_drops_total", what="late_result") == 2
    assert count(metrics, "tutor_results_total", kind="partial", outcome="cancelled") == 1


def test_a_second_attempt_and_a_failure_are_counted(
    metrics: GatewayMetrics, watch: SessionWatch
) -> None:
    """A final that had to be dispatched again, then was given up with its error."""
    watch.saw_events([SpeechStarted("u1", 0)])
    watch.begin_job(FINAL)
    watch.begin_job(replace(FINAL, attempt=2))
    watch.saw_events([error_event("recognition_failed", utterance="u1")])
    assert count(metrics, "tutor_jobs_retried_total", kind="final") == 1
    assert count(metrics, "tutor_errors_total", code="recognition_failed") == 1
    assert count(metrics, "tutor_utterances_total", outcome="failed") == 1


def test_a_socket_that_wants_another_session_back_was_no_session(metrics: GatewayMetrics) -> None:
    """It is a resumed session, and neither open nor of any length."""
    watch = SessionWatch(metrics, None, "s")
    watch.hand_over()
    watch.close()
    assert count(metrics, "tutor_sessions_open") == 0
    assert count(metrics, "tutor_sessions_resumed_total") == 1
    assert count(metrics, "tutor_session_seconds_count") == 0


def test_without_tracing_no_job_has_a_trace(watch: SessionWatch) -> None:
    """There is nothing to put into a task's headers."""
    watch.saw_events([SpeechStarted("u1", 0)])
    assert watch.begin_job(PARTIAL) == ""


FLOW = FeedbackFluency("u1", 90, 3, 4, 120, 0, 0, 4, 4, (), (), ())


@pytest.mark.parametrize("held_s", [0.0, 6.0])
def test_scores_are_not_late_because_a_sentence_may_go_on(
    metrics: GatewayMetrics,
    watch: SessionWatch,
    monkeypatch: pytest.MonkeyPatch,
    held_s: float,
) -> None:
    """Scores and reply of an utterance that was held are waited for from its release on, of any
    other from its final on."""
    began = time.time()
    monkeypatch.setattr(time, "time", lambda: began)
    watch.saw_effects([Emit(SpeechStarted("u1", 0)), Emit(SpeechStopped("u1", 200)), Emit(SAID)])
    watch.saw_sent(SAID, began)
    monkeypatch.setattr(time, "time", lambda: began + held_s)
    watch.saw_effects([Release("u1"), Release("u0")])
    monkeypatch.setattr(time, "time", lambda: began + held_s + 0.25)
    watch.saw_sent(FLOW, began)
    watch.saw_sent(TutorReplyDone("u1", "Well done.", "coach"), began)
    for waited in ("tutor_feedback_latency_seconds", "tutor_reply_latency_seconds"):
        assert count(metrics, f"{waited}_count") == 1
        assert count(metrics, f"{waited}_sum") == pytest.approx(0.25, abs=0.001)


def test_pieces_of_a_sentence_are_let_go_with_it(
    metrics: GatewayMetrics, watch: SessionWatch
) -> None:
    """Nothing comes of an utterance any more to which another was joined: the ones still spoken
    are not forgotten in its place."""
    for number in range(REMEMBERED):
        name = f"u{number}"
        watch.saw_events([SpeechStarted(name, 0), SpeechStopped(name, 200)])
        watch.saw_sent(replace(SAID, utterance=name), time.time())
    joined = tuple(f"u{number}" for number in range(1, REMEMBERED - 1))
    watch.saw_sent(UtteranceJoined(f"u{REMEMBERED - 1}", joined), time.time())
    watch.saw_events([SpeechStarted("new", 0)])
    watch.saw_sent(replace(FLOW, utterance="u0"), time.time())
    assert count(metrics, "tutor_feedback_latency_seconds_count") == 1
    watch.saw_sent(replace(FLOW, utterance="u1"), time.time())
    assert count(metrics, "tutor_feedback_latency_seconds_count") == 1


@pytest.fixture
def collector() -> Iterator[Collector]:
    """A collector that has got nothing yet."""
    with collecting() as collector:
        yield collector


def test_a_session_that_is_not_chosen_is_not_traced(collector: Collector) -> None:
    """With a sample of 0 no span is made."""
    spans = Tracing(collector.url, "gateway", 0.0)
    watch = SessionWatch(GatewayMetrics(), spans, "s")
    watch.saw_events([SpeechStarted("u1", 0)])
    assert watch.begin_job(PARTIAL) == ""
    watch.close()
    spans.shut_down()
    assert collector.spans() == []


def test_the_sample_is_a_share_of_sessions(collector: Collector) -> None:
    """At a quarter about every fourth session is chosen."""
    spans = Tracing(collector.url, "gateway", 0.25)
    chosen = sum(spans.chooses() for _ in range(4000))
    spans.shut_down()
    assert 800 < chosen < 1200


def test_every_span_ends_however_the_session_ends(collector: Collector) -> None:
    """Cancelled, retried, failed, late and abandoned jobs have spans that say so."""
    spans = Tracing(collector.url, "gateway", 1.0)
    watch = SessionWatch(GatewayMetrics(), spans, "s")
    for utterance in ("u1", "u2"):
        watch.saw_events([SpeechStarted(utterance, 0)])
    watch.begin_job(PARTIAL)
    watch.saw_result(replace(HEARD, outcome="cancelled", recognition=None))
    watch.begin_job(FINAL)
    watch.begin_job(replace(FINAL, attempt=2))
    watch.saw_events([error_event("recognition_failed", utterance="u1")])
    watch.begin_job(replace(FINAL, utterance="u2"))
    watch.close()
    spans.shut_down()
    outcomes = sorted(
        (span.name, span.attributes.get("tutor.outcome", "")) for span in collector.spans()
    )
    assert outcomes == [
        ("detect", ""),
        ("detect", ""),
        ("final", "retried"),
        ("final", "unanswered"),
        ("final", "unanswered"),
        ("partial", "cancelled"),
        ("session", ""),
        ("utterance", "abandoned"),
        ("utterance", "recognition_failed"),
    ]


def test_feedback_belongs_to_the_trace_of_its_utterance(collector: Collector) -> None:
    """It comes behind the final, whose sending ended the utterance's own span."""
    spans = Tracing(collector.url, "gateway", 1.0)
    watch = SessionWatch(GatewayMetrics(), spans, "s")
    watch.saw_events([SpeechStarted("u1", 0)])
    watch.saw_events([SpeechStopped("u1", 200)])
    watch.saw_events([SAID])
    watch.saw_sent(SAID, time.time())
    job = AssessmentJob("s", "u1", 1, 640, Recognition("I went.", "en"))
    trace = watch.begin_job(job)
    watch.saw_result(AssessmentResult("s", "u1", 1, "ok"))
    watch.saw_events([FLOW])
    watch.saw_sent(FLOW, time.time())
    watch.saw_events([TutorReplyDone("u1", "Well done.", "coach")])
    watch.saw_sent(TutorReplyDone("u1", "Well done.", "coach"), time.time())
    watch.close()
    spans.shut_down()
    named = {span.name: span for span in collector.spans()}
    assert trace.split("-")[1:3] == [named["utterance"].trace, named["feedback"].id]
    assert named["feedback"].parent == named["utterance"].id
    assert named["feedback"].attributes["tutor.outcome"] == "ok"


def test_what_began_at_another_gateway_is_traced_to_its_end(collector: Collector) -> None:
    """An utterance that was taken over has a trace of the session; of its waits only that for the
    final is measured, because what was shown before is not known."""
    spans, metrics = Tracing(collector.url, "gateway", 1.0), GatewayMetrics()
    watch = SessionWatch(metrics, spans, "s")
    watch.follow_moved(["u1"])
    watch.begin_job(PARTIAL)
    watch.saw_events([SHOWN])
    watch.saw_sent(SHOWN, time.time())
    watch.saw_events([SpeechStopped("u1", 200)])
    watch.saw_events([SAID])
    watch.saw_sent(SAID, time.time())
    watch.close()
    spans.shut_down()
    (utterance,) = [span for span in collector.spans() if span.name == "utterance"]
    told = {name.removeprefix("tutor."): text for name, text in utterance.attributes.items()}
    assert told == {"session.id": "s", "utterance.id": "u1", "outcome": "ok"}
    assert utterance.links
    assert "partial" in [span.name for span in collector.spans()]
    assert count(metrics, "tutor_utterances_total", outcome="final") == 1
    assert count(metrics, "tutor_final_after_speech_seconds_count") == 1
    for unknown in ("first_partial", "word_latency"):
        assert count(metrics, f"tutor_{unknown}_seconds_count") == 0


def test_a_long_session_keeps_no_more_than_its_newest_utterances(collector: Collector) -> None:
    """Utterances that nothing ever comes of are let go while the session is still open."""
    spans = Tracing(collector.url, "gateway", 1.0)
    watch = SessionWatch(GatewayMetrics(), spans, "s")
    for number in range(100):
        watch.saw_events([SpeechStarted(f"u{number}", 0)])
    spans.shut_down()
    ended = [span for span in collector.spans() if span.name == "utterance"]
    assert len(ended) == 100 - REMEMBERED


def test_a_worker_may_begin_before_the_broker_has_answered(collector: Collector) -> None:
    """Then its work begins with the queue's end all the same; a worker that tells no times has
    no stages."""
    spans = Tracing(collector.url, "gateway", 1.0)
    watch = SessionWatch(GatewayMetrics(), spans, "s")
    watch.saw_events([SpeechStarted("u1", 0)])
    watch.begin_job(PARTIAL)
    begun = time.time()
    time.sleep(0.01)
    watch.queue_job(PARTIAL)
    watch.saw_result(replace(HEARD, stamps=Stamps(begun - 1, begun, begun + 1)))
    watch.begin_job(FINAL)
    watch.saw_result(replace(HEARD, kind="final", revision=2))
    watch.close()
    spans.shut_down()
    (queue,) = [span for span in collector.spans() if span.name == "queue"]
    assert (queue.start_ns, queue.end_ns) == (round(begun * 1e9), round(begun * 1e9))


def test_no_session_can_make_up_a_series() -> None:
    """A thousand utterances of fifty sessions with every error leave no more than a few do."""
    metrics = GatewayMetrics()

    def flood(sessions: int) -> int:
        for number in range(sessions):
            watch = SessionWatch(metrics, None, f"session-{number}")
            for utterance in (f"u{n}" for n in range(20)):
                watch.saw_events([SpeechStarted(utterance, 0)])
                for job in (replace(PARTIAL, utterance=utterance), replace(FINAL, attempt=2)):
                    watch.begin_job(job)
                    watch.queue_job(job)
                watch.saw_result(replace(HEARD, utterance=utterance))
                watch.saw_events([replace(SHOWN, utterance=utterance)])
                watch.saw_sent(replace(SHOWN, utterance=utterance), time.time())
                watch.saw_events([SpeechStopped(utterance, 100)])
                watch.saw_events([replace(SAID, utterance=utterance)])
                watch.saw_sent(replace(SAID, utterance=utterance), time.time())
            for code in ERRORS:
                watch.saw_events([error_event(code)])
            watch.close()
        return series(metrics.registry)

    assert flood(2) == flood(50) <= MOST_SERIES
