"""The lesson: checked at the start, changed by updates."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.core.audio.samples import to_ms, to_samples
from tutor.core.coach.exercises import Item
from tutor.core.live.config import SessionConfig, TutoringConfig
from tutor.core.live.lesson import Lesson
from tutor.core.protocol.errors import ProtocolError
from tutor.core.protocol.limits import MAX_ENDPOINT_SILENCE_MS, MIN_ENDPOINT_SILENCE_MS
from tutor.core.protocol.messages import Exercise, Level, SessionStart, SessionUpdate
from tutor.core.text.expected import Expected
from tutor.core.text.languages import AUTO, WHISPER_LANGUAGES

READ = Exercise("read_aloud", "The old ship sails tomorrow.", "A1")
SERVERS = to_samples(600)
"""The server's own endpoint silence."""

lessons = st.builds(
    Lesson.checked,
    st.sampled_from(["en-GB", "pt-BR", "zh", "auto"]),
    st.sampled_from([Exercise(), Exercise(level="B2"), READ]),
    st.none() | st.integers(MIN_ENDPOINT_SILENCE_MS, MAX_ENDPOINT_SILENCE_MS),
)
updates = st.builds(
    SessionUpdate,
    st.none() | st.sampled_from([Exercise("free", level="A2"), Exercise("shadow", "Good night.")]),
    st.none() | st.sampled_from(["de-AT", "fr", "auto"]),
    st.none() | st.integers(MIN_ENDPOINT_SILENCE_MS, MAX_ENDPOINT_SILENCE_MS),
)


@pytest.mark.parametrize(
    ("tag", "code"), [("en-GB", "en"), ("PT-br", "pt"), ("nb-NO", "no"), ("cmn-Hans", "zh")]
)
def test_a_lesson_speaks_whispers_language(tag: str, code: str) -> None:
    """Region, script and case of a tag are the client's; the recogniser gets its own code."""
    assert Lesson.checked(tag, Exercise(), None).language == code


@given(st.sampled_from(sorted(WHISPER_LANGUAGES | {AUTO})))
def test_an_update_takes_the_lessons_own_language_again(code: str) -> None:
    """A code that came of a tag is a tag itself, so that what an update leaves out passes."""
    lesson = Lesson.checked(code, Exercise(), None)
    assert lesson.changed(SessionUpdate()) == lesson
    assert lesson.language == code


@pytest.mark.parametrize(
    ("language", "exercise", "silence_ms", "code"),
    [
        ("klingon", Exercise(), None, "unsupported_language"),
        ("", Exercise(), None, "unsupported_language"),
        ("en", Exercise("read_aloud"), None, "bad_message"),
        ("en", Exercise("shadow", "  "), None, "bad_message"),
        ("en", Exercise("read_aloud", "..."), None, "no_text"),
        ("en", Exercise(), MIN_ENDPOINT_SILENCE_MS - 1, "bad_message"),
        ("en", Exercise(), MAX_ENDPOINT_SILENCE_MS + 1, "bad_message"),
    ],
)
def test_a_lesson_that_cannot_be_given_is_refused(
    language: str, exercise: Exercise, silence_ms: int | None, code: str
) -> None:
    """The error's code tells the client which of its wishes cannot be met."""
    with pytest.raises(ProtocolError) as caught:
        Lesson.checked(language, exercise, silence_ms)
    assert caught.value.code == code


@given(lessons, updates)
def test_an_update_changes_what_it_names_and_nothing_else(
    lesson: Lesson, update: SessionUpdate
) -> None:
    """What an update leaves out stays; what it names is as if the session had begun with it."""
    changed = lesson.changed(update)
    begun = Lesson.checked(
        update.language or lesson.language,
        update.exercise or lesson.exercise,
        update.endpoint_silence_ms or lesson.silence_ms,
    )
    assert changed == begun
    assert changed.changed(update) == changed


def test_a_refused_update_leaves_the_lesson_as_it_was() -> None:
    """A lesson never changes in place: the one before an update is there after its refusal."""
    lesson = Lesson.checked("en", READ, 700)
    with pytest.raises(ProtocolError):
        lesson.changed(SessionUpdate(Exercise("free"), "de", 1))
    assert lesson == Lesson.checked("en", READ, 700)


# ---------------------------------------------------------------- whether a reader begins anew


def test_a_reader_goes_on_when_only_the_silence_changes() -> None:
    """Neither an empty update nor another silence sends a reader back to the first word."""
    lesson = Lesson.checked("en", READ, None)
    for update in (SessionUpdate(), SessionUpdate(endpoint_silence_ms=900)):
        assert not lesson.changed(update).is_other_than(lesson)


def test_a_text_that_is_set_again_is_read_anew() -> None:
    """The same words in a new exercise are a wish to begin from the first one."""
    lesson = Lesson.checked("en", READ, None)
    again = Exercise(READ.type, READ.text, READ.level)
    assert again == READ
    assert lesson.changed(SessionUpdate(again)).is_other_than(lesson)


@pytest.mark.parametrize(("tag", "is_other"), [("en-US", False), ("de", True), ("auto", True)])
def test_another_language_is_another_lesson(tag: str, is_other: bool) -> None:
    """A text is cut into words by its language; another region's tag is the same language."""
    lesson = Lesson.checked("en-GB", READ, None)
    assert lesson.changed(SessionUpdate(language=tag)).is_other_than(lesson) == is_other


# ---------------------------------------------------------------- the languages of `auto`

TAUGHT = SessionConfig(
    expected=Expected(("de", "en")),
    tutoring=TutoringConfig(
        library={
            "de": [Item("de-a1-1", "de-DE", "free", "A1", "Wie?")],
            "en": [Item("en-a1-1", "en-GB", "free", "A1", "How?")],
        }
    ),
)


@pytest.mark.parametrize(
    ("exercise", "target"),
    [
        (Exercise(), ""),
        (READ, "en"),
        (Exercise("read_aloud", "Ich gehe in die Schule."), "de"),
        (Exercise("read_aloud", "Taxi!"), ""),
        (Exercise("free", id="de-a1-1"), "de"),
        (Exercise("free", id="somebody's own"), ""),
    ],
)
def test_an_exercise_shows_what_is_practised(exercise: Exercise, target: str) -> None:
    """By its text, or as an item of the library."""
    lesson = Lesson.checked("auto", exercise, None)
    assert lesson.expected(TAUGHT) == Expected(("de", "en"), target)


def test_a_learner_may_speak_the_own_language() -> None:
    """It stays with the lesson whatever an update changes."""
    lesson = Lesson.started(SessionStart("auto", native_language="zh-CN"))
    lesson = lesson.changed(SessionUpdate(READ))
    assert lesson.expected(TAUGHT) == Expected(("de", "en"), "en", "zh")


def test_where_the_language_is_known_none_is_expected() -> None:
    """Nothing has to be found."""
    lesson = Lesson.started(SessionStart("en", native_language="zh-CN"))
    assert lesson.expected(TAUGHT) == Expected()


# ---------------------------------------------------------------- the silence that ends speech


@given(st.sampled_from(["A1", "A2", "B1", "C2"]), st.integers(200, 2_000))
def test_a_level_never_shortens_the_silence(level: Level, default_ms: int) -> None:
    """Beginners get more time than the server's default, never less, and others get just that."""
    lesson = Lesson.checked("en", Exercise(level=level), None)
    silence = lesson.endpoint_silence(to_samples(default_ms))
    assert silence >= to_samples(default_ms)
    if level not in ("A1", "A2"):
        assert silence == to_samples(default_ms)


def test_less_is_asked_of_those_who_know_less() -> None:
    """The lower the level, the longer a learner may search for the next word."""
    levels: tuple[Level, ...] = ("A1", "A2", "B1")
    waits = [Lesson("en", Exercise(level=level)).endpoint_silence(SERVERS) for level in levels]
    assert waits == sorted(waits, reverse=True)
    assert len(set(waits)) == 3


@given(
    st.integers(MIN_ENDPOINT_SILENCE_MS, MAX_ENDPOINT_SILENCE_MS),
    st.sampled_from(["A1", "C1", None]),
    st.integers(1, to_samples(3_000)),
)
def test_a_client_has_the_last_word_on_the_silence(
    asked_ms: int, level: Level | None, default: int
) -> None:
    """What the client asks for holds, whatever the level and the server's default are."""
    lesson = Lesson.checked("en", Exercise(level=level), asked_ms)
    assert to_ms(lesson.endpoint_silence(default)) == asked_ms
