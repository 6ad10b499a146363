import asyncio
import signal

import pytest

from tutor.bench import BenchError
from tutor.bench.command import end_as_by_ctrl_c, read_counts, read_settings, with_baseline


def test_the_command_line_is_read() -> None:
    """Numbers with commas, settings with and without their prefix, and a bare `--baseline`."""
    assert read_counts("1,2, 4") == (1, 2, 4)
    assert read_settings(["model=base", "TUTOR_FINAL_BEAM=3"]) == {
        "model": "base",
        "final_beam": "3",
    }
    assert with_baseline(["--baseline", "--seed", "1"]) == ["--baseline", "first", "--seed", "1"]
    assert with_baseline(["--baseline", "all"]) == ["--baseline", "all"]
    assert with_baseline(["--baseline"]) == ["--baseline", "first"]
    with pytest.raises(BenchError, match="name=value"):
        read_settings(["model"])
    with pytest.raises(BenchError, match="whole numbers"):
        read_counts("one")


def test_who_is_asked_to_end_tells_what_was_found() -> None:
    """SIGTERM cancels what is measured, as Ctrl-C does, instead of breaking it off."""
    kept = signal.getsignal(signal.SIGTERM)

    async def measure() -> str:
        signal.raise_signal(signal.SIGTERM)
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            return "what was found"
        return "too late"

    try:
        end_as_by_ctrl_c()
        assert asyncio.run(measure()) == "what was found"
    finally:
        signal.signal(signal.SIGTERM, kept)
