"""What is practised in a turn, and how both reach another gateway."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.core.audio.recognition import Recognition
from tutor.core.feedback.assessment import Assessment, Grammar, Passage, ReadWord, WordStatus
from tutor.core.feedback.reading.reading import Window
from tutor.core.live.tutoring.turn import Practised, Turn
from tutor.core.live.utterances.understood import Understood
from tutor.core.protocol.messages import Exercise

TEXT = "One two three four. Five six seven eight."
WORDS = TEXT.split()
READ = Exercise("read_aloud", TEXT, "A2")
SAID = Understood("u1", 1_000, 64_000, Recognition("Uno dos", "es"))


def passage(start: int, *statuses: WordStatus) -> Passage:
    """The words of the text from `start` on, with what became of each."""
    read = zip(WORDS[start:], statuses, strict=False)
    words = tuple(ReadWord(word, status, word) for word, status in read)
    return Passage(start, start + len(words), words)


def reading(*passages: Passage) -> Practised:
    """The text, practised by a reader who has read these passages of it."""
    practised = Practised.of(READ, "en")
    assert practised.reading is not None
    for one in passages:
        practised.reading.receive_passage(one)
    return practised


# ---------------------------------------------------------------- what is practised


@pytest.mark.parametrize("exercise", [Exercise("read_aloud", TEXT), Exercise("shadow", TEXT)])
def test_a_text_to_read_is_looked_for_from_its_first_word(exercise: Exercise) -> None:
    """Before anything was read the window is the text, with its first word expected next."""
    assert Practised.of(exercise, "en").window == Window(tuple(WORDS), 0, 0)


@pytest.mark.parametrize(
    "exercise", [Exercise(), Exercise("free", TEXT), Exercise("dialogue", TEXT)]
)
def test_free_speech_is_compared_with_no_text(exercise: Exercise) -> None:
    """Where the learner chooses the words there is no window, even if the exercise has a text."""
    practised = Practised.of(exercise, "en")
    assert practised.reading is None
    assert practised.window.words == ()


def test_a_reader_needs_something_to_read() -> None:
    """Reading aloud without a text is refused before the first word is heard."""
    with pytest.raises(ValueError, match="no words to read"):
        Practised.of(Exercise("read_aloud"), "en")


def test_the_window_follows_the_reader() -> None:
    """After four words the fifth is expected; the words before stay, for who goes back."""
    window = reading(passage(0, "matched", "matched", "matched", "matched")).window
    assert window.words[window.position] == "Five"
    assert window.words[0] == "One"


@pytest.mark.parametrize("language", ["ja", "zh"])
def test_a_text_without_spaces_is_read_sign_by_sign(language: str) -> None:
    """The language decides what a word of the text is, also at the gateway that goes on."""
    practised = Practised.of(Exercise("read_aloud", "今天天气"), language)
    assert practised.window.words == ("今", "天", "天", "气")
    assert Practised.restored(practised.snapshot()).window == practised.window


passages = st.builds(
    lambda start, statuses: passage(start, *statuses),
    st.integers(0, 7),
    st.lists(
        st.sampled_from(["matched", "matched", "omitted", "substituted", "doubtful"]), min_size=1
    ),
)


@given(st.lists(passages, max_size=5), st.lists(passages, max_size=3))
def test_a_reader_goes_on_at_another_gateway(before: list[Passage], after: list[Passage]) -> None:
    """Place, completeness and the end of the text are those of a reader who never moved."""
    here = reading(*before)
    there = Practised.restored(here.snapshot())
    assert there.snapshot() == here.snapshot()
    assert here.reading is not None
    assert there.reading is not None
    for one in after:
        here.reading.receive_passage(one)
        there.reading.receive_passage(one)
        assert there.window == here.window
        assert there.reading.completeness == here.reading.completeness
        assert there.reading.finished == here.reading.finished


def test_a_snapshot_stands_still() -> None:
    """What is read after a snapshot was taken is not in it."""
    practised = reading(passage(0, "matched"))
    kept = practised.snapshot()
    assert practised.reading is not None
    practised.reading.receive_passage(passage(1, "matched", "matched"))
    assert (kept.position, kept.spoken) == (1, (0,))
    restored = Practised.restored(kept).reading
    assert restored is not None
    assert restored.position == 1


# ---------------------------------------------------------------- the turn


def test_a_turn_is_in_the_language_that_was_spoken() -> None:
    """Who answers an English exercise in Spanish is answered, and reviewed, in Spanish."""
    turn = Turn(SAID, Practised.of(Exercise(), "en"))
    assert (turn.utterance, turn.language, turn.text) == ("u1", "es", "Uno dos")


@given(
    st.integers(1, 2),
    st.none() | st.just(Assessment(passage(0, "matched"), grammar=Grammar(level="B1"))),
    st.text(max_size=20),
    st.floats(0, 1e6),
)
def test_a_turn_goes_on_with_its_time_begun_anew(
    attempt: int, assessment: Assessment | None, reply: str, now: float
) -> None:
    """A restored turn has said and measured what it had, but waits from the restoring on."""
    practised = reading(passage(0, "matched"))
    turn = Turn(SAID, practised, 5.0, attempt, assessment, reply)
    there = Turn.restored(turn.snapshot(3), practised, now)
    assert there == Turn(SAID, practised, now, attempt, assessment, reply, ready_at=now)
    assert there.snapshot(3) == turn.snapshot(3)


def test_turns_of_one_text_share_the_place_in_it() -> None:
    """What the first turn reads moves the window of the second, as both practise the same text."""
    practised = Practised.of(READ, "en")
    first, second = (Turn(SAID, practised) for _ in range(2))
    kept = [turn.snapshot(0) for turn in (first, second)]
    there = Practised.restored(practised.snapshot())
    one, other = (Turn.restored(turn, there, 0.0) for turn in kept)
    assert one.practised.reading is not None
    one.practised.reading.receive_passage(passage(0, "matched", "matched"))
    assert other.practised.window.position == 2
    assert practised.window.position == 0, "the old gateway's is another"
