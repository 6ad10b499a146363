import json
from collections.abc import Iterator
from typing import cast

import pytest

from tests.support.endpoint import KEY, Handler, Script, answer, serving, status
from tests.support.models import _opened, model, readers
from tutor.adapters.feedback.assessor import Assessor
from tutor.adapters.settings import Settings
from tutor.adapters.store.client import open_blocking_store
from tutor.core.queue.jobs import ReplyJob
from tutor.shells.logs import configure_logging
from tutor.shells.workers.feedback import FeedbackWorker
from tutor.shells.workers.worked_job import WorkerWatch

MESSAGES = (("system", "You are a tutor."), ("user", "I go there yesterday."))


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    """No test leaves a thread or a connection behind."""
    yield
    while _opened:
        _opened.pop().close()
    assert not readers()


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    """Import the client before anything is timed."""
    with serving(answer("x")) as endpoint:
        list(model(endpoint).reply(MESSAGES))


QUOTING = {"message": f"{KEY} may not say {MESSAGES[1][1]}", "code": KEY, "type": "yesterday"}
"""What a server may say of a request: the learner's words and the key."""


def broken_stream(request: Handler) -> None:
    """Some servers begin well and then tell their failure as an event."""
    request.begin()
    request.token("You ")
    request.send(f"data: {json.dumps({'error': QUOTING})}\n\n")
    request.send("")


def quoting_line(request: Handler) -> None:
    """The status line and a header can quote, too."""
    request.send_response(400, f"{KEY} yesterday")
    request.send_header("x-request-id", f"{KEY}-yesterday")
    request.send_header("content-length", "0")
    request.end_headers()


@pytest.mark.parametrize(
    ("script", "told"),
    [
        (status(400, QUOTING), "it refuses the request (HTTP 400)"),
        (status(500, QUOTING), "it failed (HTTP 500)"),
        (quoting_line, "it refuses the request (HTTP 400)"),
        (broken_stream, "it failed in the middle of its answer"),
    ],
    ids=["400", "500", "status line", "stream"],
)
@pytest.mark.usefixtures("_root_logger")
def test_a_worker_logs_nothing_that_the_endpoint_wrote(
    script: Script, told: str, store: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """An error may quote the learner or the key: the log has model, kind and status alone."""
    configure_logging("debug")
    with serving(script) as endpoint, open_blocking_store(store.redis_url) as redis:
        answering = model(endpoint, llm_retries=0)
        worker = FeedbackWorker(cast("Assessor", None), answering, redis, WorkerWatch())
        job = ReplyJob("s1", "u1", MESSAGES)
        with worker.watch.task(job, {}) as task:
            assert not worker.reply(job, task)
    logged = capsys.readouterr().err
    assert f"no reply of small: language model: {told}\n" in logged
    assert KEY not in logged
    assert "yesterday" not in logged
