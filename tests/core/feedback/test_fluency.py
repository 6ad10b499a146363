from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.core.audio.recognition import RecognisedWord
from tutor.core.feedback.assessment import Fluency
from tutor.core.feedback.fluency import FREE_PAUSE_S, PAUSE_S, fluency_score, measure_fluency


def spoken(script: str, word_s: float = 0.4) -> list[RecognisedWord]:
    """Words one after the other; a number in the script is a pause of so many milliseconds."""
    words, now = [], 0.0
    for part in script.split():
        if part.isdigit():
            now += int(part) / 1000
        else:
            words.append(RecognisedWord(part, now, now + word_s, 0.9))
            now += word_s
    return words


def measured(script: str, language: str = "en", text: str | None = None) -> Fluency:
    """The fluency of a script that has one."""
    fluency = measure_fluency(spoken(script), language, text)
    assert fluency is not None
    return fluency


# ---------------------------------------------------------------- rates, runs, pauses


def test_rates_count_syllables_and_words() -> None:
    """Speech rate has the pauses in its time, articulation rate has not."""
    fluency = measured("water 600 is very good")  # 6 syllables in 1.6 s and a pause
    assert fluency.speech_rate == pytest.approx(6 / 2.2)
    assert fluency.articulation_rate == pytest.approx(6 / 1.6)
    assert fluency.words_per_minute == pytest.approx(60 * 4 / 2.2)
    assert (fluency.mean_length_run, fluency.max_length_run) == (3.0, 4)
    assert fluency.all_pause_count == 1
    assert fluency.all_pause_duration == pytest.approx(0.6)


@pytest.mark.parametrize(("gap_ms", "pauses"), [(0, 0), (249, 0), (250, 1), (2000, 1)])
def test_silence_counts_as_a_pause_from_250_ms(gap_ms: int, pauses: int) -> None:
    """Shorter silence belongs to the sounds."""
    assert measured(f"hello {gap_ms} there").all_pause_count == pauses
    assert PAUSE_S == 0.25


@pytest.mark.parametrize(
    ("script", "text", "expected"),
    [
        ("Well, 500 I see. 500 Good", None, [True, True]),
        ("I really 500 like cats", None, [False]),
        ("well 500 I see 500 good", "Well, I see. Good", [True, True]),
        ("Well, 500 I see", "Well I see", [False]),
        ("so 500 five dollars 500 and", "So five dollars and", [False, False]),
        ("I have 25, 300 then 300 six", "I have twenty-five, then six", [True, False]),
        ("我是 500 学生。 500 好", None, [False, True]),
    ],
)
def test_pauses_are_expected_at_punctuation(
    script: str, text: str | None, expected: list[bool]
) -> None:
    """Of the text that was read, else of the transcript itself."""
    language = "zh" if "我" in script else "en"
    pauses = measured(script, language, text).all_pause_list
    assert [pause.expected for pause in pauses] == expected


def test_a_pause_is_silence() -> None:
    """What is between two words and no silence of 250 ms, or a part of it, is no pause; the score
    still counts the time that a drawn-out word takes."""
    words = spoken("hello 400 there 400 you 600 are")
    silences = [(0.6, 1.0), (1.8, 2.1), (2.5, 2.9)]
    plain, heard = measure_fluency(words, "en", None), measure_fluency(words, "en", None, silences)
    assert plain is not None
    assert heard is not None
    assert [(p.start_ms, p.end_ms) for p in plain.all_pause_list] == [
        (400, 800),
        (1_200, 1_600),
        (2_000, 2_600),
    ]
    assert heard.all_pause_list == ()
    longer = measure_fluency(words, "en", None, [(0.45, 0.75), (1.0, 1.7), (2.2, 2.3)])
    assert longer is not None
    assert [(p.start_ms, p.end_ms) for p in longer.all_pause_list] == [(450, 750), (1_200, 1_600)]
    assert longer.all_pause_duration == pytest.approx(0.7)
    assert measure_fluency(words, "en", None, []) is not None


def test_pauses_have_times() -> None:
    """Milliseconds from the start of the utterance's audio."""
    (pause,) = measured("one 300 two").all_pause_list
    assert (pause.start_ms, pause.end_ms) == (400, 700)


@pytest.mark.parametrize(
    "words",
    [
        [],
        spoken("hello"),
        [RecognisedWord("-", 0, 1, 0.9), RecognisedWord("hello", 1, 2, 0.9)],
        [RecognisedWord("hello", 1, 1, 0.9), RecognisedWord("there", 1, 1.1, 0.9)],
    ],
    ids=["nothing", "one word", "one word and a dash", "no time"],
)
def test_too_little_speech_has_no_fluency(words: Sequence[RecognisedWord]) -> None:
    """Fewer than two words, or no time in which to say them, give no rates."""
    assert measure_fluency(words, "en", None) is None


# ---------------------------------------------------------------- hesitations


@pytest.mark.parametrize(
    ("script", "text", "fillers", "repetitions"),
    [
        ("um I uh, like cats", None, ("um", "uh,"), ()),
        ("I I like cats", None, (), ("I",)),
        ("I um I like cats", None, ("um",), ("I",)),
        ("I went I went home home", None, (), ("I went", "home")),
        ("It is very very good, no no", None, (), ()),
        ("one one two two", None, (), ()),
        ("the cat the dog", None, (), ()),
        ("um well the the cat", "Um, well, the cat", (), ("the",)),
        ("row row your boat", "Row, row your boat", (), ()),
    ],
)
def test_fillers_and_repetitions(
    script: str, text: str | None, fillers: tuple[str, ...], repetitions: tuple[str, ...]
) -> None:
    """Listed as heard; what the text has, and what is doubled on purpose, is no hesitation."""
    fluency = measured(script, text=text)
    assert (fluency.fillers, fluency.repetitions) == (fillers, repetitions)


def test_repetitions_of_other_languages() -> None:
    """A phrase counts; a doubled character of Chinese is a word."""
    assert measured("я пошёл я пошёл домой", "ru").repetitions == ("я пошёл",)
    assert measured("看 看 这里", "zh").repetitions == ()


def test_fillers_are_no_words() -> None:
    """They count neither as syllables nor as words."""
    fluency = measured("um I like uh cats")
    assert fluency.speech_rate == pytest.approx(3 / 2.0)
    assert fluency.words_per_minute == pytest.approx(60 * 3 / 2.0)


# ---------------------------------------------------------------- the score


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("I like cats and dogs", "I like 500 cats and dogs"),
        ("I like 500 cats and dogs", "I like 900 cats and dogs"),
        ("I like, 500 cats and dogs", "I like 500 cats and dogs"),
        ("I like cats and dogs", "I um like cats and dogs"),
        ("I like cats and dogs", "I like I like cats and dogs"),
    ],
)
def test_hesitation_costs(better: str, worse: str) -> None:
    """Pauses, most of all unexpected ones, fillers and repetitions lower the score."""
    assert measured(better).score > measured(worse).score


def test_a_breath_at_a_full_stop_is_free() -> None:
    """A short pause at punctuation costs nothing."""
    breath = round(1000 * FREE_PAUSE_S)
    assert measured(f"I see. {breath} Good").score == measured("I see. Good").score


def test_faster_articulation_scores_higher() -> None:
    """Up to a limit."""
    rates = [0.5, 1.0, 2.0, 3.0, 5.0, 6.0, 9.0]
    scores = [fluency_score(rate, 0.0, 8) for rate in rates]
    assert scores == sorted(scores)
    assert scores[0] == scores[1]
    assert scores[-1] == scores[-2]


@given(st.floats(0, 50), st.floats(0, 300), st.integers(0, 200))
def test_the_score_has_its_bounds(rate: float, lost_s: float, words: int) -> None:
    """0 to 100, whatever was measured; more time lost is never better."""
    score = fluency_score(rate, lost_s, words)
    assert 0 <= score <= 100
    assert fluency_score(rate, lost_s + 1, words) <= score


@given(
    st.lists(
        st.tuples(st.sampled_from("a um I, cats. — 25 éè".split()), st.floats(0, 3)), max_size=12
    )
)
def test_the_parts_agree(parts: list[tuple[str, float]]) -> None:
    """Pauses lie inside the utterance, runs add up, articulation is no slower than speech."""
    now, words = 0.0, []
    for text, gap in parts:
        words.append(RecognisedWord(text, now, now + 0.3, 0.5))
        now += 0.3 + gap
    fluency = measure_fluency(words, "en", None)
    if fluency is None:
        return
    assert len(fluency.all_pause_list) == fluency.all_pause_count
    assert fluency.articulation_rate >= fluency.speech_rate
    assert fluency.mean_length_run <= fluency.max_length_run
    assert all(0 <= p.start_ms < p.end_ms <= 1000 * now for p in fluency.all_pause_list)
