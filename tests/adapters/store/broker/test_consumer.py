"""What a worker does around its tasks."""

from collections.abc import Callable

import pytest
from celery.signals import (
    worker_process_init,
    worker_process_shutdown,
    worker_ready,
    worker_shutdown,
    worker_shutting_down,
)

from tutor.adapters.store.broker.consumer import (
    in_each_child,
    when_ready,
    when_stopped,
    when_stopping,
)


@pytest.mark.parametrize(
    ("hook", "signals"),
    [
        (when_ready, [worker_ready]),
        (when_stopping, [worker_shutting_down]),
        (when_stopped, [worker_process_shutdown, worker_shutdown]),
        (in_each_child, [worker_process_init]),
    ],
)
def test_each_moment_of_a_worker_can_be_used(
    hook: Callable[[Callable[[], object]], None], signals: list[Callable[..., object]]
) -> None:
    """What is to be done is done at its moment, each time, and before none."""
    done: list[int] = []
    hook(lambda: done.append(1))
    assert done == []
    for signal in signals:
        signal.send(sender="a worker", reason="any")  # type: ignore[attr-defined]
    assert len(done) == len(signals)
