"""A text's words among those that were added to it."""

from tutor.core.feedback.assessment import PronouncedWord, Pronunciation
from tutor.core.feedback.pronunciation.asked import Asked
from tutor.core.feedback.pronunciation.bounds import Origin
from tutor.core.feedback.pronunciation.rivals import Rival

SHEEP = Rival("sheep", Origin.HEARD)
TEXT = Asked.of(["A", "ship", "at", "5."], {3: ("five", "5")}, {1: [SHEEP]}, {0: 0.9, 2: 0.8})
ADDED = {0: ["Well,", "yes,"], 2: ["now"], 4: ["today"]}


def test_what_is_known_of_a_word_moves_with_it() -> None:
    """Of the added words nothing is known; as they are said, figures are in words."""
    longer = TEXT.with_added(ADDED)
    assert longer.words == "Well, yes, A ship now at 5. today".split()
    assert longer.plain == "Well, yes, A ship now at five today".split()
    assert (longer.rivals, longer.recognised) == ({3: [SHEEP]}, {2: 0.9, 5: 0.8})
    assert list(longer.own) == [2, 3, 5, 6]
    assert Asked.of(["A"], {}, None, {}).with_added({1: ["b"]}).rivals is None


def test_what_is_told_is_told_of_the_text() -> None:
    """What was said instead of an added word is nobody's business."""
    longer = TEXT.with_added(ADDED)
    words = tuple(PronouncedWord(word, n, n + 1, 80, 0.9) for n, word in enumerate(longer.words))
    found = Pronunciation(
        80,
        80,
        80,
        80,
        True,
        words,
        replaced=((3, "sheep"), (4, "new")),
        doubtful=((7, "to"), (5, "")),
    )
    told = longer.without_added(found)
    assert [word.text for word in told.words] == ["A", "ship", "at", "5."]
    assert [word.start_ms for word in told.words] == [2, 3, 5, 6]
    assert (told.replaced, told.doubtful) == (((1, "sheep"),), ((2, ""),))
    assert TEXT.without_added(found).replaced == ((3, "sheep"),)
