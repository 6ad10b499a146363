"""How the gateway's settings become the configuration of a session."""

import pytest

from tutor.adapters.settings import Settings, SettingsError
from tutor.adapters.settings.feedback import MOST_LATE_S
from tutor.adapters.store.keys import AUDIO_TTL_S
from tutor.core.audio.samples import to_samples
from tutor.core.live.config import SessionConfig
from tutor.core.text.expected import Expected
from tutor.shells.http.services import REPLY_GRACE_S, make_session_config


def test_the_defaults_of_the_settings_are_those_of_a_session() -> None:
    """A gateway without settings behaves as the core does by itself."""
    config, alone = make_session_config(Settings.load()), SessionConfig()
    assert config.limits == alone.limits
    assert config.first_partial == alone.first_partial
    assert config.final_deadline_s == alone.final_deadline_s
    assert config.tutoring.enabled
    assert not config.tutoring.language_model
    for limit in ("retry_s", "deadline_s", "late_s", "shed_s", "sentence_wait_s"):
        assert getattr(config.tutoring, limit) == getattr(alone.tutoring, limit), limit


def test_how_late_scores_may_be_is_set() -> None:
    """After which the coach answers at once, and after which they are given up; audio that is gone
    by then cannot be waited for."""
    config = make_session_config(Settings.load(feedback_late_s=30, feedback_shed_s=3))
    assert (config.tutoring.late_s, config.tutoring.shed_s) == (30, 3)
    assert AUDIO_TTL_S - MOST_LATE_S >= 20
    with pytest.raises(SettingsError, match="FEEDBACK_LATE_S"):
        Settings.load(feedback_late_s=101)


def test_times_become_samples() -> None:
    """Settings are in milliseconds, a session counts samples."""
    config = make_session_config(Settings.load(pre_roll_ms=250, max_utterance_ms=5_000))
    assert config.segmenter.pre_roll == to_samples(250)
    assert config.segmenter.max_utterance == to_samples(5_000)
    assert config.limits.max_utterance_ms == 5_000


def test_speech_never_ends_above_the_probability_at_which_it_begins() -> None:
    """An offset over the onset is lowered to it."""
    config = make_session_config(Settings.load(vad_onset=0.3, vad_offset=0.6))
    assert config.segmenter.onset_probability == config.segmenter.offset_probability == 0.3


def test_a_reply_is_waited_for_longer_than_the_model_may_take() -> None:
    """The worker's own time limit comes first, then the gateway's."""
    config = make_session_config(
        Settings.load(llm_url="http://127.0.0.1:9/v1", llm_model="any", llm_timeout_s=7)
    )
    assert config.tutoring.language_model
    assert config.tutoring.reply_deadline_s == 7 + REPLY_GRACE_S


def test_sessions_know_the_phrases_and_the_exercises() -> None:
    """The package's files are read where the gateway starts."""
    tutoring = make_session_config(Settings.load()).tutoring
    assert tutoring.phrases
    assert {"en", "ru"} <= set(tutoring.library)


@pytest.mark.parametrize(
    ("setting", "languages"),
    [("", ("de", "en", "es", "fr", "ru")), ("en, cmn", ("en", "zh")), ("all", ())],
)
def test_auto_looks_among_what_is_taught(setting: str, languages: tuple[str, ...]) -> None:
    """The languages that have exercises, unless the setting names others or all."""
    config = make_session_config(Settings.load(auto_languages=setting))
    assert config.expected == Expected(languages)
