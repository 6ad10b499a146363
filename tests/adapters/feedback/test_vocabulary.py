import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.adapters.feedback.vocabulary import Vocabulary


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    """One word list, as a worker has."""
    return Vocabulary()


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("The cat is black and the dog is white. I like them.", "A1"),
        ("He confessed that his negligence had jeopardised the entire endeavour.", "B2"),
    ],
)
def test_levels_of_words(vocabulary: Vocabulary, text: str, level: str) -> None:
    """Everyday words are A1, learned ones are higher."""
    assert vocabulary.level(text) == level


def test_one_rare_word_is_chance(vocabulary: Vocabulary) -> None:
    """A level is reached by two different words; saying one twice does not count."""
    plain = "my mother has a big dog and small cats"
    assert vocabulary.level(f"{plain} notwithstanding") == vocabulary.level(plain)
    assert vocabulary.level(f"{plain} notwithstanding notwithstanding") == vocabulary.level(plain)


def test_a_tenth_of_the_words_must_reach_a_level(vocabulary: Vocabulary) -> None:
    """In a long utterance two rare words are chance as well."""
    plain = (
        "mother father house school white black dog cat happy big small bread milk apple week "
        "month year morning evening brother sister friend"
    )
    rare = "negligence endeavour"
    assert vocabulary.level(f"{plain} {rare}") == vocabulary.level(plain)
    assert vocabulary.level(f"my big black dog {rare}") != vocabulary.level("my big black dog now")


@pytest.mark.parametrize(
    "text", ["", "Yes.", "I do, I do, I do.", "My dog is big", "xyzzy plugh frobnicate qwerty"]
)
def test_too_few_known_words_have_no_level(vocabulary: Vocabulary, text: str) -> None:
    """Under four different known words there is no level."""
    assert vocabulary.level(text) is None


def test_names_have_no_level(vocabulary: Vocabulary) -> None:
    """A capital inside the sentence marks a name."""
    assert vocabulary.level("Hello Rose, here are Frank, Grace and Mark.") is None


@given(st.text(max_size=80))
def test_any_text_is_taken(vocabulary: Vocabulary, text: str) -> None:
    """The answer is a level or none."""
    assert vocabulary.level(text) in (None, "A1", "A2", "B1", "B2", "C1", "C2")
