"""The defaults of a session fit one another."""

from tutor.core.audio.samples import to_ms, to_samples
from tutor.core.live.checks import require_silence
from tutor.core.live.config import SessionConfig

CONFIG = SessionConfig()


def test_a_second_attempt_still_has_time() -> None:
    """A final or an assessment that is asked for again can be answered before its deadline."""
    assert 2 * CONFIG.final_retry_s < CONFIG.final_deadline_s
    assert 2 * CONFIG.tutoring.retry_s < CONFIG.tutoring.deadline_s


def test_a_client_could_ask_for_the_servers_own_silence() -> None:
    """The endpoint silence of the server lies within the limits that clients are held to."""
    require_silence(to_ms(CONFIG.segmenter.endpoint_silence))


def test_the_utterance_that_is_promised_is_the_one_that_is_cut() -> None:
    """The limit that `session.started` tells is where the segmenter forces an endpoint."""
    assert to_samples(CONFIG.limits.max_utterance_ms) == CONFIG.segmenter.max_utterance
    assert CONFIG.segmenter.cut_search < CONFIG.segmenter.max_utterance


def test_a_final_begun_ahead_comes_before_the_endpoint() -> None:
    """The pause that begins a final is shorter than the silence that ends the utterance."""
    assert 0 < CONFIG.segmenter.pause < CONFIG.segmenter.endpoint_silence
