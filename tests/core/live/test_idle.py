"""What an idle session holds: most of those that are open are."""

import gc
import tracemalloc

import pytest

from tutor.core.live.config import SessionConfig
from tutor.core.live.session import Session
from tutor.core.protocol.messages import SessionStart

SESSIONS = 50


def begun(*, feedback: bool) -> Session:
    """A session whose client has said no more than that it begins."""
    session = Session("s1", "token", CONFIG, 0.0)
    session.receive_message(SessionStart("en", feedback=feedback), 0.0)
    session.collect()
    return session


CONFIG = SessionConfig()


@pytest.mark.parametrize(("feedback", "most"), [(False, 5_200), (True, 6_500)])
def test_a_session_that_nobody_speaks_in_takes_few_bytes(feedback: bool, most: int) -> None:
    """No buffer and no queue of it is there before something is put in: an empty deque alone is 0.7
    KiB."""
    begun(feedback=feedback)
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        kept = [begun(feedback=feedback) for _ in range(SESSIONS)]
        gc.collect()
        taken = (tracemalloc.get_traced_memory()[0] - before) / len(kept)
    finally:
        tracemalloc.stop()
    assert taken < most, f"{taken:.0f} bytes"
