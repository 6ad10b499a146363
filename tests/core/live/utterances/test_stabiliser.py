import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tutor.core.live.utterances.stabiliser import Stabiliser, Stable
from tutor.core.text.normal import normalise


def receive(*hypotheses: str, language: str = "en") -> Stable:
    """What is shown after these hypotheses."""
    stabiliser = Stabiliser()
    for text in hypotheses:
        stabiliser.receive_hypothesis(text, language)
    return stabiliser.stable


words = st.lists(
    st.sampled_from(["I", "go", "Go.", "went", "to", "to,", "school", "…"]), max_size=8
)
hypotheses = st.tuples(st.one_of(words.map(" ".join), st.text(max_size=12)), st.just("en"))
spoken = st.one_of(
    st.lists(hypotheses, max_size=10),
    st.lists(st.tuples(st.text("我去学校 ,。", max_size=8), st.just("zh")), max_size=10),
    st.lists(st.one_of(hypotheses, st.tuples(st.text(max_size=6), st.just("ja"))), max_size=10),
)


@given(spoken)
@example([("hello world", "en"), ("hello world", "en"), ("こんにちは", "ja")])
def test_committed_text_never_changes(hypotheses: list[tuple[str, str]]) -> None:
    """Whatever is heard next, in whatever language, committed text only grows at its end."""
    stabiliser = Stabiliser()
    committed = ""
    for text, language in hypotheses:
        stable = stabiliser.receive_hypothesis(text, language)
        assert stable == stabiliser.stable
        assert stable.committed.startswith(committed)
        committed = stable.committed


@given(st.lists(st.text("abc", min_size=1, max_size=2), max_size=20), st.data())
def test_growing_hypotheses_are_shown_whole(said: list[str], data: st.DataObject) -> None:
    """While each hypothesis only adds to the last one, committed and tentative are all of it."""
    stabiliser, known = Stabiliser(), 0
    for length in sorted(data.draw(st.lists(st.integers(0, len(said)), max_size=6))):
        stable = stabiliser.receive_hypothesis(" ".join(said[:length]), "en")
        assert stable.committed.split() == said[:known]
        assert stable.tentative.split() == said[known:length]
        known = length


@given(st.lists(hypotheses, max_size=8), words)
def test_committed_text_was_heard_twice(before: list[tuple[str, str]], last: list[str]) -> None:
    """A word is committed only if two successive hypotheses have it."""
    stabiliser = Stabiliser()
    text = ""
    for text, language in before:
        stabiliser.receive_hypothesis(text, language)
    known = stabiliser.stable.committed.split()
    now = stabiliser.receive_hypothesis(" ".join(last), "en").committed.split()
    heard = {normalise(word) for word in text.split()} & {normalise(word) for word in last}
    assert {normalise(word) for word in now[len(known) :]} <= heard


def test_one_hypothesis_is_tentative() -> None:
    """What was heard once may still change."""
    assert receive("I think so") == Stable("", "I think so")


def test_two_hypotheses_that_agree_commit() -> None:
    """What two hypotheses have in common from the start on is committed."""
    assert receive("I think sew", "I think so we") == Stable("I think", "so we")


def test_agreement_must_be_of_successive_hypotheses() -> None:
    """A word that came and went is not committed by coming back."""
    assert receive("I see", "You sea", "I see") == Stable("", "I see")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("hello world", "Hello, world!"),
        ("it's", "It\u2019s"),
        ("“Quite”", "quite…"),
        ("STRASSE", "straße"),
        ("\uff21\uff22\uff23", "ABC"),  # full width
        ("cafe\u0301", "caf\u00e9"),
    ],
)
def test_case_and_punctuation_do_not_matter(first: str, second: str) -> None:
    """Hypotheses agree without case, punctuation and the encoding of accents; the newer shows."""
    assert receive(first, second) == Stable(second, "")


def test_a_changed_word_stops_the_commit() -> None:
    """What follows the first difference stays tentative, even where it agrees again."""
    assert receive("a b c d", "a x c d") == Stable("a", "x c d")


def test_committed_text_keeps_its_spelling() -> None:
    """A hypothesis that spells a committed word otherwise changes nothing that was shown."""
    assert receive("the colour", "the colour", "The color of it") == Stable("the colour", "of it")


@pytest.mark.parametrize(
    "newest",
    [
        "I went to school today",
        "I want to school today",  # one word respelt
        "I want two school today",  # two words
        "went to school today",  # the first one lost
        "I to school today",  # one in the middle lost
        "Well I went to school today",  # one more in front
        "I went off to school today",  # one more in the middle
        "I went to the school today",  # one more before the last
    ],
)
def test_a_hypothesis_that_differs_in_committed_words(newest: str) -> None:
    """A committed word that was lost, respelt or added to neither doubles nor drops new text."""
    shown = receive("I went to school", "I went to school", newest)
    assert shown == Stable("I went to school", "today")


def test_a_shorter_hypothesis_takes_nothing_back() -> None:
    """When a hypothesis falls short of the committed text, nothing is tentative."""
    assert receive("a b c d", "a b c d", "a b") == Stable("a b c d", "")
    assert receive("a b c d", "a b c d", "") == Stable("a b c d", "")


def test_silence_shows_nothing() -> None:
    """No hypothesis, or an empty one, is no text."""
    assert receive() == Stable("", "")
    assert receive("", " ") == Stable("", "")


@pytest.mark.parametrize("language", ["zh", "ja", "yue", "th"])
def test_languages_without_spaces_agree_by_character(language: str) -> None:
    """Where words are not spaced, characters are committed one by one, without spaces."""
    assert receive("我去学", "我 去学校了", language=language) == Stable("我去学", "校了")


def test_a_change_of_language_leaves_committed_text_as_it_was() -> None:
    """A recogniser that changes its mind about the language does not glue shown words together."""
    stabiliser = Stabiliser()
    for text in ("hello world", "hello world"):
        stabiliser.receive_hypothesis(text, "en")
    assert stabiliser.receive_hypothesis("こん", "ja").committed == "hello world"


def shown(*hypotheses: tuple[str, list[float]]) -> str:
    """All text on the screen after hypotheses with their words' confidences."""
    stabiliser, stable = Stabiliser(), Stable("", "")
    for text, confidences in hypotheses:
        stable = stabiliser.receive_hypothesis(text, "en", confidences)
    return f"{stable.committed}|{stable.tentative}"


def test_a_guess_is_not_shown_behind_other_words() -> None:
    """Text is tentative up to the first word that the recogniser only guesses."""
    assert shown(("I went two", [0.9, 0.9, 0.4])) == "|I went"
    assert shown(("I won two markets", [0.9, 0.4, 0.9, 0.9])) == "|I"


def test_a_first_guess_is_shown() -> None:
    """On an empty screen a guess is better than nothing."""
    assert shown(("Hi there", [0.2, 0.9])) == "|Hi"


def test_a_guess_replaces_nothing() -> None:
    """What was shown stays while nothing sure contradicts it."""
    said = ("we went home", [0.9, 0.9, 0.9])
    assert shown(said, ("we want", [0.9, 0.3])) == "we|went home"
    assert shown(said, ("", [])) == "|we went home"


def test_a_sure_word_replaces_what_was_shown() -> None:
    """A hypothesis that is sure of another word takes the screen."""
    said = ("we went home", [0.9, 0.9, 0.9])
    assert shown(said, ("we want to", [0.9, 0.8, 0.9])) == "we|want to"


def test_guesses_that_agree_are_committed() -> None:
    """Two hypotheses that say the same are sure enough together."""
    guess = ("we want home", [0.9, 0.3, 0.3])
    assert shown(guess, guess) == "we want home|"


@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from([0.1, 0.9])), max_size=6),
        max_size=6,
    )
)
def test_committed_text_only_grows_whatever_is_sure(
    hypotheses: list[list[tuple[str, float]]],
) -> None:
    """Confidences decide what is shown, never what is committed."""
    sure, unsure = Stabiliser(), Stabiliser()
    for hypothesis in hypotheses:
        text = " ".join(word for word, _ in hypothesis)
        before = unsure.stable.committed
        stable = unsure.receive_hypothesis(text, "en", [p for _, p in hypothesis])
        assert stable.committed.startswith(before)
        assert stable.committed == sure.receive_hypothesis(text, "en").committed
