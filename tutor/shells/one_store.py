"""Whether the store that the settings name is one that the product can use."""

from __future__ import annotations

from tutor.adapters.settings import Settings, SettingsError
from tutor.adapters.settings.places import NO_CLUSTER
from tutor.adapters.store.client import is_cluster


def require_one_store(settings: Settings) -> None:
    """Refuse to go on without an address of Redis, or with that of a cluster's node.

    A server that does not answer is not refused: it may be on its way.

    Raises:
        SettingsError: the message is one line that says what to set.
    """
    settings.require_store()
    named = {"TUTOR_REDIS_URL": settings.redis_url, "TUTOR_BROKER_URL": settings.broker_url}
    for name, url in named.items():
        if url and is_cluster(url):
            raise SettingsError(f"{name} names a node of a cluster. {NO_CLUSTER}")
