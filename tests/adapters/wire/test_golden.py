"""The golden messages, which both clients and the server read."""

import json
from typing import get_args

import pytest

from tests.golden.examples import CLIENT, SERVER
from tests.support.places import ROOT
from tutor.adapters.wire.practice import decode_event, decode_message
from tutor.core.protocol.messages import ClientMessage, ServerEvent

GOLDEN = json.loads((ROOT / "tests" / "golden" / "messages.json").read_text())


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
