import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import few
from tutor.adapters.coach.phrases import load_phrases
from tutor.core.coach.coach import coach
from tutor.core.coach.standing_out import weakest_word
from tutor.core.feedback.assessment import (
    Assessment,
    Finding,
    Fluency,
    Grammar,
    Passage,
    Pause,
    Phone,
    PronouncedWord,
    Pronunciation,
    ReadWord,
    Reason,
    WordStatus,
)
from tutor.core.protocol.messages import Exercise

BOOKS = load_phrases()

READ = Exercise("read_aloud", "The old ship sails tomorrow morning.")

FREE = Exercise("free", level="B1")

SAID = "the old ship sails tomorrow morning"


def say(
    found: Assessment,
    said: str = SAID,
    *,
    exercise: Exercise = READ,
    native: str | None = "en",
    prompt: str | None = None,
    practise: tuple[str, ...] = (),
    is_read: bool = False,
) -> str:
    """The coach's answer."""
    return coach(
        found,
        said,
        exercise=exercise,
        native_language=native,
        next_prompt=prompt,
        practise=practise,
        phrases=BOOKS,
        is_read=is_read,
    )


def passage(*words: tuple[str, WordStatus, str | None]) -> Passage:
    """A passage of words, what became of each, and what was heard instead; a word that counts as
    read was recognised as it stands where nothing else is said."""
    return Passage(
        0,
        len(words),
        tuple(
            ReadWord(word, status, word if heard is None and status == "matched" else heard)
            for word, status, heard in words
        ),
    )


def read(text: str) -> Passage:
    """A text of which every word was read."""
    return passage(*((word, "matched", None) for word in text.split()))


def read_as(words: Sequence[str], heard: Sequence[str]) -> Passage:
    """A text of which every word counts as read, and what was recognised in its place."""
    return passage(*((word, "matched", other) for word, other in zip(words, heard, strict=True)))


def sounded(
    *words: tuple[str, float | None], calibrated: bool = True, phones: tuple[Phone, ...] = ()
) -> Pronunciation:
    """Scores of words, half a second each; `phones` are those of the first word."""
    return Pronunciation(
        accuracy=85,
        fluency=85,
        prosodic=85,
        total=85,
        calibrated=calibrated,
        words=tuple(
            PronouncedWord(word, 500 * n, 500 * n + 500, score, 0.9, () if n else phones)
            for n, (word, score) in enumerate(words)
        ),
    )


def flow(
    score: float = 70,
    rate: float = 110,
    pauses: tuple[Pause, ...] = (),
    fillers: tuple[str, ...] = (),
    repetitions: tuple[str, ...] = (),
    count: int = 1,
) -> Fluency:
    """How smoothly it was spoken."""
    return Fluency(
        score, 3, 4, rate, max(count, len(pauses)), 0.5, 5, 9, pauses, fillers, repetitions
    )


UNEXPECTED = Pause(500, 1300, expected=False)

OTHER = Pause(2000, 2400, expected=False)

ALLOWED = Pause(900, 1500, expected=True)


# ---------------------------------------------------------------- what it says


def test_where_more_was_recognised_than_the_text_it_is_shown() -> None:
    """Nobody is sure that it was said; but "nothing to correct" would be untrue, if it was."""
    found = Assessment(read(SAID), sounded(*((word, 90) for word in SAID.split())))
    assert any(say(found).endswith(end) for end in BOOKS["en"].sentences["nothing_to_correct"])
    told = say(found, f"{SAID} you know")
    assert f"\u201c{SAID} you know\u201d" in told
    assert "correct" not in told
    told = say(found, "the ship sails morning")
    assert "\u201cthe ship sails morning\u201d" in told
    told = say(found, "the old 3 ships 4 sails tomorrow morning")
    assert "3" not in told


@pytest.mark.parametrize(
    ("heard", "calibrated", "is_sure"),
    [
        ("hermano", False, False),
        ("hermano", True, True),
        ("Hermána,", False, True),
        ("her mana", False, True),
    ],
)
def test_where_no_sounds_clear_a_word_nobody_says_that_it_was_right(
    heard: str, calibrated: bool, is_sure: bool
) -> None:
    """A recogniser that wrote "hermano" for "hermana" may be right: the learner is shown what was
    heard, neither accused nor told that there is nothing to correct."""
    read = passage(
        ("Mi", "matched", "Mi"), ("hermana", "matched", heard), ("vive", "matched", "vive")
    )
    found = Assessment(
        read, replace(sounded(("Mi", 70), ("hermana", 70), ("vive", 70)), calibrated=calibrated)
    )
    said = f"Mi {heard} vive".replace("her mana", "hermana")
    reply = say(found, said)
    quotes = {text.format(said=said) for text in BOOKS["en"].sentences["heard"]}
    assert any(reply.endswith(quote) for quote in quotes) != is_sure


def test_words_that_were_recognised_otherwise_are_not_praised() -> None:
    """Of "Lord Tannis" for "good tennis" the sounds alone bear the text out: with two such words
    nothing is called clear or right, and what was heard is shown; one is not the word praised."""
    words = ("She", "is", "goodness", "tennis")
    heard = ("She", "is", "Lordship", "Tannis")
    read = read_as(words, heard)
    sounds = sounded(*((word, 95) for word in words))
    assert say(Assessment(read, sounds), "She is Lordship Tannis").endswith(
        tuple(text.format(said="She is Lordship Tannis") for text in BOOKS["en"].sentences["heard"])
    )
    assert "clear" not in say(Assessment(read, sounds), "She is Lordship Tannis")
    lost = read_as(words, ("She", "", "goodness", "tennis"))
    assert "4 words" not in say(Assessment(lost, sounds), "She goodness tennis")
    one = read_as(words, (*words[:2], "Lordship", "tennis"))
    assert "goodness" not in say(Assessment(one, sounds), "She is Lordship tennis")


@pytest.mark.parametrize("native", ["en", "ru"])
def test_a_word_left_out_comes_before_all_else(native: str) -> None:
    """Of several things to try the missing word of a text is named, and nothing else."""
    found = Assessment(
        passage(
            ("The", "matched", None), ("old,", "omitted", None), ("ship", "substituted", "sheep")
        ),
        sounded(("The", 90), ("ship", 20)),
        flow(pauses=(UNEXPECTED,)),
    )
    reply = say(found, native=native)
    told = {text.format(word="old") for text in BOOKS[native].sentences["try.omitted"]}
    assert any(reply.endswith(sentence) for sentence in told)
    assert "sheep" not in reply


@pytest.mark.parametrize("native", sorted(BOOKS))
def test_a_word_in_another_place_is_told_as_that(native: str) -> None:
    """It is neither missing nor added: it was heard where the text does not have it."""
    read = passage(
        ("Always", "omitted", None),
        *((word, "matched", None) for word in "I walk".split()),
        ("always", "inserted", None),
    )
    reply = say(Assessment(read), said="I walk always", native=native)
    told = {text.format(word="Always") for text in BOOKS[native].sentences["try.moved"]}
    assert any(reply.endswith(sentence) for sentence in told)


def test_several_missing_words_are_listed_up_to_three() -> None:
    """Nobody is told a dozen words."""
    words: list[tuple[str, WordStatus, str | None]] = [("The", "matched", None)]
    words += [(word, "omitted", None) for word in ("one", "two", "three", "four")]
    reply = say(Assessment(passage(*words)))
    assert "“one”, “two”, “three”" in reply
    assert "four" not in reply


def test_another_word_is_told_as_heard_not_as_said() -> None:
    """The recogniser's word is quoted as what was heard."""
    for said in ("one", "two", "three"):
        reply = say(
            Assessment(passage(("ships", "matched", None), ("ship", "substituted", "sheep"))), said
        )
        assert "“ship”" in reply
        assert "heard “sheep”" in reply


def test_another_word_that_was_not_recognised_is_not_quoted() -> None:
    """Without a heard word there is nothing to quote."""
    reply = say(Assessment(passage(("The", "matched", None), ("ship", "substituted", None))))
    assert any(
        reply.endswith(text.format(word="ship")) for text in BOOKS["en"].sentences["try.other_word"]
    )


@pytest.mark.parametrize("native", ["en", "ru"])
def test_a_doubtful_word_is_to_be_said_again(native: str) -> None:
    """It is neither blamed nor praised, nor is the reading complete."""
    found = Assessment(
        passage(("The", "matched", None), ("white", "matched", None), ("sheeps", "doubtful", None)),
        sounded(("The", 90), ("white", 70), ("sheeps", 45)),
    )
    told = {text.format(word="sheeps") for text in BOOKS[native].sentences["try.doubtful"]}
    for said in ("one", "two", "three"):
        assert any(say(found, said, native=native).endswith(sentence) for sentence in told)


def test_an_added_word_is_told() -> None:
    """A word that the text does not have is named as heard."""
    found = Assessment(passage(("The", "matched", None), ("very", "inserted", None)))
    assert "“very”" in say(found)


def test_the_weakest_word_comes_with_its_weakest_sound() -> None:
    """When every word was read, the sound that was off most is named by its IPA."""
    phones = (Phone("θ", 12), Phone("ɪ", 55), Phone("ŋ", 95))
    found = Assessment(
        read("Thinking is so good"),
        sounded(("Thinking", 30), ("is", 40), ("so", 55), ("good", 99), phones=phones),
    )
    reply = say(found, "thinking is so good")
    assert "“Thinking”" in reply
    assert "/θ/" in reply
    assert "/ɪ/" not in reply


def test_a_weak_word_without_weak_sounds_is_named_alone() -> None:
    """No sound is accused that was not measured to be off."""
    reply = say(Assessment(read("ship"), sounded(("ship", 30), phones=(Phone("ʃ", 80),))))
    assert "“ship”" in reply
    assert "/" not in reply


def test_in_free_talk_a_word_is_only_what_was_heard() -> None:
    """Where no text was given the word itself is the recogniser's guess."""
    for said in ("one", "two", "three"):
        reply = say(Assessment(pronunciation=sounded(("ship", 30))), said, exercise=FREE)
        assert "heard" in reply


def test_uncalibrated_scores_make_softer_words() -> None:
    """A score that only ranks gives a perhaps, and no sound."""
    found = Assessment(
        read("gato perro pájaro"),
        sounded(
            ("gato", 20), ("perro", 80), ("pájaro", 85), calibrated=False, phones=(Phone("g", 5),)
        ),
    )
    for said in ("gato perro", "gato pájaro", "perro"):
        reply = say(found, said)
        assert re.search("may be|seemed|Perhaps", reply)
        assert "/g/" not in reply


def test_an_uncalibrated_score_accuses_only_an_outlier() -> None:
    """Where all words score alike, however low, none is the weakest."""
    alike = sounded(("gato", 30), ("perro", 34), ("pájaro", 36), calibrated=False)
    assert weakest_word(alike) is None
    assert weakest_word(sounded(("gato", 1), ("perro", 90), calibrated=False)) is None


def test_short_words_are_not_singled_out() -> None:
    """Weak forms ("a", "of", "to") are rightly said without care."""
    weakest = weakest_word(sounded(("of", 5), ("course", 45)))
    assert weakest is not None
    assert weakest.text == "course"


def test_grammar_is_told_with_the_better_wording() -> None:
    """The first finding is quoted out of the transcript, with its replacement."""
    said = "I am agree with you"
    finding = Finding(0, 10, "“Agree” is a verb.", "I agree", "am_agree")
    reply = say(Assessment(grammar=Grammar((finding,))), said, exercise=FREE)
    assert "“I am agree”" in reply
    assert "“I agree”" in reply


@pytest.mark.parametrize("replacement", [None, ""])
def test_grammar_without_a_better_wording_is_told_too(replacement: str | None) -> None:
    """Nothing is made up where there is no one answer, or where a word is only to go."""
    finding = Finding(2, 4, "This is not needed.", replacement, "rule")
    reply = say(Assessment(grammar=Grammar((finding,))), "I am agree", exercise=FREE)
    assert "“am”" in reply
    assert "None" not in reply
    assert "“”" not in reply


def test_unexpected_pauses_are_counted_and_placed() -> None:
    """The longest pause is placed behind the word that ends there."""
    found = Assessment(
        pronunciation=sounded(("The", 90), ("old", 90), ("ship", 90)),
        fluency=flow(pauses=(UNEXPECTED, OTHER, ALLOWED)),
    )
    reply = say(found, "the old ship", exercise=FREE)
    assert "2 unexpected pauses" in reply
    assert "“The”" in reply


def test_pauses_at_punctuation_are_no_fault() -> None:
    """Who stops where the text lets them is not corrected."""
    assert "pause" not in say(Assessment(fluency=flow(pauses=(ALLOWED,))), exercise=FREE)


@pytest.mark.parametrize(
    ("fluency", "shows"),
    [
        (flow(fillers=("um", "um", "uh")), "“um”"),
        (flow(repetitions=("I went",)), "“I went”"),
        (flow(rate=41.6), "42 words"),
        (flow(rate=260), "260 words"),
    ],
)
def test_what_disturbs_the_flow_is_told(fluency: Fluency, shows: str) -> None:
    """Fillers, repetitions and pace, each with what was measured."""
    said = " and ".join(3 * ["well um I went I went to the old market"])
    assert shows in say(Assessment(fluency=fluency), said, exercise=FREE)


def test_a_few_quick_words_are_no_pace() -> None:
    """Ten words in a second and a half tell nothing of how somebody speaks."""
    said = "I went to the market with my sister last week"
    reply = say(Assessment(fluency=flow(rate=429, count=0)), said, exercise=FREE)
    assert "minute" not in reply


def test_a_word_that_was_perhaps_misheard_is_asked_for() -> None:
    """Instead of nothing to correct: who was misheard is not told that all was right."""
    heard = sounded(("tomorrow", 95), ("sails", 90), ("morning", 92))
    doubted = replace(heard, words=(*heard.words, PronouncedWord("squad.", 0, 1, None, 0.4)))
    for said in ("one two three four", "five six seven eight", "nine ten eleven twelve"):
        clean = say(Assessment(pronunciation=heard), said, exercise=FREE)
        asked = say(Assessment(pronunciation=doubted), said, exercise=FREE)
        assert "squad" not in clean
        assert "“squad”" in asked
        assert "sure" in asked


def test_doubtful_words_prove_no_level_and_no_clear_sounds() -> None:
    """What is praised was heard for certain."""
    heard = Pronunciation(
        95, 95, 95, 95, calibrated=True, words=(PronouncedWord("serendipity", 0, 1, None, 0.4),)
    )
    found = Assessment(pronunciation=heard, grammar=Grammar(level="C2"))
    for said in ("one two three four", "five six seven eight", "nine ten eleven twelve"):
        assert say(found, said, exercise=FREE).endswith(f"“{said}”.") or "heard" in say(
            found, said, exercise=FREE
        )
        assert "C2" not in say(found, said, exercise=FREE)


@pytest.mark.parametrize("native", ["en", "ru"])
def test_what_was_not_understood_is_to_be_said_again(native: str) -> None:
    """It is neither praised nor corrected."""
    nothing = Pronunciation(None, None, None, None, calibrated=False, reason="not_understood")
    reply = say(Assessment(pronunciation=nothing), exercise=FREE, native=native)
    assert reply in BOOKS[native].sentences["reason.not_understood"]


def test_beginners_may_be_slow() -> None:
    """At A1 a slow pace is no fault."""
    said = "I get up at seven and drink my tea"
    reply = say(Assessment(fluency=flow(rate=40)), said, exercise=Exercise("free", level="A1"))
    assert "40 words" not in reply


def test_a_text_read_whole_is_praised_with_its_words() -> None:
    """Completeness is counted, and nothing is corrected that is right."""
    reply = say(Assessment(read("The old ship sails tomorrow morning.")))
    assert "6 words" in reply
    assert re.search("nothing to correct", reply)


def test_good_words_are_praised_by_name() -> None:
    """A long word that scored well is named; how often depends on the utterance."""
    found = Assessment(pronunciation=sounded(("the", 99), ("morning", 98), ("sails", 99)))
    replies = {say(found, f"utterance {n}", exercise=FREE) for n in range(20)}
    assert any("“morning”" in reply for reply in replies)
    assert not any("“sails”" in reply for reply in replies)


def test_what_is_middling_is_not_praised() -> None:
    """Neither a long word that scored fairly nor a text with a gap is called good."""
    gap = passage(
        *((word, "matched", None) for word in "all is very".split()), ("well", "omitted", None)
    )
    for n in range(10):
        fair = say(
            Assessment(pronunciation=sounded(("the", 99), ("morning", 70), ("sun", 99))), f"{n}"
        )
        assert "“morning”" not in fair
        assert "words" not in say(Assessment(gap), f"{n}")


def test_words_to_practise_are_named_when_nothing_else_is() -> None:
    """A perfect utterance leaves room for an old weakness."""
    reply = say(Assessment(read("All is very well")), practise=("though", "tough"))
    assert "“though”, “tough”" in reply


def test_what_is_not_measured_is_not_spoken_of() -> None:
    """With no part at all the coach says what it heard, and asks on."""
    reply = say(Assessment(), "I like my town", exercise=FREE, prompt="Why?")
    assert "“I like my town”" in reply
    assert reply.endswith("Why?")


def test_long_speech_is_not_read_back_whole() -> None:
    """A quotation is cut."""
    assert len(say(Assessment(), "word " * 400, exercise=FREE)) < 150


def test_silence_is_answered() -> None:
    """An empty transcript is no reason to praise anything."""
    found = Assessment(read("The old ship"), sounded(("ship", 99)), flow(90))
    for said in ("", "  "):
        assert re.search("microphone|louder", say(found, said, exercise=FREE))


REASONS: tuple[Reason, ...] = (
    "too_short",
    "too_loud",
    "no_speech",
    "other_script",
    "other_language",
    "other_text",
)


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("native", ["en", "ru"])
def test_without_a_score_the_coach_says_what_to_do(reason: Reason, native: str) -> None:
    """Audio that cannot be judged gets neither praise nor blame."""
    unscored = Pronunciation(None, None, None, None, calibrated=True, reason=reason)
    reply = say(Assessment(read("a b c"), unscored, flow(95)), native=native, prompt="Again.")
    told = {sentence.format() for sentence in BOOKS[native].sentences[f"reason.{reason}"]}
    assert any(reply.startswith(sentence) for sentence in told)
    assert reply.endswith("Again.")
    assert len(re.findall(r"[.?!](?=\s|$)", reply)) <= 3


def test_a_turn_too_long_for_sounds_still_has_its_grammar() -> None:
    """What can be said of the words is said."""
    unscored = Pronunciation(None, None, None, None, calibrated=True, reason="too_long")
    finding = Finding(0, 10, "“Agree” is a verb.", "I agree", "am_agree")
    found = Assessment(pronunciation=unscored, grammar=Grammar((finding,)))
    assert "“I agree”" in say(found, "I am agree with you", exercise=FREE)


def test_another_text_is_not_taken_apart_word_by_word() -> None:
    """Where nothing of the text was heard, that is all there is to say."""
    words: list[tuple[str, WordStatus, str | None]] = [
        (word, "omitted", None) for word in "the old ship sails tomorrow".split()
    ]
    for found in (passage(*words), Passage(3, 3)):
        assert re.search("text", say(Assessment(found), "what is the weather like"))


@pytest.mark.parametrize("native", ["en", "ru"])
def test_who_has_read_the_text_is_not_told_to_read_on(native: str) -> None:
    """What is said behind its end is not in it: that is told, and the next prompt."""
    unscored = Pronunciation(None, None, None, None, calibrated=True, reason="other_text")
    for said in ("thank you", "what a nice text", "and now"):
        reply = say(
            Assessment(pronunciation=unscored), said, native=native, prompt="Next.", is_read=True
        )
        told = BOOKS[native].sentences["reason.after_the_text"]
        assert any(reply.startswith(one) for one in told)
        assert reply.endswith("Next.")


def test_a_text_beside_which_words_were_recognised_was_not_read_as_it_stands() -> None:
    """Whether they were said is not proven, so they are not told; but nor is the reading praised
    for having nothing else in it."""
    whole = read("The old ship sails")
    praised = [say(Assessment(whole), f"the old ship sails{more}") for more in ("", " to")]
    assert all("4 words" in reply for reply in praised)
    assert "4 words" not in say(Assessment(whole), "the old ship sails to London")


def test_words_that_were_added_in_a_row_are_named_together() -> None:
    """A learner who said more than the text is told all of it, not its first word."""
    words: list[tuple[str, WordStatus, str | None]] = [
        ("The", "matched", "The"), ("train", "matched", "train"), ("so", "inserted", "so"),
        ("we", "inserted", "we"), ("walked.", "inserted", "walked."),
    ]  # fmt: skip
    assert "“so we walked”" in say(Assessment(passage(*words)), "the train so we walked")


def test_one_wrong_word_is_no_wrong_text() -> None:
    """Of a single word the other one of its pair was heard."""
    assert "“sheep”" in say(Assessment(passage(("ship", "substituted", "sheep"))), "sheep")


def test_the_same_utterance_gets_the_same_answer_and_others_vary() -> None:
    """Variation comes from what was said, not from chance."""
    found = Assessment(passage(("The", "matched", None), ("ship", "omitted", None)))
    replies = [say(found, f"utterance {n}") for n in range(30)]
    assert replies == [say(found, f"utterance {n}") for n in range(30)]
    assert len(set(replies)) > 1


@pytest.mark.parametrize(
    ("native", "language"),
    [("ru", "ru"), ("ru-RU", "ru"), ("RU", "ru"), ("en-GB", "en"), ("sw", "en"), (None, "en")],
)
def test_the_coach_speaks_the_learners_language(native: str | None, language: str) -> None:
    """Where it does not, it speaks English."""
    reply = say(Assessment(read("The old ship")), native=native)
    assert bool(re.search("[а-я]", reply)) == (language == "ru")


def test_without_any_phrases_the_prompt_is_all() -> None:
    """A coach without words does not fail."""
    reply = coach(
        Assessment(),
        "x",
        exercise=FREE,
        native_language="ru",
        next_prompt="Go on.",
        practise=(),
        phrases={},
    )
    assert reply == "Go on."


# ---------------------------------------------------------------- whatever was measured


words = st.sampled_from(["The", "ship,", "“morning”", "a", "{word}", "</x>", "天气", "…"])

scores = st.one_of(st.none(), st.floats(0, 100))

phones = st.builds(Phone, st.sampled_from(["θ", "ɪ"]), st.floats(0, 100))

pauses = st.builds(Pause, st.integers(0, 900), st.integers(900, 2000), st.booleans())

assessments = st.builds(
    Assessment,
    passage=st.none()
    | st.builds(
        Passage,
        st.just(0),
        st.integers(0, 4),
        st.lists(
            st.builds(
                ReadWord,
                words,
                st.sampled_from(["matched", "doubtful", "substituted", "omitted", "inserted"]),
                st.none() | words,
            ),
            max_size=6,
        ).map(tuple),
    ),
    pronunciation=st.none()
    | st.builds(
        Pronunciation,
        scores,
        scores,
        scores,
        scores,
        st.booleans(),
        st.lists(
            st.builds(
                PronouncedWord,
                words,
                st.integers(0, 900),
                st.integers(900, 2000),
                scores,
                st.floats(0, 1),
                st.lists(phones, max_size=3).map(tuple),
            ),
            max_size=6,
        ).map(tuple),
        st.none() | st.sampled_from(["too_short", "too_long", "no_text", "text_too_long"]),
    ),
    fluency=st.none()
    | st.builds(
        flow,
        st.floats(0, 100),
        st.floats(0, 400),
        st.lists(pauses, max_size=3).map(tuple),
        st.lists(words, max_size=3).map(tuple),
        st.lists(words, max_size=3).map(tuple),
        st.integers(0, 3),
    ),
    grammar=st.none()
    | st.builds(
        Grammar,
        st.lists(
            st.builds(
                Finding,
                st.integers(0, 5),
                st.integers(5, 20),
                words,
                st.none() | st.just("") | words,
                st.just("rule"),
            ),
            max_size=2,
        ).map(tuple),
        st.booleans(),
        st.none() | st.sampled_from(["A1", "B2", "C2"]),
    ),
)


@few(50)
@given(
    assessments,
    st.text(max_size=60),
    st.sampled_from(["free", "read_aloud", "shadow", "dialogue"]),
    st.sampled_from(["en", "ru"]),
    st.sampled_from([None, "A1", "C1"]),
)
def test_whatever_was_measured_there_is_a_short_answer(
    found: Assessment, said: str, kind: str, native: str, level: str | None
) -> None:
    """No combination of findings breaks the coach, or makes it talk long, or say `None`."""
    exercise = Exercise(kind, None, level)  # type: ignore[arg-type]
    reply = say(found, said, exercise=exercise, native=native)
    assert 0 < len(reply) <= 500
    assert "None" not in reply.replace(said, "")


def test_a_few_fillers_of_several_kinds_are_none_said_more_than_once() -> None:
    """Only a filler that comes again is told as said again."""
    assert "more than once" not in say(
        Assessment(fluency=flow(fillers=("um", "uh"))), exercise=FREE
    )
    assert "um" in say(Assessment(fluency=flow(fillers=("uh", "um", "Um,"))), exercise=FREE)


def test_clear_sounds_are_praised_only_where_all_are_clear() -> None:
    """Not beside a word that was left out or replaced, nor one that was short and weak."""
    clear = BOOKS["en"].sentences["praise.sounds"]
    for words, is_praised in (
        ((("old", 90), ("ship", 95)), True),
        ((("old", None), ("ship", 95)), False),
        ((("to", 20), ("ship", 95)), False),
    ):
        told = [
            say(Assessment(pronunciation=sounded(*words)), said=said, exercise=FREE)
            for said in ("one two", "three four", "five six")
        ]
        assert any(praise in reply for reply in told for praise in clear) is is_praised


def test_a_part_of_a_text_is_not_called_whole() -> None:
    """Words that come before and behind what was read are not known to have been read."""
    for language in ("en", "ru"):
        for praise in BOOKS[language].sentences["praise.complete"]:
            assert not set(praise.lower().replace(":", "").split()) & {
                "nothing",
                "all",
                "ничего",
                "без",
            }


def test_what_was_perhaps_misheard_is_asked_for_before_old_words() -> None:
    """Words due for practice wait until it is known what was said."""
    found = Assessment(pronunciation=sounded(("market", 95), ("ship", None), ("today", 95)))
    assert "“ship”" in say(found, exercise=FREE, practise=("thought",))


def test_a_reading_of_doubtful_words_was_the_text() -> None:
    """Each of them is asked for again; nobody says that another text was read."""
    words = tuple(ReadWord(word, "doubtful") for word in ("The", "old", "ship", "sails"))
    reply = say(Assessment(passage=Passage(0, len(words), words)))
    assert reply not in BOOKS["en"].sentences["reason.other_text"]
    assert "“The”" in reply
