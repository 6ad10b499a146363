"""Guards against made-up text, over any text: what they cut, what they leave, what they agree
on."""

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from tutor.core.audio.guards import (
    compression,
    cut_echo,
    cut_loop,
    cut_restart,
    is_echo,
    is_loop,
    is_silence,
    is_too_long,
    token_limit,
)

PROBABILITIES = st.floats(0, 1)

LOG_PROBABILITIES = st.floats(-10, 0)

SECONDS = st.floats(0, 60)

FEW = st.lists(st.sampled_from(["a", "b", "c"]), max_size=14).map(" ".join)
"""Texts of few words, which repeat themselves soon."""

PHRASES = st.lists(st.sampled_from("one two three four five six".split()), unique=True, min_size=3)

CUTS = st.sampled_from([cut_echo, cut_loop, cut_restart])


def respelt(text: str) -> str:
    """The same words with other capitals and marks."""
    return " ".join(
        word.upper() + "," if at % 2 else f'"{word}' for at, word in enumerate(text.split())
    )


# ---------------------------------------------------------------- silence and length


@given(PROBABILITIES, PROBABILITIES, LOG_PROBABILITIES, LOG_PROBABILITIES)
def test_less_speech_and_less_certainty_are_never_more_believable(
    one: float, other: float, log_one: float, log_other: float
) -> None:
    """Text that was believed is believed with surer words and likelier speech, too."""
    doubtful = is_silence(max(one, other), min(log_one, log_other))
    assert is_silence(min(one, other), max(log_one, log_other)) <= doubtful


@given(SECONDS, SECONDS)
def test_longer_audio_holds_no_fewer_tokens(one: float, other: float) -> None:
    """The limit grows with the audio, so more audio never makes a text too long."""
    assert token_limit(min(one, other)) <= token_limit(max(one, other))


@given(SECONDS, st.integers(0, 300), st.integers(0, 300))
def test_a_text_becomes_too_long_once(audio_s: float, tokens: int, more: int) -> None:
    """What is too long stays so with more tokens, and no text at all never is."""
    assert is_too_long(tokens, audio_s) <= is_too_long(tokens + more, audio_s)
    assert not is_too_long(0, audio_s)


# ---------------------------------------------------------------- what repeats


@given(FEW)
def test_capitals_and_marks_hide_no_echo(text: str) -> None:
    """Whisper spells a sentence otherwise when it says it again; that changes nothing."""
    assert is_echo(text) == is_echo(respelt(text))


@given(FEW, CUTS)
def test_what_is_cut_depends_on_words_alone(text: str, cut: Callable[[str], str]) -> None:
    """The same words in another spelling are cut at the same place."""
    assert len(cut(text).split()) == len(cut(respelt(text)).split())


@given(st.text(max_size=60), CUTS)
def test_a_cut_text_is_the_beginning_of_the_text(text: str, cut: Callable[[str], str]) -> None:
    """No guard changes a word, moves one or empties a text; what it leaves alone it leaves as it
    was, with its spaces."""
    left = cut(text)
    assert left.split() == text.split()[: len(left.split())]
    assert bool(left.split()) == bool(text.split())
    if len(left.split()) == len(text.split()):
        assert left == text


@given(PHRASES, st.integers(2, 4))
def test_a_phrase_said_again_is_cut_to_one_round(phrase: list[str], rounds: int) -> None:
    """However often a phrase of three words or more is repeated, one round is left."""
    text = " ".join(phrase * rounds)
    assert is_echo(text)
    assert cut_echo(text) == " ".join(phrase)


@given(PHRASES, st.data())
def test_an_echo_that_is_still_growing_is_cut_too(phrase: list[str], data: st.DataObject) -> None:
    """The last round of an echo may be incomplete, as long as one whole round follows the first."""
    rest = phrase[: data.draw(st.integers(0, len(phrase) - 1))]
    assert cut_echo(" ".join(phrase * 2 + rest)) == " ".join(phrase)


@given(PHRASES, st.data())
def test_a_sentence_begun_again_is_cut_from_its_third_word_on(
    phrase: list[str], data: st.DataObject
) -> None:
    """Two words may be a slip that the learner corrects; three are an echo."""
    again = data.draw(st.integers(1, len(phrase)))
    text = " ".join(phrase + phrase[:again])
    assert cut_restart(text) == (text if again < 3 else " ".join(phrase))


@given(PHRASES, st.lists(st.sampled_from(["seven", "eight"]), min_size=1, unique=True))
def test_who_goes_on_after_a_repetition_is_left_alone(phrase: list[str], more: list[str]) -> None:
    """A learner who says the phrase again and then something else meant it: nothing is cut."""
    text = " ".join(phrase * 2 + more)
    assert is_echo(text)
    assert cut_echo(text) == cut_restart(text) == cut_loop(text) == text


@given(PHRASES)
def test_words_that_are_all_different_pass_every_guard(phrase: list[str]) -> None:
    """Where nothing is said twice there is nothing to cut."""
    text = " ".join(phrase)
    assert not is_echo(text)
    assert not is_loop(text)
    assert cut_echo(text) == cut_loop(text) == cut_restart(text) == text


@given(FEW)
def test_only_an_echo_is_cut_as_one(text: str) -> None:
    """What `cut_echo` shortens is what `is_echo` has found."""
    assert cut_echo(text) == text or is_echo(text)


@given(FEW, st.lists(st.sampled_from("xyz"), unique=True, min_size=1), st.integers(4, 9))
def test_a_loop_is_one_before_it_is_cut(text: str, phrase: list[str], rounds: int) -> None:
    """Four rounds of any short phrase are found wherever they begin, and two are left."""
    whole = " ".join([*text.split(), *phrase * rounds])
    assert is_loop(whole)
    assert cut_loop(whole).split()[len(text.split()) :] == phrase * 2


# ---------------------------------------------------------------- compression


@given(st.text(min_size=1, max_size=40), st.integers(2, 6))
def test_a_text_said_over_compresses_better(text: str, rounds: int) -> None:
    """Repetition makes the ratio larger, in any script."""
    assert compression(text * rounds * 4) > compression(text)


def test_nothing_compresses_to_nothing() -> None:
    """An empty text is no loop and no mistake of arithmetic."""
    assert compression("") == 0.0
    assert not is_loop("")
