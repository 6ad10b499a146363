import pytest

from tutor.core.text.syllables import count_syllables


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "I the make makes walked played while whole don't they're you'll eyes clothes tree"),
        (1, "loved moved stopped through friend house hours' school's she's he'd aged"),
        (2, "table little people wanted needed boxes watches being going playing science quiet"),
        (2, "lion didn't isn't it'll Rose's every something sometimes lovely homework hopeful"),
        (2, "before create prism beyond women police careless movement teachers giant"),
        (3, "beautiful family video radio piano animal everyone idea museum yesterday"),
        (3, "interested situate wonderful victories obvious seventeenth prettiest area"),
        (4, "information january experience education society variety usually especially"),
        (5, "university organization refrigerator pronunciation"),
    ],
)
def test_english_syllables(count: int, words: str) -> None:
    """Groups of vowels, silent letters left out, vowels that are spoken apart counted."""
    wrong = {word: count_syllables(word, "en") for word in words.split()}
    assert {word: found for word, found in wrong.items() if found != count} == {}


@pytest.mark.parametrize(
    ("language", "word", "count"),
    [
        ("de", "Straße", 2),
        ("de", "Häuser", 2),
        ("fr", "parlent", 1),
        ("fr", "école", 2),
        ("es", "día", 2),
        ("es", "estudiáis", 3),
        ("ru", "здравствуйте", 3),
        ("ru", "её", 2),
        ("el", "καλημέρα", 4),
        ("zh", "你好", 2),
        ("ja", "きょう", 2),
        ("ko", "안녕", 2),
        ("hi", "नमस्ते", 3),
        ("en", "25", 3),
        ("en", "well-known,", 2),
        ("en", "\u2014", 0),
        ("en", "", 0),
        ("en", "hmm", 1),
    ],
)
def test_syllables_of_other_scripts(language: str, word: str, count: int) -> None:
    """Each script by its own vowels; a number about as it is spoken; punctuation has none."""
    assert count_syllables(word, language) == count
