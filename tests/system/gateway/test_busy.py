from pathlib import Path

import pytest

from tests.support.gateway import running_gateway
from tests.support.house import House
from tests.support.speech import spoken


async def test_sessions_beyond_the_limit_are_refused_before_they_open(
    lean: House, tmp_path: Path
) -> None:
    """With one session allowed, a second gets HTTP 503 and the first goes on."""
    limits = {"max_sessions": "1", "max_session_s": "6"}
    with running_gateway(tmp_path, lean.redis_url, **limits) as gateway:
        from tutor.client import PracticeError, practise
        from tutor.core.protocol.messages import SessionStart

        # Nobody here assesses what is said: a final would wait for that.
        start = SessionStart("en", feedback=False)
        async with practise(gateway.url, start) as first:
            with pytest.raises(PracticeError, match="503"):
                async with practise(gateway.url, start):
                    pass
            # The same socket shows the longest duration of a session.
            await first.play(spoken("market.flac").tobytes())
            events = [event async for _, event in first]
            assert [event.type for event in events][-1] == "session.summary"
            assert any(getattr(event, "code", "") == "session_too_long" for event in events)
            assert first.close_code == 4408
