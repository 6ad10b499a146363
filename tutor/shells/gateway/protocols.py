"""The protocols of a gateway's connections, with the limits that its settings name."""

from __future__ import annotations

import asyncio
import logging
import time

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from tutor.adapters.settings import Settings, comma_list
from tutor.core.admission.connections import Connections, Entry, Networks
from tutor.core.admission.patience import Patience
from tutor.shells.gateway.descriptors import room
from tutor.shells.http.http_protocol import Door, http_protocol
from tutor.shells.http.services import Services

log = logging.getLogger(__name__)

TELL_S = 60.0
"""Between two words that there is no room: an attack must not fill the log, too."""


def bounded_http(settings: Settings, services: Services) -> type[HttpToolsProtocol]:
    """Uvicorn's HTTP protocol with the limits of the settings."""
    most = room(settings)
    connections = Connections(most, min(settings.address_connections, max(1, most // 2)))
    proxies = Networks(comma_list(settings.trusted_proxies))
    patience = Patience(
        settings.head_timeout_s,
        settings.body_timeout_s,
        settings.body_rate,
        settings.answer_timeout_s,
    )
    told_at = -TELL_S

    def dropped(reason: str) -> None:
        nonlocal told_at
        services.metrics.dropped.labels(reason).inc()
        if reason == Entry.FULL.value and time.monotonic() - told_at >= TELL_S:
            told_at = time.monotonic()
            log.warning("no room for more than %d connections: those that wait give way", most)

    def running_s() -> float:
        return asyncio.get_running_loop().time() - services.stalls.total_s()

    return http_protocol(Door(connections, proxies, dropped), patience, running_s)
