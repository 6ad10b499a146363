from tutor.adapters.coach.exercises import load_library
from tutor.core.audio.recognition import Recognition
from tutor.core.feedback.reading.reading import Window
from tutor.core.files.effects import Assess, Recognise
from tutor.core.queue.jobs import AssessmentJob, RecognitionJob
from tutor.core.text.expected import Expected
from tutor.shells.workers.queued_pieces import job_of

LIBRARY = load_library(None)
TAUGHT = Expected(("de", "en"))
SHIP = Window(("There", "is", "a", "ship."), 2, 40)


def test_a_piece_of_a_reading_is_assessed_like_an_utterance_of_a_session() -> None:
    """A worker is told the words around the reader, the library's minimal pairs of them, and
    whether more is to come."""
    for is_all in (False, True):
        effect = Assess("p0", 2, bytes(8), Recognition("a sheep", "en"), SHIP, is_all)
        assert job_of("s", effect, LIBRARY, TAUGHT) == AssessmentJob(
            "s",
            "p0",
            2,
            8,
            Recognition("a sheep", "en"),
            SHIP.words,
            2,
            pairs=(("ship", "sheep"),),
            batch=True,
            is_all=is_all,
        )


def test_pairs_are_those_of_the_language_that_was_spoken() -> None:
    """In German a ship is no word of the library's."""
    job = job_of("s", Assess("p0", 1, b"", Recognition("", "de"), SHIP), LIBRARY, TAUGHT)
    assert isinstance(job, AssessmentJob)
    assert job.pairs == ()


def test_a_piece_is_recognised_behind_whoever_speaks() -> None:
    """As a final, in the language of the file or one of those that are expected, with its
    prompt."""
    job = job_of("s", Recognise("p1", 1, bytes(6), "auto", "Anna"), LIBRARY, TAUGHT)
    assert job == RecognitionJob(
        "s", "p1", "final", 1, 1, 6, "auto", batch=True, prompt="Anna", expected=TAUGHT
    )
