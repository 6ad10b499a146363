"""The protocol's documents and both clients, on the same golden messages."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from tests.golden.examples import CLIENT, SERVER
from tests.golden.write import SDK, generated
from tests.house import House, get
from tests.speech import TEXTS, spoken
from tests.web.runner import needs_node, run_node_tests
from tutor.adapters.wire.asyncapi import document
from tutor.adapters.wire.practice import decode_event, decode_message
from tutor.core.protocol.messages import ClientMessage, ServerEvent

DOCUMENT = document()
GOLDEN = json.loads((Path(__file__).parent / "golden" / "messages.json").read_text())


@pytest.mark.parametrize("path", generated(), ids=lambda path: path.name)
def test_generated_files_are_up_to_date(path: Path) -> None:
    """What is checked in is what the message classes say: else `python -m tests.golden.write`."""
    assert path.read_text(encoding="utf-8") == generated()[path]


def test_every_message_has_an_example() -> None:
    """One golden message for each class, no class without."""
    kinds = [type(message) for message in (*CLIENT, *SERVER)]
    assert sorted(kinds, key=str) == sorted(
        [*get_args(ClientMessage), *get_args(ServerEvent)], key=str
    )


@pytest.mark.parametrize("index", range(len(CLIENT)), ids=lambda i: CLIENT[i].type)
def test_the_server_reads_the_golden_messages(index: int) -> None:
    """A client's message in JSON is the message that it stands for."""
    assert decode_message(json.dumps(GOLDEN["client"][index])) == CLIENT[index]


@pytest.mark.parametrize("index", range(len(SERVER)), ids=lambda i: SERVER[i].type)
def test_the_python_client_reads_the_golden_messages(index: int) -> None:
    """A server's event in JSON is the event that it stands for, with its number."""
    assert decode_event(json.dumps(GOLDEN["server"][index])) == (index + 1, SERVER[index])


# ---------------------------------------------------------------- the document


def references(node: Any) -> Iterator[str]:
    """All `$ref` in a document."""
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def resolve(reference: str) -> Any:
    """What a reference of the document points to."""
    node: Any = DOCUMENT
    for name in reference.removeprefix("#/").split("/"):
        node = node[name]
    return node


def test_every_reference_of_the_document_leads_somewhere() -> None:
    """A program can follow channel, messages and schemas."""
    found = set(references(DOCUMENT))
    assert len(found) > len(CLIENT) + len(SERVER)
    assert all(resolve(reference) for reference in found)


@pytest.mark.parametrize("message", [*CLIENT, *SERVER], ids=lambda message: message.type)
def test_a_schema_tells_every_field_of_its_message(message: ClientMessage | ServerEvent) -> None:
    """Fields as in the class, `type` beside them, `seq` too where the server speaks."""
    schema = resolve(resolve(f"#/components/messages/{message.type}")["payload"]["$ref"])
    added = {"type", "seq"} if message in SERVER else {"type"}
    assert set(schema["properties"]) == set(vars(message)) | added
    assert schema["properties"]["type"] == {"const": message.type}
    assert schema["description"]


def test_units_under_the_fields_are_told() -> None:
    """The docstring under a field is its description."""
    schemas = DOCUMENT["components"]["schemas"]
    assert schemas["FeedbackFluency"]["properties"]["all_pause_duration"]["description"] == (
        "Seconds."
    )
    assert "null when" in schemas["PronouncedWord"]["properties"]["score"]["description"]


@pytest.mark.live
def test_the_document_is_served(house: House) -> None:
    """`/v1/protocol.json` is the document that is checked in."""
    status, _, body = get(f"{house.url}/v1/protocol.json")
    assert status == 200
    assert json.loads(body) == json.loads((SDK / "protocol.json").read_text())


# ---------------------------------------------------------------- the JavaScript client


@needs_node
@pytest.mark.parametrize("name", ["client", "protocol", "recording", "scored-words", "texts"])
def test_units_in_javascript(name: str) -> None:
    """The client and the page's own rules, with fake sockets and clocks."""
    run_node_tests(f"unit/{name}.test.js")


@needs_node
def test_the_package_in_a_fresh_project() -> None:
    """`npm pack` gives what a project can import, compile against and run, without a network."""
    run_node_tests("package/package.test.js")


@needs_node
@pytest.mark.live
def test_the_example_with_the_whole_product(house: House, tmp_path: Path) -> None:
    """The README's example, as it stands, gets words, scores and a reply."""
    (example,) = re.findall(
        r"```js\n(.*?process.*?)```", (SDK / "README.md").read_text(), re.DOTALL
    )
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "voice-tutor").symlink_to(SDK)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "example.js").write_text(example)
    (tmp_path / "speech.raw").write_bytes(spoken("weather.flac").tobytes())
    done = subprocess.run(
        ["node", "example.js", house.url, "speech.raw"],  # noqa: S607
        cwd=tmp_path,
        env=os.environ | {"NODE_OPTIONS": "--experimental-websocket"},  # Node before 22
        capture_output=True,
        text=True,
    )
    assert f"said: {TEXTS['weather.flac']}" in done.stdout, done.stdout + done.stderr
    assert re.search(r"^weather \d+$", done.stdout, re.MULTILINE)
    assert re.search(r"^tutor: .{20}", done.stdout, re.MULTILINE)
    assert "session.summary" in done.stdout
