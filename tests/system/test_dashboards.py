"""The product as the compose file runs it, watched by a real Prometheus while real speech streams.

celery-exporter and dcgm-exporter are samples (tests/data/exporters); all else is real: Redis with
its users, gateway, workers, Whisper, node-exporter, Prometheus with the project's rules.
"""

import asyncio
import json
import math
import os
import re
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import redis

from tests.support import asking
from tests.support.boards import filled, panels, queries
from tests.support.house import READY_S, SOON_S, get, wait_until
from tests.support.practice import hear
from tests.support.prometheus import rules
from tests.support.speech import TEXTS, silence, spoken
from tests.support.stack import MISSING, Stack, stacked
from tutor.client import practise
from tutor.core.protocol.messages import Exercise, SessionStart, Speech, TutorSpeechStarted

pytestmark = pytest.mark.skipif(
    bool(MISSING) and not os.environ.get("CI"), reason=f"not installed: {', '.join(MISSING)}"
)

SPOKEN = ("market.flac", "weather.flac", "train.flac", "question.flac")


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Everything, after four sentences and a mistake."""
    with stacked(tmp_path_factory.mktemp("stack")) as stack:
        wait_until(lambda: _sees_all(stack), READY_S, stack.folder / "prometheus.log")
        _listen(stack.url)
        asyncio.run(_practise(stack.url))
        _listen(stack.url)
        get(f"{stack.url}/v1/exercises")
        get(f"{stack.url}/nowhere")
        wait_until(lambda: _is_told(stack), SOON_S)
        yield stack


def _sees_all(stack: Stack) -> bool:
    try:
        up = stack.prometheus("query", query="up")["result"]
    except OSError:
        return False
    parts = {
        one["metric"].get("part", one["metric"]["job"]) for one in up if one["value"][1] == "1"
    }
    return {"gateway", "asr", "feedback", "speech", "celery", "gpu", "node", "prometheus"} <= parts


def _listen(url: str) -> None:
    """Have the tutor speak: twice, for what is counted once between two scrapes is no rate."""
    asked = {"model": "tts-1", "voice": "alloy", "input": "Hello.", "response_format": "pcm"}
    answer = asking.post(f"{url}/v1/audio/speech", json=asked, timeout=SOON_S)
    assert answer.status_code == 200, answer.text


async def _practise(url: str) -> None:
    await _be_answered(url)
    for name in SPOKEN:  # one after the other: what is first counted between two scrapes is no rate
        start = SessionStart("en", Exercise("read_aloud", TEXTS[name]))
        heard = await hear(url, np.concatenate((spoken(name), silence(1))), start=start, speed=2)
        heard.assert_whole()
        assert len(heard.finals) == 1
    async with practise(url, SessionStart("en")) as client:
        await client.send_audio(b"odd")
        async for _ in client:
            pass


async def _be_answered(url: str) -> None:
    """Have the tutor answer aloud."""
    start = SessionStart("en", speech=Speech(sample_rate=16_000))
    async with practise(url, start) as client:
        speaking = asyncio.create_task(client.play(spoken(SPOKEN[0]).tobytes() + bytes(32_000)))
        async for _, event in client:
            if isinstance(event, TutorSpeechStarted):
                break
        await speaking


def _is_told(stack: Stack) -> bool:
    """Whether what was said has reached the metrics and the records."""
    ended = sum(stack.values("tutor_utterances_total"))
    replied = sum(stack.values('tutor_results_total{kind="reply"}'))
    late = stack.values("tutor:finals_late:ratio_rate3d")
    spoken_aloud = sum(stack.values("rate(tutor_voice_to_voice_seconds_count[2m])"))
    return min(ended, replied) >= len(SPOKEN) and bool(late) and spoken_aloud > 0


@pytest.mark.parametrize(("where", "expr"), queries(), ids=[where for where, _ in queries()])
def test_every_panel_shows_something(stack: Stack, where: str, expr: str) -> None:
    """The query of a panel returns numbers after a few minutes of a product's life."""
    assert where
    assert any(not math.isnan(value) for value in stack.values(expr)), expr


@pytest.mark.parametrize("rule", rules("record"), ids=lambda rule: rule["record"])
def test_every_record_is_kept(stack: Stack, rule: dict[str, Any]) -> None:
    """A recording rule has recorded numbers."""
    assert any(not math.isnan(value) for value in stack.values(rule["record"]))


@pytest.mark.parametrize("rule", rules("alert"), ids=lambda rule: rule["alert"])
def test_every_alert_watches_something(stack: Stack, rule: dict[str, Any]) -> None:
    """Without its threshold an alert's expression returns numbers: it would notice."""
    expr = re.sub(r"absent\((.+)\)", r"\1", rule["expr"])
    expr = re.sub(r" (>|<|==) ", r" \1 bool ", expr)
    assert any(not math.isnan(value) for value in stack.values(expr)), expr


def test_the_rules_are_evaluated(stack: Stack) -> None:
    """Prometheus found no fault in any of them."""
    told = [rule for group in stack.prometheus("rules")["groups"] for rule in group["rules"]]
    assert len(told) == len(rules("alert")) + len(rules("record"))
    assert [rule["name"] for rule in told if rule["health"] != "ok"] == []


def test_every_metric_that_is_asked_for_exists(stack: Stack) -> None:
    """No query hides a misspelt name behind an `or`."""
    known = set(stack.prometheus("label/__name__/values"))
    exprs = [expr for _, expr in queries()] + [
        rule["expr"] for rule in [*rules("record"), *rules("alert")]
    ]
    asked = {
        name for expr in exprs for name in re.findall(r"\b(?:tutor|celery|node|process)_\w+", expr)
    }
    asked |= {name for expr in exprs for name in re.findall(r"\bDCGM_\w+|tutor:[\w:]+", expr)}
    assert len(asked) > 60
    assert asked - known == set()


def test_a_dot_opens_a_trace_that_was_sent(stack: Stack) -> None:
    """A final's exemplar names a trace whose spans came to the trace store."""
    (board,) = (panel for _, panel in panels() if panel["title"] == "Final after the end of speech")
    target = board["targets"][0]
    assert target["exemplar"]
    now, query = time.time(), filled(target["expr"])
    found = stack.prometheus("query_exemplars", query=query, start=str(now - 600), end=str(now))
    ids = {one["labels"]["trace_id"] for series in found for one in series["exemplars"]}
    assert ids
    assert ids <= {span.trace for span in stack.collector.spans()}


def test_metrics_need_their_token(stack: Stack) -> None:
    """The world reaches the gateway, but not what it counts."""
    for path in ("/metrics", "/metrics/targets"):
        status, headers, body = get(stack.url + path)
        assert status == 401
        assert headers["www-authenticate"] == "Bearer"
        assert json.loads(body)["code"] == "unauthenticated"


def test_redis_lets_nobody_in_without_a_password(stack: Stack) -> None:
    """A stranger may ask whether it is there, and nothing else."""
    stranger = redis.Redis(port=stack.ports["redis"])
    assert stranger.ping()
    with pytest.raises(redis.exceptions.NoPermissionError):
        stranger.get("tutor:events:s1")


def test_a_worker_reads_audio_and_writes_results_alone(stack: Stack) -> None:
    """A worker taken over can neither change what a learner is told nor look at other keys."""
    worker = redis.Redis.from_url(stack.redis_url("worker"))
    assert worker.get("tutor:audio:s1:u1") is None
    for forbidden in (
        lambda: worker.set("tutor:audio:s1:u1", b""),
        lambda: worker.xadd("tutor:events:s1", {"e": "{}"}),
        lambda: worker.get("tutor:ticket:s1"),
        lambda: worker.config_get("*"),
        worker.flushall,
    ):
        with pytest.raises(redis.exceptions.NoPermissionError):
            forbidden()


def test_nobody_was_refused_by_redis(stack: Stack) -> None:
    """The users may do all that their parts do."""
    assert not re.search(r"NOPERM|no permissions|WRONGPASS", stack.logs())
