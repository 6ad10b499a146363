"""The whole product seen from outside, while real speech goes through it."""

import asyncio
import json
import re
import urllib.request
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass

import numpy as np
import pytest
from prometheus_client import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from tests.support.collector import Collector, Seen, collecting
from tests.support.endpoint import answer, serving
from tests.support.house import SOON_S, House, get, served, wait_until
from tests.support.practice import Heard, hear
from tests.support.speech import TEXTS, silence, spoken
from tutor.adapters.telemetry.gateway import GatewayMetrics
from tutor.adapters.telemetry.tracing import ATTRIBUTES
from tutor.adapters.telemetry.worker import WorkerMetrics
from tutor.core.protocol.messages import SessionStart, TutorReplyDone

REPLY = ("Zanzibar ", "is ", "beautiful.")
OPENMETRICS = "application/openmetrics-text; version=1.0.0"

SAID = set(re.findall(r"[a-z]{5,}", f"{TEXTS['market.flac']} {TEXTS['train.flac']}".lower()))
PLANTED = SAID | {"zanzibar", "beautiful"}
"""Words of learner and tutor, long enough to be found by no accident."""


@dataclass
class View:
    """What an operator had in front of him after one session of two utterances."""

    heard: Heard
    gateway: dict[str, Metric]
    workers: dict[str, list[dict[str, Metric]]]
    collector: Collector
    log: str

    @property
    def traces(self) -> dict[str, list[Seen]]:
        """The spans of each utterance's trace, by the utterance."""
        spans = self.collector.spans()
        return {
            root.attributes["tutor.utterance.id"]: [s for s in spans if s.trace == root.trace]
            for root in spans
            if root.name == "utterance"
        }


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> Iterator[View]:
    """A real session with everything turned on: tracing, JSON logs, a language model."""
    audio = np.concatenate(
        (silence(0.3), spoken("market.flac"), silence(1.2), spoken("train.flac"), silence(1))
    )
    with collecting() as collector, serving(answer(*REPLY)) as model:
        with served(
            tmp_path_factory.mktemp("telemetry"),
            otlp_endpoint=collector.url,
            log_format="json",
            llm_url=model.url,
            llm_model="small",
            feedback_shed_s="60",  # a busy machine's scores come late, and its model is asked still
            speech="true",
        ) as house:
            heard = asyncio.run(hear(house.url, audio, start=SessionStart("en")))
            heard.assert_whole()
            get(f"{house.url}/v1/exercises?language=en")
            get(f"{house.url}/static/app.js")
            get(f"{house.url}/nowhere/{'x' * 50}")
            with suppress(TimeoutError):  # a test tells what is missing
                wait_until(lambda: is_counted(house), SOON_S)
            gateway = scrape(f"{house.url}/metrics")
            workers = scrape_workers(house)
        yield View(heard, gateway, workers, collector, house.log.read_text())


def is_counted(house: House) -> bool:
    """Whether all have written down what they did: a worker does so when its result is sent, the
    gateway when its socket is closed; and whether those have started that nobody needed."""
    gateway, workers = scrape(f"{house.url}/metrics"), scrape_workers(house)
    results = {"asr": ("partial", "final"), "feedback": ("assessment", "reply")}
    return (
        value(gateway, "tutor_session_seconds_count") > 0
        and all(value(gateway, "tutor_workers", kind=kind) for kind in ("batch", "files", "speech"))
        and all(
            sum(value(gateway, "tutor_results_total", kind=kind) for kind in kinds)
            <= sum(value(part, "tutor_worker_tasks_total") for part in workers[name])
            for name, kinds in results.items()
        )
    )


def scrape(url: str) -> dict[str, Metric]:
    """Metrics as Prometheus reads them, by name."""
    request = urllib.request.Request(url, headers={"Accept": OPENMETRICS})
    with closing(urllib.request.urlopen(request, timeout=SOON_S)) as response:
        text = response.read().decode()
    families = text_string_to_metric_families(text)  # type: ignore[no-untyped-call]
    return {family.name: family for family in families}


def scrape_workers(house: House) -> dict[str, list[dict[str, Metric]]]:
    """The metrics of every worker process that the gateway lists, by kind."""
    found: dict[str, list[dict[str, Metric]]] = {}
    for group in json.loads(get(f"{house.url}/metrics/targets")[2]):
        (target,) = group["targets"]
        found.setdefault(group["labels"]["part"], []).append(scrape(f"http://{target}/metrics"))
    return found


def value(metrics: dict[str, Metric], name: str, **labels: str) -> float:
    """The sum of all samples of this name with these labels."""
    return sum(
        sample.value
        for family in metrics.values()
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )


# ---------------------------------------------------------------- traces


@pytest.mark.parametrize("utterance", ["u1", "u2"])
def test_an_utterance_is_one_connected_trace_through_all_parts(view: View, utterance: str) -> None:
    """From onset to the language model's reply: each span's parent is there, every stage too."""
    spans = view.traces[utterance]
    by_id = {span.id: span for span in spans}
    (root,) = [span for span in spans if not span.parent]
    assert root.name == "utterance"
    assert all(span.parent in by_id for span in spans if span is not root)
    ways = {(s.service, s.name, by_id[s.parent].name) for s in spans if s.parent}
    assert ways >= {
        ("tutor-gateway", "detect", "utterance"),
        ("tutor-gateway", "endpoint", "utterance"),
    }
    for job, worker, work in (
        ("partial", "tutor-asr", "recognise"),
        ("final", "tutor-asr", "recognise"),
        ("feedback", "tutor-feedback", "assess"),
        ("reply", "tutor-feedback", "language model"),
    ):
        assert ways >= {
            ("tutor-gateway", job, "utterance"),
            ("tutor-gateway", "enqueue", job),
            ("tutor-gateway", "queue", job),
            (worker, work, job),
            (worker, "publish", job),
            ("tutor-gateway", "return", job),
            ("tutor-gateway", "send", job),
        }, job
    assert ("tutor-feedback", "first token", "language model") in ways


def test_a_span_lies_in_the_time_of_its_job(view: View) -> None:
    """No span ends before it begins, and the stages of a final follow each other."""
    for spans in view.traces.values():
        assert all(span.start_ns <= span.end_ns for span in spans)
        finals = [span for span in spans if span.name == "final"]
        (final,) = [span for span in finals if span.attributes["tutor.outcome"] == "ok"]
        stages = {s.name: s for s in spans if s.parent == final.id}
        order = ["enqueue", "queue", "recognise", "return", "send"]
        begins = [stages[name].start_ns for name in order]
        assert begins == sorted(begins)
        assert final.start_ns <= begins[0]
        assert stages["send"].end_ns <= final.end_ns


def test_a_partial_is_a_span_and_a_frame_is_none(view: View) -> None:
    """A trace has as many partials as were asked for, and is small however much audio it spans."""
    for utterance, spans in view.traces.items():
        shown = [p for p in view.heard.partials if p.utterance == utterance]
        partials = [span for span in spans if span.name == "partial"]
        assert len(partials) >= len(shown) - 1  # one may be a final begun early
        assert len(spans) < 8 * (len(partials) + 4) + 8


def test_traces_of_utterances_link_to_their_session(view: View) -> None:
    """The session is a span of its own, and each utterance's root points to it."""
    (session,) = [span for span in view.collector.spans() if span.name == "session"]
    roots = [span for span in view.collector.spans() if span.name == "utterance"]
    assert len(roots) == 2
    assert all(root.links == ((session.trace, session.id),) for root in roots)
    assert session.trace not in {root.trace for root in roots}
    assert session.start_ns <= roots[0].start_ns <= roots[-1].end_ns <= session.end_ns


def test_no_word_of_anybody_is_in_a_span(view: View) -> None:
    """Neither what the learner said nor what the tutor answered was sent to the collector."""
    done = [event.text for event in view.heard.of(TutorReplyDone)]
    assert "".join(REPLY) in done
    sent = b"".join(view.collector.bodies).lower()
    assert sent
    assert [word for word in PLANTED if word.encode() in sent] == []
    names = {name for span in view.collector.spans() for name in span.attributes}
    assert names <= set(ATTRIBUTES.values())


# ---------------------------------------------------------------- metrics

GATEWAY_COUNTS = {
    "tutor_audio_seconds_total": {},
    "tutor_utterances_total": {"outcome": "final"},
    "tutor_session_seconds_count": {},
    "tutor_first_partial_seconds_count": {},
    "tutor_word_latency_seconds_count": {},
    "tutor_final_after_speech_seconds_count": {},
    "tutor_final_after_endpoint_seconds_count": {},
    "tutor_feedback_latency_seconds_count": {},
    "tutor_reply_latency_seconds_count": {},
    "tutor_jobs_total": {"kind": "partial"},
    "tutor_results_total": {"kind": "final", "outcome": "ok"},
    "tutor_decode_seconds_count": {"kind": "final"},
    "tutor_assess_seconds_count": {},
    "tutor_http_requests_total": {"route": "/v1/exercises", "status": "200"},
    "tutor_http_request_seconds_count": {"route": "/static"},
    "tutor_ready": {},
    "tutor_build_info": {},
    "process_cpu_seconds_total": {},
}


def test_every_metric_of_the_gateway_has_samples(view: View) -> None:
    """Each name shows up after a session, and what must have happened is counted."""
    for family in GatewayMetrics().registry.collect():
        assert family.name in view.gateway, family.name
    for name, labels in GATEWAY_COUNTS.items():
        assert value(view.gateway, name, **labels) > 0, name
    assert value(view.gateway, "tutor_utterances_total") == 2
    assert value(view.gateway, "tutor_errors_total") == 0


def test_every_stage_of_every_kind_of_job_is_timed(view: View) -> None:
    """Frames are judged; jobs are queued, worked on, and their results sent."""
    stages = {
        (s.labels["stage"], s.labels["kind"])
        for s in view.gateway["tutor_stage_seconds"].samples
        if s.name.endswith("_count") and s.value > 0
    }
    kinds = ("partial", "final", "assessment", "reply")
    names = ("enqueue", "queue", "work", "return", "send")
    assert stages == {("judge", "frame")} | {(name, kind) for name in names for kind in kinds}


def test_speech_has_a_share_of_the_windows(view: View) -> None:
    """Windows of 32 ms are counted as speech or silence, and both were there."""
    speech = value(view.gateway, "tutor_vad_windows_total", verdict="speech")
    silent = value(view.gateway, "tutor_vad_windows_total", verdict="silence")
    audio_s = value(view.gateway, "tutor_audio_seconds_total")
    assert speech > 0
    assert silent > 0
    assert (speech + silent) * 0.032 == pytest.approx(audio_s, abs=0.1)


def test_each_queue_is_seen_at_each_priority(view: View) -> None:
    """Length and age of six queues at three priorities, all empty now, and who works on them."""
    for name in ("tutor_queue_messages", "tutor_queue_age_seconds"):
        samples = view.gateway[name].samples
        assert {(s.labels["queue"], s.labels["priority"]) for s in samples} == {
            (queue, priority)
            for queue in ("asr.live", "asr.partials", "asr.batch", "feedback", "files", "speech")
            for priority in ("0", "3", "9")
        }
    assert value(view.gateway, "tutor_workers", kind="asr") == len(view.workers["asr"])
    for kind in ("batch", "feedback", "files", "speech"):
        assert value(view.gateway, "tutor_workers", kind=kind) == 1


def test_every_process_of_a_pool_shows_its_own_metrics(view: View) -> None:
    """The children of the recogniser's pool and the feedback worker are listed and scraped."""
    done = sum(value(m, "tutor_worker_tasks_total") for m in view.workers["asr"])
    answered = sum(
        value(view.gateway, "tutor_results_total", kind=kind) for kind in ("partial", "final")
    )
    assert done >= answered > 0  # and the probe; a partial may have come too late, or twice
    for part in [*view.workers["asr"], *view.workers["feedback"]]:
        for family in WorkerMetrics().registry.collect():
            assert family.name in part, family.name
        assert value(part, "tutor_model_load_seconds") > 0
        assert value(part, "process_resident_memory_bytes") > 1e7


@pytest.mark.parametrize(
    ("part", "name", "kind"),
    [
        ("asr", "tutor_worker_wait_seconds_count", "partial"),
        ("asr", "tutor_worker_task_seconds_count", "final"),
        ("asr", "tutor_worker_publish_seconds_count", "final"),
        ("asr", "tutor_worker_audio_seconds_total", "final"),
        ("asr", "tutor_real_time_factor_count", "partial"),
        ("asr", "tutor_encoder_window_seconds_count", "partial"),
        ("asr", "tutor_encoder_window_seconds_count", "final"),
        ("feedback", "tutor_worker_tasks_total", "reply"),
        ("feedback", "tutor_real_time_factor_count", "assessment"),
        ("feedback", "tutor_llm_first_token_seconds_count", ""),
    ],
)
def test_workers_count_what_they_do(view: View, part: str, name: str, kind: str) -> None:
    """What a worker did for a session is in its metrics."""
    labels = {"kind": kind} if kind else {}
    assert sum(value(metrics, name, **labels) for metrics in view.workers[part]) > 0


def test_a_latency_leads_to_its_trace(view: View) -> None:
    """Buckets carry the id of a trace that the collector has."""
    known = {span.trace for span in view.collector.spans()}
    for name in ("tutor_final_after_speech_seconds", "tutor_first_partial_seconds"):
        samples = view.gateway[name].samples
        exemplars = [sample.exemplar for sample in samples if sample.exemplar]
        assert exemplars
        assert {exemplar.labels["trace_id"] for exemplar in exemplars} <= known


# ---------------------------------------------------------------- logs


def test_log_lines_are_json_and_lead_to_the_trace(view: View) -> None:
    """Every line is an object that names its part; a task's line has its session and its trace."""
    lines = [json.loads(line) for line in view.log.splitlines()]
    assert {line["part"] for line in lines if "part" in line} >= {"gateway", "asr", "feedback"}
    traces = {spans[0].trace for spans in view.traces.values()}
    tasks = [line for line in lines if line.get("trace_id")]
    assert {line["trace_id"] for line in tasks} == traces
    assert all(line["session"] and line["utterance"] in ("u1", "u2") for line in tasks)


def test_no_word_of_anybody_is_logged(view: View) -> None:
    """Logs tell who and when, never what was said."""
    logged = set(re.findall("[a-z]+", view.log.lower()))
    assert "partial" in logged
    assert PLANTED & logged == set()
