from tutor.adapters.coach.exercises import open_library
from tutor.core.coach.walk import Walk
from tutor.core.protocol.messages import Exercise

SHIPPED = open_library("")
LIBRARY = {language: SHIPPED.find(language) for language in ("en", "de")}
A1 = [item.id for item in SHIPPED.find("en", "A1", "free")]
A2 = [item.id for item in SHIPPED.find("en", "A2", "free")]


def walked(walk: Walk, exercise: Exercise, count: int, language: str = "en") -> list[str | None]:
    """The ids of the next prompts."""
    prompts = [walk.next(exercise, language, ()) for _ in range(count)]
    return [prompt.item if prompt else None for prompt in prompts]


def test_the_question_that_was_just_answered_is_not_asked_again() -> None:
    """The client tells it by its id; the next one is another, with an id of its own."""
    walk = Walk(LIBRARY)
    walk.receive_exercise(Exercise("free", level="A1", id=A1[0]), "en")
    prompt = walk.next(Exercise("free", level="A1", id=A1[0]), "en", ())
    assert prompt is not None
    assert (prompt.item, prompt.exercise.id) == (A1[1], A1[1])


def test_all_questions_of_the_level_come_before_those_of_the_next() -> None:
    """No question comes twice while there are new ones at the level, or beside it."""
    walk = Walk(LIBRARY)
    walk.receive_exercise(Exercise("free", level="A1", id=A1[0]), "en")
    asked = walked(walk, Exercise("free", level="A1"), len(A1) + len(A2) - 1)
    assert asked == [*A1[1:], *A2]


def test_then_the_oldest_comes_again() -> None:
    """The level's questions, and those beside it, start over in the order they were had in."""
    walk = Walk(LIBRARY)
    asked = walked(walk, Exercise("free", level="A1"), 2 * (len(A1) + len(A2)))
    assert asked == [*A1, *A2, *A1, *A2]


def test_a_learner_in_the_middle_goes_up_before_down() -> None:
    """Of new questions beside the level the harder ones come first."""
    level = [item.id for item in SHIPPED.find("en", "B1", "free")]
    above = [item.id for item in SHIPPED.find("en", "B2", "free")]
    walk = Walk(LIBRARY, level)
    assert walked(walk, Exercise("free", level="B1"), len(above) + 1) == [*above, A2[0]]


def test_a_text_is_known_by_its_words_too() -> None:
    """A client that knows no ids does not read the same text twice."""
    first, second = SHIPPED.find("en", "A1", "read_aloud")[:2]
    walk = Walk(LIBRARY)
    exercise = Exercise("read_aloud", f" {first.text} ", "A1")
    walk.receive_exercise(exercise, "en")
    prompt = walk.next(exercise, "en", ())
    assert prompt is not None
    assert prompt.item == second.id


def test_an_exercise_of_ones_own_moves_nothing() -> None:
    """Only what is of the library is remembered, once each, however often it is told."""
    walk = Walk(LIBRARY)
    for _ in range(3):
        walk.receive_exercise(Exercise("free", level="A1", id=A1[2]), "auto")
        walk.receive_exercise(Exercise("free", level="A1", id="mine"), "en")
        walk.receive_exercise(Exercise("read_aloud", "My own text."), "en")
    assert walk.done == (A1[2],)
