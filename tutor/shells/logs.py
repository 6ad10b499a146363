"""Log lines, the same in every process: text for people, or JSON for programs.

What a learner said, their audio or a token is never logged. An unforeseen exception may quote any
of it: the log has its kind and place, and only at `debug` its message.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import TracebackType
from typing import Literal

from tutor.adapters.telemetry.tracing import span_id, trace_id

Format = Literal["text", "json"]

_TEXT = "%(asctime)s %(levelname)-7s %(message)s"

_RECORD = {"levelname": "level", "name": "logger", "process": "pid"}
"""Fields of a record, and their names in JSON."""

_FIELDS = frozenset(
    ("time", "message", "exc_info", "session", "utterance", "trace_id", "span_id")
) | frozenset(_RECORD.values())
"""All fields that may be in JSON: what Celery adds to the record of a failed task holds its
arguments, and they may hold what a learner said."""

_TALKATIVE = (
    "celery.app.trace",
    "celery.worker.strategy",
    "faster_whisper",
    "httpcore2",
    "httpx2",
    "openai",
    "websockets.server",
)
"""Loggers that repeat each task or connection; those of HTTP in the other side's words."""

_about: ContextVar[dict[str, str]] = ContextVar("about")


@contextmanager
def about(*, session: str, utterance: str = "", trace: str = "") -> Iterator[Callable[[str], None]]:
    """Make log lines of this thread or task name session, utterance and trace, inside the block.

    Yields a function that gives another session's name; this holds for the tasks that were begun
    inside, too.
    """
    ids = {
        "session": session,
        "utterance": utterance,
        "trace_id": trace_id(trace),
        "span_id": span_id(trace),
    }
    names = {name: value for name, value in ids.items() if value}

    def rename(session: str) -> None:
        names["session"] = session  # one object, which tasks begun inside share

    token = _about.set(names)
    try:
        yield rename
    finally:
        _about.reset(token)


def configure_logging(level: str, form: Format = "text") -> None:
    """Send log lines of at least this level to standard error."""
    logging.basicConfig(level=level.upper(), force=True)
    exception = _whole if level == "debug" else _kinds_and_places
    for handler in logging.getLogger().handlers:
        formatter = _json_formatter() if form == "json" else logging.Formatter(_TEXT, "%H:%M:%S")
        formatter.formatException = exception  # type: ignore[method-assign,assignment]
        handler.setFormatter(formatter)
        if form == "json":
            handler.addFilter(_tell_about)
        if level != "debug":
            handler.addFilter(_without_message)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def print_json(part: str, line: str) -> None:
    """Write a line of a part of the product to standard error, as JSON that names the part."""
    begun = json.dumps({"part": part})[:-1]
    if line.startswith('{"'):
        sys.stderr.write(f"{begun}, {line[1:]}\n")
    elif line.strip():  # what no logger of ours wrote
        sys.stderr.write(f"{begun}, {json.dumps({'message': line})[1:]}\n")


def _json_formatter() -> logging.Formatter:
    from pythonjsonlogger.orjson import OrjsonFormatter  # only where it is asked for

    class Formatter(OrjsonFormatter):
        def process_log_record(self, log_data: dict[str, object]) -> dict[str, object]:
            return {name: value for name, value in log_data.items() if name in _FIELDS}

    return Formatter(["message", *_RECORD], rename_fields=_RECORD, timestamp="time")


_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def _whole(info: _ExcInfo) -> str:
    return "".join(traceback.format_exception(info[1])).rstrip()


def _kinds_and_places(info: _ExcInfo) -> str:
    return "\n".join(_trace_lines(info[1], set()))


def _trace_lines(error: BaseException | None, known: set[int]) -> Iterator[str]:
    """Kinds and frames of an exception's causes, and then its own."""
    if error is None or id(error) in known:
        return
    known.add(id(error))
    yield from _trace_lines(error.__cause__, known)
    if not error.__suppress_context__:
        yield from _trace_lines(error.__context__, known)
    for inner in error.exceptions if isinstance(error, BaseExceptionGroup) else ():
        yield from _trace_lines(inner, known)
    yield "Traceback (most recent call last):"
    yield "".join(traceback.format_tb(error.__traceback__)) + type(error).__qualname__


def _without_message(record: logging.LogRecord) -> bool:
    """Remove the message of a task's exception from Celery's own log line. A logging filter."""
    if isinstance(record.args, Mapping) and "exc" in record.args:
        kind = record.exc_info[0] if record.exc_info else None
        record.args = {**record.args, "exc": kind.__qualname__ if kind else "an exception"}
    return True


def _tell_about(record: logging.LogRecord) -> bool:
    for name, value in _about.get({}).items():
        setattr(record, name, value)
    return True
