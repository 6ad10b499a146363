import pytest

from tutor.core.voice.heteronyms import heteronym


@pytest.mark.parametrize(
    ("sentence", "word", "sounds"),
    [
        ("please read the text", "read", "R IY1 D"),
        ("i have read it", "read", "R EH1 D"),
        ("they live here", "live", "L IH1 V"),
        ("close the door", "close", "K L OW1 Z"),
        ("it is close to here", "close", "K L OW1 S"),
        ("a new record", "record", "R EH1 K ER0 D"),
        ("you record your voice", "record", "R AH0 K AO1 R D"),
        ("i use it", "use", "Y UW1 Z"),
        ("it is of no use", "use", "Y UW1 S"),
        ("wait a minute", "minute", "M IH1 N AH0 T"),
    ],
)
def test_the_words_around_say_which_it_is(sentence: str, word: str, sounds: str) -> None:
    """A verb behind "to" and pronouns and before an object, a noun behind an article."""
    words = sentence.split()
    assert heteronym(words, words.index(word)) == sounds.split()


def test_other_words_are_the_lexicons() -> None:
    """Only words that are said in two ways are decided here."""
    assert heteronym(["hello"], 0) is None
