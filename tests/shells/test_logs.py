import asyncio
import json
import logging
from pathlib import Path
from typing import Literal

import httpx2
import pytest

from tutor.adapters.settings import Settings
from tutor.shells.gateway.app import make_app
from tutor.shells.logs import about, configure_logging, print_json

TRACE = f"00-{'a' * 32}-{'b' * 16}-01"


pytestmark = pytest.mark.usefixtures("_root_logger")


def test_json_lines_tell_whom_they_are_about(capsys: pytest.CaptureFixture[str]) -> None:
    """Session, utterance and trace stand in every line of their work, and in no other."""
    configure_logging("info", "json")
    with about(session="s1", utterance="u2", trace=TRACE):
        logging.getLogger("tutor.test").warning("it took %d s", 3)
    logging.getLogger("tutor.test").info("later")
    inside, outside = map(json.loads, capsys.readouterr().err.splitlines())
    assert inside.pop("time")
    assert inside.pop("pid")
    assert inside == {
        "message": "it took 3 s",
        "level": "WARNING",
        "logger": "tutor.test",
        "session": "s1",
        "utterance": "u2",
        "trace_id": "a" * 32,
        "span_id": "b" * 16,
    }
    assert set(outside) == {"time", "pid", "message", "level", "logger"}


async def test_tasks_that_were_begun_hear_of_another_session(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A session that was taken over has its own id in the lines of all tasks of its socket."""
    configure_logging("info", "json")
    moved = asyncio.Event()

    async def listen() -> None:
        await moved.wait()
        logging.getLogger("tutor.test").info("heard")

    with about(session="socket") as rename:
        listening = asyncio.create_task(listen())
        await asyncio.sleep(0)
        rename("s1")
        moved.set()
        await listening
        logging.getLogger("tutor.test").info("mine")
    with about(session="s2"):
        logging.getLogger("tutor.test").info("another's")
    lines = map(json.loads, capsys.readouterr().err.splitlines())
    assert [line["session"] for line in lines] == ["s1", "s1", "s2"]


def test_what_others_add_to_a_record_is_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    """Celery adds the arguments of a failed task: they may hold what somebody said."""
    configure_logging("info", "json")
    try:
        raise ValueError("no")
    except ValueError:
        logging.getLogger("celery").exception("failed", extra={"data": {"kwargs": "Zanzibar"}})
    line = capsys.readouterr().err
    assert "Zanzibar" not in line
    assert json.loads(line)["exc_info"].endswith("ValueError")


WORD = "-".join(("Zanzi", "bar"))
"""Nowhere in the code, whose lines are in a traceback."""


def fail_with(word: str) -> None:
    """Fail as library code does: with a cause, and what was wrong in the message."""
    try:
        try:
            int(word)
        except ValueError as error:
            raise LookupError(word) from error
    except LookupError as error:
        told = LookupError("later")
        told.add_note(word)
        raise ExceptionGroup(word, [error, told]) from None


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_an_exception_says_is_not_written(
    capsys: pytest.CaptureFixture[str], form: Literal["text", "json"]
) -> None:
    """It may quote what somebody said; kinds and places of all of them are there."""
    configure_logging("info", form)
    try:
        fail_with(WORD)
    except ExceptionGroup as error:
        logging.getLogger("tutor").exception("failed")
        # as `celery.app.trace` writes it
        context = {"name": "file", "exc": repr(error)}
        logging.getLogger("tutor").error("%(name)s: %(exc)s", context, exc_info=error)
    lines = capsys.readouterr().err
    assert WORD not in lines
    for kind in ("ValueError", "LookupError", "ExceptionGroup", "fail_with", "file: Exception"):
        assert kind in lines


def test_what_an_exception_says_is_for_whoever_debugs(capsys: pytest.CaptureFixture[str]) -> None:
    """At the level `debug` all of it is there."""
    configure_logging("debug")
    try:
        fail_with(WORD)
    except ExceptionGroup:
        logging.getLogger("tutor").exception("failed")
    assert WORD in capsys.readouterr().err


async def test_a_request_that_fails_does_not_tell_its_words(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The log has where it failed; the answer has the headers that every answer has."""
    configure_logging("info")
    asgi = make_app(Settings.load(redis_url="redis://127.0.0.1:9/0", data_dir=tmp_path))

    @asgi.get("/fails")
    async def fails() -> None:
        fail_with(WORD)

    transport = httpx2.ASGITransport(asgi, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
        answer = await client.get("/fails")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert answer.headers["x-content-type-options"] == "nosniff"
    lines = capsys.readouterr().err
    assert "request failed" in lines
    assert WORD not in lines


def test_text_is_the_default(capsys: pytest.CaptureFixture[str]) -> None:
    """For people: time, level, message."""
    configure_logging("info")
    with about(session="s1"):
        logging.getLogger("tutor.test").info("ready")
    assert capsys.readouterr().err.endswith("INFO    ready\n")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('{"message":"hi"}', {"part": "asr", "message": "hi"}),
        ("worker: Warm shutdown", {"part": "asr", "message": "worker: Warm shutdown"}),
        ("{}", {"part": "asr", "message": "{}"}),
    ],
)
def test_the_tree_writes_json_alone(
    capsys: pytest.CaptureFixture[str], line: str, expected: dict[str, str]
) -> None:
    """Lines of parts get the part's name; what no logger wrote becomes a message."""
    print_json("asr", line)
    assert json.loads(capsys.readouterr().err) == expected


def test_empty_lines_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    """An empty line is no JSON."""
    print_json("asr", "")
    assert capsys.readouterr().err == ""
