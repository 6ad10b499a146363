import subprocess
import sys
from typing import get_args

import pytest

import tutor.client
from tutor.core.protocol.messages import ClientMessage, ServerEvent

LIGHT = {
    "annotated_types",
    "numpy",
    "orjson",
    "pydantic",
    "pydantic_core",
    "typing_extensions",
    "typing_inspection",
    "websockets",
}
"""The packages of what `voice-tutor` without an extra requires."""


def loaded(program: str) -> set[str]:
    """The packages that a program loads, without those of the standard library."""
    listed = f"{program}\nimport sys; print(*sys.modules)"
    names = subprocess.check_output([sys.executable, "-c", listed], text=True).split()
    roots = {name.partition(".")[0] for name in names}
    return {root for root in roots if not root.startswith("_")} - sys.stdlib_module_names


@pytest.mark.heavy
def test_the_client_is_light() -> None:
    """Importing the client loads nothing that only the server needs: no torch, Celery, PyAV."""
    assert loaded("import tutor.client") - loaded("") <= LIGHT | {"tutor"}


def test_the_client_offers_the_whole_protocol() -> None:
    """Every message and every event can be imported from where the client is."""
    named = {kind.__name__ for kind in (*get_args(ClientMessage), *get_args(ServerEvent))}
    assert named <= set(tutor.client.__all__)
    assert all(hasattr(tutor.client, name) for name in tutor.client.__all__)
