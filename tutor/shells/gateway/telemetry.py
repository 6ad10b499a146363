"""The gateway's metrics over HTTP, and the count of its requests."""

from __future__ import annotations

import asyncio
import logging
import math
import secrets
import time
from collections.abc import Awaitable
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tutor.adapters.store.broker.poison import count_poison
from tutor.adapters.store.broker.queues import read_queues
from tutor.adapters.store.errors import StoreError
from tutor.adapters.store.workers import WORKERS, by_kind, read_workers
from tutor.adapters.telemetry.gateway import UNMATCHED, GatewayMetrics
from tutor.adapters.telemetry.registry import expose
from tutor.shells.gateway.readiness import Readiness
from tutor.shells.http.problems import Problem
from tutor.shells.http.services import Services

log = logging.getLogger(__name__)


def add_telemetry(app: FastAPI, services: Services, readiness: Readiness) -> None:
    """Serve `/metrics` and `/metrics/targets`, and count all requests."""
    services.metrics.build.labels(version("voice-tutor")).set(1)
    app.add_middleware(CountRequests, metrics=services.metrics)

    @app.get("/metrics", include_in_schema=False)
    async def metrics(request: Request) -> Response:
        """The metrics for Prometheus; with exemplars where it accepts OpenMetrics."""
        _let_in(request, services)
        await _sample(services, readiness)
        accept = request.headers.get("accept", "")
        # Some milliseconds of text: not while sockets wait.
        text, content_type = await asyncio.to_thread(expose, services.metrics.registry, accept)
        return Response(text, headers={"Content-Type": content_type})

    @app.get("/metrics/targets", include_in_schema=False)
    async def targets(request: Request) -> JSONResponse:
        """The addresses of the workers' metrics, for Prometheus' `http_sd_configs`."""
        _let_in(request, services)
        try:
            workers = await read_workers(services.store)
        except StoreError as error:
            raise Problem(503, "unavailable", "the store does not answer") from error
        return JSONResponse(
            [
                {"targets": [worker.metrics], "labels": {"part": worker.kind}}
                for worker in sorted(workers, key=lambda worker: worker.metrics)
                if worker.metrics
            ]
        )


def _let_in(request: Request, services: Services) -> None:
    """Refuse a request without the token of `TUTOR_METRICS_TOKEN`, if there is one."""
    token = services.settings.metrics_token.get_secret_value()
    shown = request.headers.get("authorization", "")
    if token and not secrets.compare_digest(shown.encode(), f"Bearer {token}".encode()):
        headers = {"WWW-Authenticate": "Bearer"}
        raise Problem(401, "unauthenticated", "metrics need their token", headers=headers)


async def _sample(services: Services, readiness: Readiness) -> None:
    """Read what changes without an event: queues, workers, sockets."""
    metrics = services.metrics
    metrics.ready.set(readiness.ready)
    held, age_s = services.dispatcher.held
    metrics.held_jobs.set(held)
    metrics.held_age.set(age_s)
    held, age_s = services.dispatcher.held_assessments
    metrics.held_assessments.set(held)
    metrics.held_assessments_age.set(age_s)
    depths = [practice.unsent for practice in services.practices]
    metrics.send_queue.set(sum(depths))
    metrics.send_queue_longest.set(max(depths, default=0))
    try:
        await _sample_store(services)
    except StoreError as error:
        log.warning("no queue metrics: %s", error)
        for gauge in (metrics.queue_length, metrics.queue_age, metrics.workers, metrics.poison):
            gauge.clear()  # absent is true, an old number is not
        metrics.unacknowledged.set(math.nan)


async def _sample_store(services: Services) -> None:
    metrics = services.metrics
    waiting, taken = await read_queues(services.broker)
    for place in waiting:
        labels = place.queue, str(place.priority)
        metrics.queue_length.labels(*labels).set(place.messages)
        metrics.queue_age.labels(*labels).set(place.age_s)
    metrics.unacknowledged.set(taken)
    for found_in, count in (await count_poison(services.store)).items():
        metrics.poison.labels(found_in).set(count)
    workers = await read_workers(services.store)
    settings = services.settings
    counts = by_kind(workers, feedback=settings.feedback, speech=settings.speech)
    for kind in WORKERS:
        if kind in counts:
            metrics.workers.labels(kind).set(counts[kind])
        else:
            metrics.workers.remove(kind)


class CountRequests:
    """ASGI middleware that counts requests by the template of their route, never by their path.

    Sockets, which have metrics of their own, go through without a coroutine that would stay with
    them.
    """

    def __init__(self, app: ASGIApp, metrics: GatewayMetrics) -> None:
        self._app = app
        self._metrics = metrics

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass a request on."""
        through = self._count if scope["type"] == "http" else self._app
        return through(scope, receive, send)

    async def _count(self, scope: Scope, receive: Receive, send: Send) -> None:
        began, status = time.perf_counter(), 500

        async def look(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, look)
        finally:
            took = time.perf_counter() - began
            self._metrics.receive_request(_route(scope), scope["method"], status, took)


def _route(scope: Scope) -> str:
    """The route of a request as it was written (`/v1/things/{id}`), a mount's as its prefix."""
    # A route of an included router knows its own part of the path; FastAPI keeps the whole here.
    whole: Any = scope.get("fastapi", {}).get("effective_route_context")
    route: Any = whole or scope.get("route")
    mounted = scope.get("root_path") if "endpoint" in scope else None
    return getattr(route, "path_format", None) or mounted or UNMATCHED
