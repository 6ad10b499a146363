import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.core.audio.guards import (
    cut_echo,
    cut_loop,
    cut_restart,
    is_echo,
    is_loop,
    is_silence,
    is_too_long,
    token_limit,
)
from tutor.core.audio.recognition import RecognisedWord


@pytest.mark.parametrize(
    ("no_speech", "log_probability", "silent"),
    [
        (0.05, -0.3, False),  # clear speech
        (0.7, -0.5, False),  # doubtful, but the words are sure
        (0.4, -1.5, False),  # unsure words of somebody who speaks
        (0.7, -1.1, True),
        (0.95, -0.1, True),  # surely nobody speaks, however sure the words
        (0.45, -1.1, False),  # at the threshold
        (0.9, -0.1, False),
    ],
)
def test_text_out_of_silence(no_speech: float, log_probability: float, silent: bool) -> None:
    """Text is made up where probably nobody spoke and the words are unsure, or nobody surely."""
    assert is_silence(no_speech, log_probability) == silent


@pytest.mark.parametrize(
    ("no_speech", "silent"), [(0.1, False), (0.7, False), (0.71, True), (0.95, True)]
)
def test_weights_that_know_noise_are_believed_sooner(no_speech: float, silent: bool) -> None:
    """However sure they are of their words."""
    assert is_silence(no_speech, -0.1, knows_noise=True) == silent


@pytest.mark.parametrize(
    ("audio_s", "tokens"), [(0.0, 8), (0.5, 14), (1.0, 20), (10.0, 128), (30.0, 220), (900.0, 220)]
)
def test_tokens_that_fit_into_audio(audio_s: float, tokens: int) -> None:
    """The number of tokens grows with the audio, from a few spare ones to Whisper's own limit."""
    assert token_limit(audio_s) == tokens


@pytest.mark.parametrize(
    "text",
    [
        "no no no no",
        "I go. I go, I go I GO",
        "and then and then and then and then we left",
        "a b c d e f " * 4,
        "哈" * 60,
        "thank you " * 30,
    ],
)
def test_loops(text: str) -> None:
    """One phrase four times in a row, or text far too regular, is a loop."""
    assert is_loop(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "No, no, no!",
        "It was very very very good.",
        "She sells sea shells by the sea shore, and the shells she sells are sea shells.",
        "The quick brown fox jumps over the lazy dog while the cat sleeps in the warm sun.",
        "我昨天去学校的时候遇到了一个老朋友",
    ],
)
def test_what_people_say_is_no_loop(text: str) -> None:
    """Emphasis and ordinary repetition are let through."""
    assert not is_loop(text)


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("so so so so so", "so so"),
        ("I like it. I like it, I like it I like it", "I like it. I like it,"),
        ("we went home and then and then and then", "we went home and then and then"),
        ("no no", "no no"),
        ("bye bye bye now", "bye bye bye now"),
        ("a  text   as it was", "a  text   as it was"),
        ("", ""),
    ],
)
def test_a_loop_is_cut_to_two_rounds(text: str, cut: str) -> None:
    """A phrase that repeats to the end is said twice at most; other text is left alone."""
    assert cut_loop(text) == cut


def spoken(text: str, word_s: float) -> list[RecognisedWord]:
    """The words of a text, one after the other."""
    return [
        RecognisedWord(word, n * word_s, (n + 1) * word_s, 0.9)
        for n, word in enumerate(text.split())
    ]


@pytest.mark.parametrize(
    ("text", "word_s", "loop"),
    [
        ("0, 0, 0, 0", 0.5, False),
        ("No, no, no, no, no!", 0.3, False),
        ("I go. I go, I go I GO", 0.2, False),
        ("no no no no", 0.05, True),
        ("thank you " * 30, 0.02, True),
        ("I like " + "哈" * 60, 0.3, True),
    ],
)
def test_a_loop_takes_no_time(text: str, word_s: float, *, loop: bool) -> None:
    """What was really said again and again takes its time in the audio, round by round."""
    assert is_loop(text, spoken(text, word_s)) is loop


@pytest.mark.parametrize(
    ("text", "audio_s", "cut"),
    [
        ("no no no no no", 2.5, "no no no no no"),
        ("no no no no no", 1.0, "no no"),
        ("so so so so so", 0.0, "so so"),
    ],
)
def test_a_partial_keeps_the_repetitions_that_fit(text: str, audio_s: float, cut: str) -> None:
    """A partial has no word times: its length is compared with that of the audio."""
    assert cut_loop(text, audio_s) == cut


texts = st.lists(st.sampled_from(["a", "b", "B,", "c"]), max_size=24)


@given(texts)
def test_cutting_only_ever_shortens(words: list[str]) -> None:
    """What is left of a text is its beginning, and something is always left."""
    left = cut_loop(" ".join(words)).split()
    assert left == words[: len(left)]
    assert bool(left) == bool(words)


@given(texts, st.lists(st.sampled_from(["x", "y", "z"]), min_size=1, max_size=4), st.integers(3, 9))
def test_any_repeated_ending_is_cut(words: list[str], phrase: list[str], times: int) -> None:
    """Three rounds and more at the end never survive whole."""
    left = cut_loop(" ".join(words + phrase * times)).split()
    assert len(words) < len(left) <= len(words) + 2 * len(phrase)


@pytest.mark.parametrize(
    ("text", "once"),
    [
        ("Get me out of here. Get me out of here.", "Get me out of here."),
        ("I see, the train leaves the train leaves", "I see, the train leaves"),
        ("well the train leaves, The train leaves the", "well the train leaves,"),
        ("we call it bear we call it bear we call", "we call it bear"),
    ],
)
def test_a_sentence_said_again_is_an_echo(text: str, once: str) -> None:
    """A phrase of three words or more that follows itself is an echo; it is cut to one round."""
    assert is_echo(text)
    assert cut_echo(text) == once


@pytest.mark.parametrize(
    "text", ["", "no no no", "I think I think so", "the cat saw the dog and the cat saw the bird"]
)
def test_short_and_distant_repetition_is_no_echo(text: str) -> None:
    """Two words said twice, or a phrase that returns later, are left alone."""
    assert not is_echo(text)
    assert cut_echo(text) == text


@pytest.mark.parametrize(
    ("text", "once"),
    [
        ("When I was a child. When I was a", "When I was a child."),
        ("the small village. The small village", "the small village."),
        ("I went to the I went to the market", "I went to the I went to the market"),
        ("so I think so I", "so I think so I"),
        ("one two", "one two"),
        ("", ""),
    ],
)
def test_a_tail_that_begins_the_text_anew_is_cut(text: str, once: str) -> None:
    """Three words or more that repeat the beginning and end there are an echo still growing."""
    assert cut_restart(text) == once


def test_more_text_than_was_said_is_too_long() -> None:
    """A hypothesis that reaches the limit of tokens was not ended by the speaker."""
    assert is_too_long(token_limit(2.0), 2.0)
    assert not is_too_long(token_limit(2.0) - 1, 2.0)
