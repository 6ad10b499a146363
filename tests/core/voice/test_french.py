"""French words beside each other."""

import pytest

from tutor.core.voice.french import elided, french_ipa, stressed

WORDS = {
    "les": "le", "enfants": "ɑ̃fɑ̃", "héros": "eʁo", "hommes": "ɔm", "et": "e", "un": "œ̃",
    "ami": "ami", "vous": "vu", "êtes": "ɛt", "très": "tʁɛ", "aimable": "ɛmabl", "onze": "ɔ̃z",
    "grand": "ɡʁɑ̃", "oui": "wi", "oiseaux": "wazo", "qu'est-ce": "kɛs", "que": "kə", "nous": "nu",
    "avez-vous": "avevu", "une": "yn", "premier": "pʁəmje", "étage": "etaʒ", "chez": "ʃe",
    "elle": "ɛl", "table": "tabl", "petit": "pəti", "deux": "dø", "heures": "œʁ",
    "neuf": "nœf", "amis": "ami",
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "ipa"),
    [
        ("les enfants", "lez ɑ̃fˈɑ̃"),
        ("les héros", "le eʁˈo"),
        ("les hommes", "lez ˈɔm"),
        ("les oiseaux", "lez wazˈo"),
        ("les onze", "le ˈɔ̃z"),
        ("un ami et un grand ami", "œ̃n amˈi e œ̃ ɡʁˈɑ̃t amˈi"),
        ("Vous êtes très aimable.", "vuz ˈɛt tʁˈɛz ɛmˈabl."),
        ("et oui", "e wˈi"),
        ("Qu'est-ce que vous avez-vous, une table ?", "kɛs kə vuz avevˈu, yn tˈabl?"),
        ("premier étage", "pʁəmjˈeʁ etˈaʒ"),
        ("deux heures", "dˈøz ˈœʁ"),
        ("vous, elle", "vu, ɛl"),
        ("neuf heures", "nˈœv ˈœʁ"),
        ("neuf amis", "nˈœf amˈi"),
    ],
)
def test_the_last_letter_of_some_words_is_heard_before_a_vowel(text: str, ipa: str) -> None:
    """Not before an aspirate, not over a pause, and never that of `et`."""
    assert french_ipa(text, WORDS.__getitem__) == ipa


def test_any_apostrophe_parts_what_has_lost_its_vowel() -> None:
    """Whatever stands behind it."""
    assert elided("l'addition") == ("l", "addition")
    assert elided("jusqu'ici") == ("ʒysk", "ici")
    assert elided("aujourd'hui") is None
    assert french_ipa("Qu\u2019est-ce", WORDS.__getitem__) == "kɛs"


def test_the_last_full_vowel_bears_the_stress() -> None:
    """A schwa does not, and a word without a vowel has none."""
    assert stressed("tablə") == "tˈablə"
    assert stressed("s") == "s"
