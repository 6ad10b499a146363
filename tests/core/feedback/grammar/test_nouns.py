import pytest

from tutor.core.feedback.grammar.nouns import plural, with_article


@pytest.mark.parametrize(
    ("noun", "more"),
    [("book", "books"), ("city", "cities"), ("day", "days"), ("Class", "classes"), ("man", "men")],
)
def test_plurals(noun: str, more: str) -> None:
    """Regular and irregular, in small letters."""
    assert plural(noun) == more


def test_an_article_fits_the_sound() -> None:
    """Before a vowel it is "an"; what follows keeps its capital."""
    assert [with_article(noun) for noun in ("cook", "Actor")] == ["a cook", "an Actor"]
