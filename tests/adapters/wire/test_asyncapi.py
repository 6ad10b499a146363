"""The protocol's document, and what else is generated from the message classes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.golden.examples import CLIENT, SERVER
from tests.golden.write import generated
from tutor.adapters.wire.asyncapi import document
from tutor.core.protocol.messages import ClientMessage, ServerEvent

DOCUMENT = document()


@pytest.mark.parametrize("path", generated(), ids=lambda path: path.name)
def test_generated_files_are_up_to_date(path: Path) -> None:
    """What is checked in is what the message classes say: else `python -m tests.golden.write`."""
    assert path.read_text(encoding="utf-8") == generated()[path]


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
        "Seconds of all pauses together."
    )
    assert "null when" in schemas["PronouncedWord"]["properties"]["score"]["description"]
