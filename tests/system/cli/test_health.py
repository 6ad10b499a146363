import os

from tests.support.house import SOON_S, House, wait_until
from tutor.adapters.settings import Settings
from tutor.adapters.store import keys
from tutor.shells.cli.health import is_gateway_alive, is_worker_alive


def test_a_gateway_that_answers_is_alive(house: House) -> None:
    """The gateway of this machine is asked at its port."""
    port = int(house.url.rpartition(":")[2])
    assert is_gateway_alive(Settings.load(port=port))


def test_each_worker_of_a_server_is_well_at_once(house: House) -> None:
    """That of files' pieces, too, which loads its model only when the first file comes."""
    store = house.store()
    settings = Settings.load(redis_url=house.redis_url)
    kinds = ("asr", "batch", "feedback", "files", "speech")
    wait_until(lambda: all(is_worker_alive(settings, kind) for kind in kinds), SOON_S)
    batch = house.part("worker", "batch")
    assert store.exists(keys.worker("batch", f"{os.uname().nodename}-{batch.pid}"))
