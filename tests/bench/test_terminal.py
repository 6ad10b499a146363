import asyncio
import signal

from tutor.bench.terminal import end_as_by_ctrl_c


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
