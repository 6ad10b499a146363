import pytest
from kombu import Connection
from kombu.transport.redis import Channel

from tutor.adapters.settings import Settings
from tutor.adapters.store import keys
from tutor.adapters.store.broker.transport import Door, checked_transport


@pytest.fixture
def connection(store: Settings) -> Connection:
    """A worker's connection to its broker."""
    name = checked_transport(Door(store.redis_url))
    return Connection(store.redis_url.replace("redis", name, 1), transport=name)


@pytest.mark.parametrize("says", ["ack", "reject"])
def test_a_task_that_outlives_its_connection_is_a_connection_error(
    connection: Connection, says: str
) -> None:
    """Such a one Celery expects and goes on; any other ends the worker. The message is handed out
    again."""
    channel: Channel = connection.default_channel
    qos = channel.qos
    producer = connection.Producer(channel)
    producer.publish({"a": 1}, routing_key=keys.QUEUE_LIVE)
    connection.close()
    with pytest.raises(ConnectionError):
        getattr(qos, says)("a tag", *([True] if says == "reject" else []))
    assert isinstance(ConnectionError(), connection.connection_errors)
