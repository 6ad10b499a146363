import pytest

from tutor.core.queue.failures import Failure, Health, Verdict, failure_of


@pytest.mark.parametrize(
    "told",
    [
        "CUDA failed with error out of memory",
        "cuBLAS failed with status CUBLAS_STATUS_ALLOC_FAILED",
        "CUDA out of memory. Tried to allocate 20.00 MiB",
        "std::bad_alloc",
    ],
)
def test_a_full_memory_is_no_broken_device(told: str) -> None:
    """What fails for want of memory may go on with less, though CUDA says it."""
    assert failure_of(RuntimeError(told)) is Failure.MEMORY
    assert failure_of(MemoryError()) is Failure.MEMORY


@pytest.mark.parametrize(
    "told",
    [
        "CUDA failed with error an illegal memory access was encountered",
        "CUDA failed with error unspecified launch failure",
        "CUDA failed with error no kernel image is available for execution on the device",
        "cuBLAS failed with status CUBLAS_STATUS_EXECUTION_FAILED",
        "CUDA error: device-side assert triggered",
        "Library libcublas.so.12 is not found or cannot be loaded",
        "CUDA failed with error uncorrectable ECC error encountered",
        "cuDNN error: CUDNN_STATUS_NOT_INITIALIZED",
    ],
)
def test_a_broken_device_ends_its_worker_at_once(told: str) -> None:
    """CUDA's errors stay: the worker would answer everybody's next request with one."""
    failure = failure_of(RuntimeError(told))
    assert failure is Failure.DEVICE
    assert Health(most=5).receive_failure(failure) is Verdict.END


def test_what_nobody_knows_is_the_requests() -> None:
    """An error that names no device is blamed on what was asked, until many follow."""
    failure = failure_of(ValueError("invalid language token"))
    assert failure is Failure.REQUEST
    health = Health(most=3)
    told = [health.receive_failure(failure) for _ in range(6)]
    assert told == [Verdict.GO_ON, Verdict.GO_ON, Verdict.PROBE] * 2


def test_a_success_between_failures_clears_the_worker() -> None:
    """Only failures in a row raise a doubt: a learner whose audio always fails ends nobody."""
    health = Health(most=2)
    for _ in range(5):
        assert health.receive_failure(Failure.REQUEST) is Verdict.GO_ON
        health.receive_success()
