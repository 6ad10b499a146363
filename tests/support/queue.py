"""Jobs of one utterance, and a worker's end of the queue."""

import json
from dataclasses import replace

from tutor.adapters.settings import Settings
from tutor.adapters.store import keys
from tutor.adapters.store.broker.queue import make_celery
from tutor.core.queue.jobs import RecognitionJob

PARTIAL = RecognitionJob("s", "u1", "partial", 1, 1, 640, "en")

FINAL = replace(PARTIAL, kind="final", revision=2)


def take(settings: Settings, count: int, queue: str = keys.QUEUE_LIVE) -> list[dict[str, object]]:
    """Take so many messages from a queue as a worker would, one at a time."""
    taken: list[dict[str, object]] = []
    app = make_celery(settings)
    with app.connection_for_read() as connection:
        simple = connection.SimpleQueue(app.amqp.queues[queue])
        simple.consumer.qos(prefetch_count=1)
        for _ in range(count):
            message = simple.get(timeout=5)
            taken.append({"fields": json.loads(message.body)[1], **message.headers})
            message.ack()
        simple.close()
    return taken
