from dataclasses import replace

from tutor.core.feedback.assessment import Passage, Phone, PronouncedWord, Pronunciation, ReadWord
from tutor.core.feedback.report import Part, report


def heard(*words: tuple[str, float | None], total: float = 80.0, **fields: bool) -> Pronunciation:
    """Words with their scores; None: it was not said."""
    return Pronunciation(
        total,
        total,
        total,
        total,
        calibrated=fields.get("calibrated", True),
        words=tuple(
            PronouncedWord(
                text, 100 * n, 100 * n + 90, score, 0.0 if score is None else 0.9,
                (Phone("æ", 50.04),),
            )
            for n, (text, score) in enumerate(words)
        ),
    )  # fmt: skip


def test_a_recording_is_reported_word_by_word() -> None:
    """What was said has its score and time, what was not said is an omission."""
    said = heard(("I", 90), ("like", 30.16), ("tea", None))
    found = report(["I", "like", "tea"], [Part(0, 0, said)])
    assert [(word.score, word.error) for word in found.words] == [
        (90, None),
        (30.2, "mispronunciation"),
        (50, "omission"),  # its sounds, as little as they were heard
    ]
    assert (found.words[1].start_ms, found.words[2].start_ms) == (100, None)
    assert found.words[0].phones == (Phone("æ", 50.0),)
    assert found.completeness == 66.7
    assert (found.total, found.calibrated) == (80, True)


def test_a_word_whose_sounds_are_a_guess_is_not_called_mispronounced() -> None:
    """A name that no dictionary has keeps its low score, and is no mistake."""
    said = heard(("I", 90), ("Zbigniew", 30.0))
    guessed = replace(said, words=(said.words[0], replace(said.words[1], phones=())))
    found = report(["I", "Zbigniew"], [Part(0, 0, guessed)])
    assert [(word.score, word.error) for word in found.words] == [(90, None), (30.0, None)]


def test_another_word_in_its_place_is_a_substitution() -> None:
    """The recogniser heard something else there, and the audio bears it out."""
    said = heard(("I", 90), ("like", 90), ("tea", None))
    read = Passage(
        0,
        3,
        (
            ReadWord("I", "matched"),
            ReadWord("really", "inserted"),
            ReadWord("like", "substituted", "love"),
            ReadWord("tea", "substituted", "coffee"),
        ),
    )
    found = report(["I", "like", "tea"], [Part(0, 0, said, read)])
    assert [word.error for word in found.words] == [None, None, "substitution"]
    assert found.insertions == ("really",)


def test_a_word_that_the_recogniser_heard_is_not_blamed() -> None:
    """Neither ear accuses alone: one whose sounds were not found has a low score, and no error."""
    said = heard(("I", 90), ("like", None), ("tea", None))
    read = Passage(0, 2, (ReadWord("I", "matched"), ReadWord("like", "matched", "like")))
    found = report(["I", "like", "tea"], [Part(0, 0, said, read)])
    assert [(word.score, word.error) for word in found.words] == [
        (90, None),
        (50, None),
        (50, "omission"),  # the recogniser did not hear it either
    ]


def test_a_proven_word_needs_no_recogniser() -> None:
    """Where nothing was recognised, the other member of a pair still is a substitution."""
    said = replace(heard(("a", 90), ("sheep", None)), replaced=((1, "ship"),))
    found = report(["a", "sheep"], [Part(0, 0, said)])
    assert [word.error for word in found.words] == [None, "substitution"]


def test_a_word_that_was_perhaps_not_said_is_doubtful() -> None:
    """It keeps its low score and its time, counts as said, and is no mistake."""
    said = replace(heard(("two", 90), ("cats", 40)), doubtful=((1, "cat"),))
    found = report(["two", "cats"], [Part(0, 0, said)])
    assert [word.error for word in found.words] == [None, "doubtful"]
    assert (found.words[1].score, found.words[1].start_ms) == (40, 100)
    assert found.completeness == 100


def test_a_proven_omission_needs_no_recogniser() -> None:
    """The recogniser wrote an article that the audio does not hold."""
    said = replace(heard(("a", None), ("sheep", 90)), replaced=((0, ""),))
    read = Passage(0, 2, (ReadWord("a", "matched", "a"), ReadWord("sheep", "matched", "sheep")))
    found = report(["a", "sheep"], [Part(0, 0, said, read)])
    assert [word.error for word in found.words] == ["omission", None]


def test_parts_of_a_long_recording_make_one_report() -> None:
    """Scores are weighted by words, times count from the recording's start, gaps are omissions."""
    text = ["a", "b", "c", "d"]
    parts = [
        Part(0, 0, heard(("a", 90), ("b", 90), total=90)),
        Part(3, 10_000, heard(("d", 60), total=60)),
    ]
    found = report(text, parts)
    assert [word.error for word in found.words] == [None, None, "omission", None]
    assert found.words[3].start_ms == 10_000
    assert found.completeness == 75
    assert found.total == 60  # the mean of 90, 90 and 60, of three words in four


def test_the_better_of_two_tries_counts() -> None:
    """A learner who says a word again is not held to the first try."""
    parts = [Part(0, 0, heard(("a", 20))), Part(0, 5_000, heard(("a", 90)))]
    (word,) = report(["a"], parts).words
    assert (word.score, word.start_ms) == (90, 5_000)


def test_without_a_score_there_is_a_reason() -> None:
    """What cannot be judged has no numbers; with no speech at all, that is the reason."""
    nothing = Pronunciation(None, None, None, None, calibrated=False, reason="too_loud")
    found = report(["a"], [Part(0, 0, nothing)])
    assert (found.reason, found.total, found.words) == ("too_loud", None, ())
    assert report(["a"], []).reason == "no_speech"


def test_one_uncalibrated_part_makes_all_uncalibrated() -> None:
    """A score that only ranks does not hide among others."""
    parts = [Part(0, 0, heard(("a", 90))), Part(1, 0, heard(("b", 90), calibrated=False))]
    assert not report(["a", "b"], parts).calibrated
