"""Which language is spoken, by what is known beforehand and what the recogniser says."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import few
from tutor.core.text.expected import ACCENT, FAMILIAR, PRIOR, Expected, language_of
from tutor.core.text.languages import WHISPER_LANGUAGES

TAUGHT = ("de", "en", "es", "fr", "ru")
codes = st.sampled_from(sorted(WHISPER_LANGUAGES))
shares = st.dictionaries(codes, st.floats(0, 1), min_size=1)


@few(50)
@given(shares, st.frozensets(codes), st.just("") | codes, st.just("") | codes)
def test_a_language_that_nobody_speaks_here_is_not_chosen(
    heard: dict[str, float], languages: frozenset[str], target: str, native: str
) -> None:
    """While one that may be spoken was heard at all; who expects all takes what is heard."""
    may_be = {*languages, target, native} if languages else heard.keys()
    chosen = Expected(tuple(languages), target, native).chosen(heard)
    assert chosen in (may_be & heard.keys() or heard.keys())


@given(shares)
def test_without_knowledge_the_likeliest_is_chosen(heard: dict[str, float]) -> None:
    """The recogniser's own choice stands."""
    assert heard[Expected().chosen(heard)] == max(heard.values())


@pytest.mark.parametrize(("more", "chosen"), [(0.9, "en"), (1.1, "zh")])
def test_the_practised_language_wins_a_close_race(more: float, chosen: str) -> None:
    """Up to the prior another must be likelier, and no further."""
    other = 0.2 * math.exp(more * PRIOR)
    heard = {"en": 0.2, "zh": other}
    assert Expected(("en", "zh"), "en").chosen(heard) == chosen
    assert Expected(("en", "zh")).chosen(heard) == "zh"


@pytest.mark.parametrize(("less", "chosen"), [(0.9, "en"), (1.1, "zh")])
def test_an_accent_is_not_taken_for_the_learners_own_language(less: float, chosen: str) -> None:
    """It must be far likelier, unless it is taught here: then it may well be what is practised."""
    heard = {"en": 0.9 * math.exp(-less * ACCENT), "zh": 0.9}
    assert Expected(("en",), native="zh").chosen(heard) == chosen
    assert Expected(("en", "zh"), native="zh").chosen(heard) == "zh"


@pytest.mark.parametrize(("more", "chosen"), [(0.9, "es"), (1.1, "en")])
def test_adapted_weights_must_be_surer_of_their_own_language(more: float, chosen: str) -> None:
    """They make all that they hear a little like it."""
    heard = {"en": 0.1 * math.exp(more * FAMILIAR), "es": 0.1}
    assert Expected(TAUGHT).chosen(heard, encoded_for="en") == chosen
    assert Expected(TAUGHT).chosen(heard) == Expected().chosen(heard, encoded_for="en") == "en"


def test_the_learners_own_language_and_the_practised_one_may_be_spoken() -> None:
    """Beside those that the server teaches."""
    expected = Expected(TAUGHT).practised("it", "cmn-Hans")
    assert (expected.target, expected.native) == ("it", "zh")
    for code in ("it", "zh", "de"):
        assert expected.chosen({code: 0.9, "la": 1.0}) == code
    assert Expected(TAUGHT).practised("", "auto") == Expected(TAUGHT)


def test_what_was_said_last_is_likelier_where_no_exercise_tells() -> None:
    """Whoever spoke German goes on in German; who practises English, in English."""
    assert Expected(TAUGHT).after("de") == Expected(TAUGHT, "de")
    assert Expected(TAUGHT, "en").after("de") == Expected(TAUGHT, "en")
    assert Expected(TAUGHT).after("") == Expected(TAUGHT).after("auto") == Expected(TAUGHT)


@pytest.mark.parametrize(
    ("setting", "languages"),
    [("", TAUGHT), (" ", TAUGHT), ("en-GB, cmn", ("en", "zh")), ("all", ()), ("ALL", ())],
)
def test_a_server_expects_what_its_setting_names(setting: str, languages: tuple[str, ...]) -> None:
    """Or else what it teaches; `all` opens it to every language."""
    assert Expected.named(setting, TAUGHT).languages == languages


def test_a_taught_language_that_whisper_cannot_hear_is_passed_over() -> None:
    """A teacher's folder may hold exercises in any; what is left may be all."""
    assert Expected.named("", ("tlh", "en")).languages == ("en",)
    assert Expected.named("", ("tlh",)).languages == ()


@pytest.mark.parametrize("setting", ["klingon", "en,xx", "all,en", "auto"])
def test_a_setting_that_names_no_language_is_refused(setting: str) -> None:
    """With what may stand there."""
    with pytest.raises(ValueError, match="name languages that Whisper knows, or `all`"):
        Expected.named(setting, TAUGHT)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The old ship sails tomorrow.", "en"),
        ("Ich gehe morgen in die Schule.", "de"),
        ("¿Dónde está la estación, por favor?", "es"),
        ("Je voudrais un café, s'il vous plaît.", "fr"),
        ("Где находится вокзал? Я не знаю.", "ru"),
        ("Taxi! Hotel!", ""),
        ("", ""),
    ],
)
def test_a_text_shows_its_language(text: str, language: str) -> None:
    """By its function words; where there are none it stays open."""
    assert language_of(text, TAUGHT) == language
