"""The silences that end a turn."""

from hypothesis import given
from hypothesis import strategies as st

from tutor.core.audio.samples import to_samples
from tutor.core.live.lesson import Lesson
from tutor.core.protocol.messages import Exercise, Patience
from tutor.core.turns.waits import Standing, TurnConfig, Waits, standing_of

CONFIG = TurnConfig(by_words=True)
WAITS = CONFIG.waits
DEFAULT = to_samples(600)


def waits(patience: Patience = "normal", silence_ms: int | None = None, level: str = "B1") -> Waits:
    """The silences of a learner."""
    exercise = Exercise(level=level)  # type: ignore[arg-type]
    return Lesson("en", exercise, silence_ms, patience=patience).waits(CONFIG, DEFAULT)


def test_what_was_said_decides_how_long_is_waited() -> None:
    """The surer it is that the turn is over, the shorter the silence; never as short as a pause in
    a word."""
    order = [
        WAITS.of(standing, reads=False)
        for standing in (
            Standing.AT_THE_END,
            Standing.FINISHED,
            Standing.UNDECIDED,
            Standing.HANGING,
        )
    ]
    assert order == sorted(order)
    assert order[0] >= to_samples(250)
    assert WAITS.eager <= order[0]


def test_while_the_words_are_not_known_a_reader_is_waited_for() -> None:
    """Where a text is read, more words of it are likelier than its end."""
    assert WAITS.of(Standing.UNKNOWN, reads=True) == WAITS.in_sentence
    assert WAITS.of(Standing.UNKNOWN, reads=False) == WAITS.unknown


def test_patience_stretches_every_silence_but_that_at_the_texts_end() -> None:
    """Who wants more time gets it where they may go on, not where nothing is left to read."""
    quick, normal, patient = waits("quick"), waits(), waits("patient")
    for standing in (Standing.FINISHED, Standing.UNDECIDED, Standing.HANGING):
        times = [one.of(standing, reads=False) for one in (quick, normal, patient)]
        assert times == sorted(set(times)), standing
    assert quick.at_the_end == normal.at_the_end == patient.at_the_end


def test_beginners_have_more_time() -> None:
    """The silences grow with that of the level, whatever was said."""
    assert waits(level="A1").finished == round(2.5 * waits(level="B1").finished)
    assert waits(level="A1").undecided > waits(level="B1").undecided


def test_a_silence_that_is_asked_for_is_one_for_all() -> None:
    """A client that sets the silence gets that silence."""
    asked = waits("patient", 700)
    assert {
        asked.of(standing, reads=reads) for standing in Standing for reads in (True, False)
    } == {to_samples(700)}


def test_words_can_be_left_out_of_it() -> None:
    """The server's setting `turn_end=silence` is the plain timer."""
    plain = Lesson("en", Exercise(level="A2")).waits(TurnConfig(by_words=False), DEFAULT)
    assert {plain.of(standing, reads=True) for standing in Standing} == {to_samples(1_200)}


@given(st.floats(0.1, 50))
def test_no_silence_is_longer_than_the_longest(factor: float) -> None:
    """However patient somebody is, a turn ends."""
    stretched = WAITS.times(factor)
    assert max(stretched.of(one, reads=True) for one in Standing) <= WAITS.most


def test_free_speech_stands_by_its_last_words() -> None:
    """A sentence, a word that hangs, and nothing."""
    assert standing_of("I have a dog.", "en") is Standing.FINISHED
    assert standing_of("I like it because.", "en") is Standing.HANGING
    assert standing_of("I have a dog", "en") is Standing.UNDECIDED
    assert standing_of("", "en") is Standing.UNDECIDED
