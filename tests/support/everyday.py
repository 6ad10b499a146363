"""What a session may meet in any order, for Hypothesis."""

from hypothesis import strategies as st

from tests.support.scripted import (
    SILENCE,
    SPEECH,
    START,
    Answer,
    Hear,
    Wait,
)
from tutor.core.audio.samples import WINDOW, to_samples
from tutor.core.live.config import SessionConfig
from tutor.core.live.utterances.segmenter import SegmenterConfig
from tutor.core.protocol.messages import (
    SessionUpdate,
    UtteranceCommit,
)

COMMIT = UtteranceCommit()

SHORT = SessionConfig(
    segmenter=SegmenterConfig(max_utterance=to_samples(2_000), cut_search=to_samples(500)),
)
"""Utterances of two seconds at most, so that forced endpoints come often."""

hears = st.builds(
    Hear,
    st.one_of(st.integers(1, 3 * WINDOW), st.sampled_from([1_600, 5_120, 12_800, 32_000])),
    st.sampled_from([SPEECH, SPEECH, SILENCE, 0.4]),
)

answers = st.builds(
    Answer,
    job=st.integers(-4, -1),
    text=st.sampled_from(["", "I", "I go", "I went", "i went to", "I went to school", "我 去"]),
    outcome=st.sampled_from(["ok", "ok", "ok", "failed", "audio_gone"]),
    language=st.sampled_from(["en", "en", "zh"]),
)

messages = st.sampled_from(
    [COMMIT, COMMIT, SessionUpdate(language="de"), SessionUpdate(endpoint_silence_ms=200), START]
)

waits = st.builds(Wait, st.sampled_from([0.25, 1.0, 5.0, 6.0, 25.0]))

everyday = st.one_of(hears, hears, hears, answers, answers, messages, waits)
