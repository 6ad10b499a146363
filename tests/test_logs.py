import asyncio
import json
import logging

import pytest

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
    assert "ValueError: no" in json.loads(line)["exc_info"]


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
