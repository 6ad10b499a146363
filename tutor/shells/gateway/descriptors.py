"""File descriptors: as many as the gateway's connections need, or a word about it."""

from __future__ import annotations

import logging
import resource

from tutor.adapters.settings import Settings

log = logging.getLogger(__name__)

OWN = 160
"""Descriptors for all but clients' connections and those to Redis: the database's, files, pipes,
libraries, uploads that lie on the disk."""

BESIDE_SESSIONS = 50
"""Connections for requests beside the sessions' sockets: with fewer there is no page to begin
on."""


def room(settings: Settings) -> int:
    """How many connections this process has descriptors for, up to those that it wants.

    The soft limit is raised as far as the hard one lets it.
    """
    beside = OWN + settings.connections
    wanted = settings.wanted_connections + beside
    limit = _raised_to(wanted)
    fit = max(1, min(settings.wanted_connections, limit - beside))
    if fit < settings.max_sessions + BESIDE_SESSIONS:
        log.warning(
            "%d file descriptors are too few for TUTOR_MAX_SESSIONS=%d: %d connections fit; "
            "allow %d (`ulimit -n`, LimitNOFILE=), or lower TUTOR_MAX_SESSIONS",
            limit,
            settings.max_sessions,
            fit,
            wanted,
        )
    else:
        log.info("room for %d connections, with %d file descriptors", fit, limit)
    return fit


def _raised_to(wanted: int) -> int:
    """The soft limit of descriptors, raised to `wanted` if it is lower and may be."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return wanted if soft == resource.RLIM_INFINITY else soft
    limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
    except (OSError, ValueError):  # a sandbox may forbid even that
        return soft
    return limit
