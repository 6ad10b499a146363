import time
from dataclasses import replace

from tests.support.series import MOST_SERIES, series
from tests.support.watched import FINAL, HEARD, PARTIAL, SAID, SHOWN
from tutor.adapters.telemetry.gateway import GatewayMetrics
from tutor.core.protocol.errors import ERRORS, error_event
from tutor.core.protocol.messages import SpeechStarted, SpeechStopped
from tutor.shells.live.watch import SessionWatch


def test_no_session_can_make_up_a_series() -> None:
    """A thousand utterances of fifty sessions with every error leave no more than a few do."""
    metrics = GatewayMetrics()

    def flood(sessions: int) -> int:
        for number in range(sessions):
            watch = SessionWatch(metrics, None, f"session-{number}")
            for utterance in (f"u{n}" for n in range(20)):
                watch.saw_events([SpeechStarted(utterance, 0)])
                for job in (replace(PARTIAL, utterance=utterance), replace(FINAL, attempt=2)):
                    watch.begin_job(job)
                    watch.queue_job(job)
                watch.saw_result(replace(HEARD, utterance=utterance))
                watch.saw_events([replace(SHOWN, utterance=utterance)])
                watch.saw_sent(replace(SHOWN, utterance=utterance), time.time())
                watch.saw_events([SpeechStopped(utterance, 100)])
                watch.saw_events([replace(SAID, utterance=utterance)])
                watch.saw_sent(replace(SAID, utterance=utterance), time.time())
            for code in ERRORS:
                watch.saw_events([error_event(code)])
            watch.close()
        return series(metrics.registry)

    assert flood(2) == flood(50) <= MOST_SERIES
