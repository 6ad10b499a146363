from tutor.core.voice.listening import Listening
from tutor.core.voice.progress import Progress, pause_samples


def listening() -> Listening:
    """A speech of which 100 samples are made ahead; begun at 0."""
    return Listening(100, retry_s=2, deadline_s=10, began_at=0)


def test_the_first_job_is_sent_at_once_and_once() -> None:
    """Up to as many samples as are made ahead."""
    one = listening()
    assert one.wanted(0) == 100
    assert one.wanted(1) is None


def test_more_is_asked_for_when_half_is_taken() -> None:
    """The next clauses are made before the last ones are heard; who takes nothing gets no more."""
    one = listening()
    one.wanted(0)
    one.receive(40, 1)
    assert one.wanted(1) is None
    one.receive(50, 1)
    assert one.wanted(1) == 150


def test_a_job_that_is_lost_is_sent_again() -> None:
    """It may be when nothing has come of it for a while; before that nobody need ask."""
    one = listening()
    one.wanted(0)
    assert not one.seems_lost(2)
    assert one.seems_lost(2.5)
    assert one.wanted(2.5) is None
    assert one.wanted(2.5, lost=True) == 100
    assert not one.seems_lost(3)
    one.receive(10, 4.4)
    assert not one.seems_lost(5)


def test_a_speech_without_news_is_given_up() -> None:
    """The time runs anew with each clause."""
    one = listening()
    assert not one.is_overdue(10)
    assert one.is_overdue(10.1)
    one.receive(10, 10)
    assert not one.is_overdue(20)


def test_a_worker_rests_when_enough_is_there() -> None:
    """It ends the clause that reaches what is wanted, and the text."""
    made = Progress()
    assert made.wants_more(2, 100)
    made = made.following(60)
    assert made.wants_more(2, 100)
    assert not made.wants_more(2, 60)
    made = made.following(30)
    assert made == Progress(2, 90)
    assert not made.wants_more(2, 100)


def test_who_speaks_fast_pauses_less() -> None:
    """A pause is of the voice's own speed."""
    assert pause_samples(250, 1.0, 24_000) == 6_000
    assert pause_samples(250, 2.0, 24_000) == 3_000
