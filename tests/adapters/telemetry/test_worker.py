import sys
from types import SimpleNamespace

import pytest

from tests.support.house import free_port, get
from tutor.adapters.telemetry.worker import WorkerMetrics, show_metrics


def test_processes_of_a_worker_show_their_metrics_side_by_side() -> None:
    """Each takes the next free port from the first one on."""
    port = free_port()
    first = show_metrics(WorkerMetrics().registry, "127.0.0.1", port)
    second = show_metrics(WorkerMetrics().registry, "127.0.0.1", port)
    assert first != second
    for address in (first, second):
        status, _, text = get(f"http://{address}/metrics")
        assert status == 200
        assert "tutor_worker_tasks" in text


def test_port_0_shows_no_metrics() -> None:
    """A worker may be told to open no port at all."""
    assert show_metrics(WorkerMetrics().registry, "127.0.0.1", 0) == ""


class Cuda:
    """What torch tells of two GPUs; there is none where tests run."""

    @staticmethod
    def is_initialized() -> bool:
        """Whether this process uses them."""
        return True

    @staticmethod
    def device_count() -> int:
        """How many there are."""
        return 2

    @staticmethod
    def mem_get_info(device: int) -> tuple[int, int]:
        """Free and total bytes."""
        return (60 + device) * 2**30, 80 * 2**30


def test_memory_of_gpus_is_told_where_torch_uses_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Used and total bytes of each; without an open GPU the metric is absent."""
    registry = WorkerMetrics().registry
    assert "tutor_gpu_memory_bytes" not in {family.name for family in registry.collect()}
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(cuda=Cuda))
    labels = {"device": "1", "state": "used"}
    assert registry.get_sample_value("tutor_gpu_memory_bytes", labels) == 19 * 2**30
    labels = {"device": "0", "state": "total"}
    assert registry.get_sample_value("tutor_gpu_memory_bytes", labels) == 80 * 2**30


def test_guards_and_windows_are_counted() -> None:
    """What the recogniser did not believe, and how wide it listened."""
    metrics = WorkerMetrics()
    metrics.receive_window("partial", 4.0, 3)
    metrics.receive_guard("final", "wider")
    sample = metrics.registry.get_sample_value
    assert sample("tutor_encoder_window_seconds_count", {"kind": "partial"}) == 3
    assert sample("tutor_encoder_window_seconds_sum", {"kind": "partial"}) == 12
    assert sample("tutor_guard_actions_total", {"kind": "final", "action": "wider"}) == 1
    assert sample("tutor_guard_actions_total", {"kind": "final", "action": "silence"}) == 0
