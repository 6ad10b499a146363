"""Whether one part is alive, asked from outside it: the containers' health checks."""

from __future__ import annotations

import urllib.error
import urllib.request

from tutor.adapters.settings import Settings
from tutor.adapters.store.client import open_blocking_store
from tutor.adapters.store.errors import StoreError
from tutor.adapters.store.workers import is_announced

TIMEOUT_S = 5.0


def is_gateway_alive(settings: Settings) -> bool:
    """Whether the gateway of this machine answers; not whether workers are there (`/readyz`).

    A gateway without workers must not be started again: it tells its learners why.
    """
    try:
        url = f"http://127.0.0.1:{settings.port}/healthz"
        with urllib.request.urlopen(url, timeout=TIMEOUT_S) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def is_worker_alive(settings: Settings, kind: str) -> bool:
    """Whether a worker of this kind on this machine is ready and renews its key.

    Raises:
        SettingsError: no Redis is named.
    """
    settings.require_store()
    try:
        with open_blocking_store(settings.redis_url, TIMEOUT_S) as store:
            return is_announced(store, kind)
    except StoreError:
        return False
