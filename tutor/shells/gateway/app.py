"""The gateway: the ASGI application and the socket it listens on."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import lru_cache

import uvicorn
from fastapi import FastAPI, Request, WebSocket
from fastapi.responses import JSONResponse, Response
from pydantic import TypeAdapter

from tutor.adapters.coach.exercises import open_library
from tutor.adapters.serving import listen
from tutor.adapters.settings import Settings, comma_list
from tutor.core.coach.exercises import Item, ItemType
from tutor.core.protocol.messages import Level
from tutor.shells.accounts import accounts, api_keys, history, progress, server_facts, words
from tutor.shells.accounts import logins as tokens
from tutor.shells.files.jobs import add_jobs
from tutor.shells.files.transcriptions import add_transcriptions
from tutor.shells.gateway.capacity import Capacity
from tutor.shells.gateway.guide import add_guide
from tutor.shells.gateway.page import Packed, add_docs, add_pages
from tutor.shells.gateway.protocols import bounded_http
from tutor.shells.gateway.readiness import Readiness
from tutor.shells.gateway.scenarios import add_scenarios
from tutor.shells.gateway.telemetry import add_telemetry
from tutor.shells.http.callers import AdmitCallers
from tutor.shells.http.ending import end_tasks
from tutor.shells.http.head_method import AnswerHead
from tutor.shells.http.openapi import describe_problems
from tutor.shells.http.problems import add_problem_handlers
from tutor.shells.http.redirects import RedirectHere
from tutor.shells.http.security_headers import NO_STORE, AddSecurityHeaders
from tutor.shells.http.services import Services
from tutor.shells.http.small_bodies import LimitBodies
from tutor.shells.http.socket_protocol import socket_protocol
from tutor.shells.http.straight import GoStraight
from tutor.shells.live import realtime
from tutor.shells.live.handshake import admitted
from tutor.shells.live.practice import practise
from tutor.shells.one_store import require_one_store
from tutor.shells.voice.speech import add_speech

log = logging.getLogger(__name__)

PACKED_EXERCISES = 128
"""Answers of `/v1/exercises` that are kept packed: five languages have some thirty each."""

FAREWELL_S = 3.0
"""Seconds that sessions may take for their last answers when they have to end, or to move."""

READY = {
    "ready": True,
    "store": True,
    "workers": 2,
    "transcribed": True,
    "disk": True,
    "draining": False,
}
"""An example of an answer of `/readyz`, for its description."""


def make_app(settings: Settings) -> FastAPI:
    """The ASGI application; it connects when it starts."""
    services = Services.open(settings)
    capacity = Capacity(services)
    readiness = Readiness(services, capacity)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        running = (services.bus.run(), services.stalls.run(), capacity.run(), readiness.run())
        tasks = [asyncio.create_task(one) for one in running]
        yield
        await end_tasks(tasks)
        await services.store.aclose()
        await services.broker.aclose()
        services.database.close()
        if services.tracing is not None:
            await asyncio.to_thread(services.tracing.shut_down)

    shown = settings.has_docs
    app = FastAPI(
        title="Voice Tutor",
        lifespan=lifespan,
        openapi_url="/openapi.json" if shown else None,
        docs_url=None,  # Swagger's comes from elsewhere, which the page's policy forbids
        redoc_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # those of ours only
    )
    app.state.services = services
    add_problem_handlers(app)
    _add_practice(app, services)  # the innermost middleware
    app.add_middleware(LimitBodies, most=settings.max_request_bytes)
    app.add_middleware(RedirectHere)
    app.add_middleware(AdmitCallers, settings=settings)
    app.add_middleware(AddSecurityHeaders)
    add_pages(app)
    if shown:
        add_docs(app)
    add_guide(app, settings.guide_dir)
    _add_health(app, services, readiness)
    add_telemetry(app, services, readiness)
    app.add_middleware(AnswerHead)
    _add_exercises(app, settings)
    add_scenarios(app, settings)
    _add_accounts(app, services)
    _add_realtime(app, services)
    add_jobs(app, services)
    add_transcriptions(app, services)
    add_speech(app, services)
    describe_problems(app)
    return app


def _add_health(app: FastAPI, services: Services, readiness: Readiness) -> None:
    @app.get("/healthz", summary="Whether the process lives", tags=["operation"])
    async def healthz() -> dict[str, str]:
        """Answers while the process is alive."""
        return {"status": "ok"}

    @app.get(
        "/readyz",
        summary="Whether a learner would be served now",
        tags=["operation"],
        responses={
            200: {"content": {"application/json": {"example": READY}}},
            503: {
                "description": "Not yet, or not any more",
                "content": {"application/json": {"example": READY | {"ready": False}}},
            },
        },
    )
    async def readyz() -> JSONResponse:
        """200 once a worker has transcribed a probe, 503 before and whenever none is left."""
        return JSONResponse(
            {
                "ready": readiness.ready,
                "store": readiness.store,
                "workers": readiness.workers,
                "transcribed": readiness.transcribed,
                "disk": readiness.disk,
                "draining": services.draining,
            },
            200 if readiness.ready else 503,
        )


def _add_exercises(app: FastAPI, settings: Settings) -> None:
    library = open_library(settings.exercises_dir)
    items = TypeAdapter(list[Item])

    @lru_cache(PACKED_EXERCISES)
    def packed(
        language: str, level: Level | None, kind: ItemType | None, wanted: str | None
    ) -> Packed:
        if wanted is None:
            chosen = list(library.find(language, level, kind))
        else:
            one = library.get(wanted)
            chosen = [] if one is None else [one]
        return Packed.of(items.dump_json(chosen).decode())

    @app.get(
        "/v1/exercises",
        summary="Exercises to begin a session with",
        tags=["practice"],
        response_model=list[Item],
    )
    async def exercises(
        request: Request,
        language: str = "en",
        level: Level | None = None,
        type: ItemType | None = None,  # noqa: A002 - the data files' name
        id: str | None = None,  # noqa: A002 - the data files' name
    ) -> Response:
        """The exercises of a language, to begin a session with; with an `id` that one alone."""
        return packed(language, level, type, id).answer(request, "application/json", NO_STORE)


def _add_practice(app: FastAPI, services: Services) -> None:
    async def practice(websocket: WebSocket) -> None:
        async with admitted(websocket, services) as admission:
            if admission is not None:
                await practise(websocket, services, admission)

    app.add_middleware(GoStraight, sockets={"/v1/practice": practice})


def _add_realtime(app: FastAPI, services: Services) -> None:
    @app.websocket(realtime.PATH)
    async def realtime_socket(websocket: WebSocket) -> None:
        await realtime.converse(websocket, services)


def _add_accounts(app: FastAPI, services: Services) -> None:
    services.prepare()
    for module in (server_facts, tokens, accounts, history, progress, words, api_keys):
        app.include_router(module.router)


class GatewayServer(uvicorn.Server):
    """Uvicorn that lets sessions finish their utterances before it stops.

    On its own it closes every socket at once with 1012.
    """

    def __init__(self, config: uvicorn.Config, services: Services) -> None:
        super().__init__(config)
        self._services = services

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Refuse new sessions, let the open ones go to other gateways, then stop."""
        self._services.draining = True
        if self._services.settings.reuse_port:  # new clients shall reach the others
            for server in self.servers:
                server.close()
        await self._wait_for_sessions(self._services.settings.drain_s)
        self._services.overdue = True
        await self._wait_for_sessions(FAREWELL_S)
        await super().shutdown(sockets)

    async def _wait_for_sessions(self, seconds: float) -> None:
        self._services.bus.wake_all()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._services.practices and not self.force_exit:
                    await asyncio.sleep(0.05)


def run_gateway(settings: Settings) -> None:
    """Serve until stopped.

    Raises:
        SettingsError: the address cannot be listened on, or no Redis is named.
    """
    require_one_store(settings)
    settings.require_safe_address()
    logging.getLogger("uvicorn.error").addFilter(_without_query)
    host, port, shared = settings.host, settings.port, settings.reuse_port
    with listen(host, port, settings.ping_timeout_s, shared=shared) as listener:
        app = make_app(settings)
        GatewayServer(_config(app, settings), app.state.services).run(sockets=[listener])


def _config(app: FastAPI, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=bounded_http(settings, app.state.services),
        ws=socket_protocol({realtime.PATH: settings.max_realtime_frame_bytes}),
        loop="uvloop",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=sorted(comma_list(settings.trusted_proxies)),
        ws_max_size=settings.max_frame_bytes,
        ws_per_message_deflate=False,  # 170 kB of it could pin 50 MB here
        ws_ping_interval=settings.ping_interval_s,
        ws_ping_timeout=settings.ping_timeout_s,
        timeout_graceful_shutdown=2,
    )


def _without_query(record: logging.LogRecord) -> bool:
    """Cut the query from addresses that Uvicorn logs: it may hold a secret. A logging filter."""
    if isinstance(record.args, tuple):
        record.args = tuple(
            part.partition("?")[0] if isinstance(part, str) else part for part in record.args
        )
    return True
