import pytest

from tutor.core.feedback.pronunciation.endings import is_lost_before, without_ending

WORDS = frozenset(
    "cat box bus study walk want stop live liv hope hop try knee nee thi new friend glas".split()
)


@pytest.mark.parametrize(
    ("word", "sounds", "stem", "short"),
    [
        ("cats,", "K AE TS", "cat", "K AE T"),
        ("friends", "F R EH N DZ", "friend", "F R EH N D"),
        ("boxes", "B OO K S IH Z", "box", "B OO K S"),
        ("studies.", "S T AH D IH Z", "study", "S T AH D IH"),
        ("Walked", "W AO K T", "walk", "W AO K"),
        ("wanted", "W OO N T IH D", "want", "W OO N T"),
        ("stopped", "S T OO P T", "stop", "S T OO P"),
        ("tried", "TR AY D", "try", "TR AY"),
        ("bus", "B AH S", None, ""),
        ("glass", "G L AA S", None, ""),
        ("this", "DH IH S", None, ""),
        ("need", "N IY D", None, ""),
        ("tennis", "T EH N IH S", None, ""),  # no dictionary has the rest
        ("cats", "K AE", None, ""),  # the lexicon has no ending to leave out
    ],
)
def test_a_word_without_its_ending(word: str, sounds: str, stem: str | None, short: str) -> None:
    """Its stem's spelling is a word's, and its sounds are the word's own but for the ending's."""
    stems, left = without_ending(word, tuple(sounds.split()), WORDS.__contains__)
    assert left == tuple(short.split())
    assert stems[-1:] == ((stem,) if stem else ())


def test_a_stem_may_be_spelled_in_two_ways() -> None:
    """Letters do not say whether an e belongs to it: the recogniser is asked for both."""
    stems, _ = without_ending("hoped", ("HH", "OW", "P", "T"), WORDS.__contains__)
    assert set(stems) == {"hope", "hop"}


@pytest.mark.parametrize(
    ("sounds", "short", "following", "lost"),
    [
        ("K AE TS", "K AE T", "S IH T", True),
        ("W AO K T", "W AO K", "T UW", True),
        ("W AO K T", "W AO K", "DH EH R", True),
        ("P EY N T IH D", "P EY N T", "DH AX", False),
        ("W AO K T", "W AO K", "HH OW M", False),
        ("K AE TS", "K AE T", "T UW", False),
        ("K AE TS", "K AE T", "", False),
    ],
)
def test_an_ending_gets_lost(sounds: str, short: str, following: str, lost: bool) -> None:
    """Before a sound of its own kind nobody can tell whether it was said."""
    assert is_lost_before(sounds.split(), short.split(), following.split()) == lost
