import pytest

from tutor.core.realtime.item import rest_of


@pytest.mark.parametrize(
    ("text", "sent", "rest"),
    [
        ("I went home.", "", "I went home."),
        ("I went home.", "I went", " home."),
        ("When I was a child, my family", "When I was a child. my", " family"),
        ("A child, my", "a child.", " my"),
        ("a child", "a child.", ""),
        ("Ice cream", "I scream", ""),
        ("I", "I went", ""),
        ("Il dit : oui", "il dit :", " oui"),
        ("Il dit : oui", "il dit", " : oui"),
        ("Sí. ¿Qué?", "sí.", " ¿Qué?"),
        ("我去学校。", "我,去", "学校。"),
        ("", "", ""),
    ],
)
def test_the_rest_of_a_text(text: str, sent: str, rest: str) -> None:
    """What follows the words that were sent, whatever their punctuation; nothing if they differ."""
    assert rest_of(text, sent) == rest
