import socket

import pytest

from tests.support.command import tutor
from tests.support.house import free_port
from tutor.adapters.settings import Settings
from tutor.shells.cli.serve import gateways, recognisers


def test_one_gateway_has_the_port_alone_and_several_share_it() -> None:
    """Each has a name of its own in the log, and all stop together, before the workers."""
    (alone,) = gateways(Settings.load(), {})
    assert (alone.name, dict(alone.env).get("TUTOR_REUSE_PORT")) == ("gateway", None)
    some = gateways(Settings.load(gateways="3"), {"TUTOR_PORT": "8000"})
    assert [one.name for one in some] == ["gateway-1", "gateway-2", "gateway-3"]
    assert {one.env["TUTOR_REUSE_PORT"] for one in some} == {"true"}
    assert {one.stop_order for one in some} == {0}


@pytest.mark.heavy
@pytest.mark.parametrize("port", [0, 1])
def test_several_gateways_need_a_port_that_they_can_have(port: int) -> None:
    """Any port would be another one for each, and one that somebody has is nobody's."""
    with socket.create_server(("127.0.0.1", free_port())) as taken:
        wanted = taken.getsockname()[1] if port else 0
        done = tutor("serve", "--port", str(wanted), gateways="2")
    assert done.returncode == 78
    assert str(wanted) in done.stderr.splitlines()[-1] or "TUTOR_GATEWAYS" in done.stderr


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ({}, ["asr"]),
        ({"partial_model": "tiny"}, ["asr", "partials"]),
        ({"gpu_processes": "2"}, ["asr"]),  # on a CPU one worker has its processes itself
        ({"gpu_processes": "2", "asr_pool": "batch"}, ["asr-0", "asr-1"]),
        (
            {"gpu_processes": "2", "asr_pool": "batch", "partial_model": "base"},
            ["asr-0", "asr-1", "partials-0", "partials-1"],
        ),
    ],
)
def test_each_model_has_workers_of_its_own(settings: dict[str, str], names: list[str]) -> None:
    """As many of each as are named, where requests meet in batches."""
    parts = recognisers(Settings.load(device="cpu", **settings), {})
    assert [one.name for one in parts] == names
    assert [one.command[-1] for one in parts] == [name.partition("-")[0] for name in names]


def test_the_worker_for_partials_has_their_model_and_leaves_a_core_to_finals() -> None:
    """All else is as it is set for the others."""
    own = Settings.load(partial_model="tiny", asr_processes="4", device="cpu").for_partials
    assert (own.model, own.processes, own.device) == ("tiny", 3, "cpu")
