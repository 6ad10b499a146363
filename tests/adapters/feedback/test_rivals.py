from tutor.adapters.feedback.rivals import rivals_in
from tutor.core.audio.recognition import RecognisedWord, Recognition
from tutor.core.feedback.pronunciation.bounds import Origin
from tutor.core.feedback.pronunciation.rivals import EVEN, Rival
from tutor.core.feedback.reading.passages import locate
from tutor.core.feedback.reading.reading import whole
from tutor.core.text.wording import split_words


def held(text: str, said: str, sure: float = 0.9) -> dict[str, list[Rival]]:
    """What the words of a text are held against when something was recognised."""
    words = split_words(text, "en")
    heard = [RecognisedWord(word, n, n + 1, sure) for n, word in enumerate(said.split())]
    passage = whole(locate(words, 0, heard, "en"), words)
    found = rivals_in(passage, words, Recognition(said, "en", tuple(heard)), ())
    return {words[n]: rivals for n, rivals in found.items()}


def test_a_number_is_told_in_words_where_the_text_has_words() -> None:
    """ "I heard thirteen", not "13"; where the text has figures so has what was heard."""
    (rival,) = held("We leave at thirty past nine.", "We leave at 13 past 9.")["thirty"]
    assert rival == Rival("thirteen", Origin.HEARD, 0.9)
    (rival,) = held("We have 30 seats.", "We have 13 seats.")["30"]
    assert rival.text == "13"


def test_figures_that_were_made_of_a_word_are_held_against_nothing() -> None:
    """ "Nature" that became "19th": it was not understood."""
    assert "nature" not in held("We love nature and art.", "We love 19th and art.")


def test_a_function_word_that_was_written_is_held_against_nothing_at_all() -> None:
    """A recogniser writes it for grammar's sake; other words, and what was not written so, stand
    against what was."""
    found = held("I would like to see it.", "I would like to sea it.")
    assert {word for word, rivals in found.items() if rivals == [Rival("", Origin.SUPPLIED)]} == {
        "I", "would", "to", "it.",
    }  # fmt: skip
    assert found["see"] == [Rival("sea", Origin.HEARD, 0.9)]
    assert held("I like to swim.", "I like swim.")["to"] == [Rival("", Origin.SKIPPED)]
    assert held("I like to swim.", "like to swim.")["I"] == [Rival("", Origin.BEGUN)]


def test_nobody_is_sure_of_two_words_for_one() -> None:
    """ "And Lisa" for "Alisa": neither of them stands for it."""
    (rival,) = held("Alisa has two cats.", "And Lisa has two cats.")["Alisa"]
    assert rival == Rival("Lisa", Origin.HEARD, EVEN)
    (rival,) = held("Alisa has two cats.", "Lisa has two cats.")["Alisa"]
    assert rival.sure == 0.9
