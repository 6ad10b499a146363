"""Spanish as IPA; what is right was compared with espeak-ng 1.51's `es`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.core.voice.spanish import spanish_ipa, word_ipa


@pytest.mark.parametrize(
    ("word", "ipa"),
    [
        ("llamo", "ʎˈamo"), ("reina", "rˈeɪna"), ("causa", "kˈaʊsa"), ("ciudad", "θjuðˈað"),
        ("viuda", "bjˈuða"), ("guerra", "ɡˈera"), ("agua", "ˈaɣwa"), ("queso", "kˈeso"),
        ("guitarra", "ɡitˈara"), ("jamón", "xamˈon"), ("gente", "xˈente"), ("méxico", "mˈexiko"),
        ("niño", "nˈiɲo"), ("perro", "pˈero"), ("caro", "kˈaɾo"), ("alrededor", "alreðeðˈoɾ"),
        ("honra", "ˈonra"), ("enviar", "embjˈaɾ"), ("examen", "eksˈamen"),
        ("xilófono", "silˈofono"), ("zapato", "θapˈato"), ("hecho", "ˈetʃo"),
        ("acción", "akθjˈon"), ("inglés", "iŋɡlˈes"),
        ("psicología", "sikoloxˈia"), ("raíz", "raˈiθ"), ("país", "paˈis"), ("huevo", "wˈeβo"),
        ("aldea", "aldˈea"), ("león", "leˈon"), ("héroe", "ˈeɾoe"), ("muy", "mˈuj"), ("hoy", "ˈoɪ"),
        ("y", "i"), ("para", "paɾa"), ("cinco", "θˈiŋko"), ("usted", "ustˈeð"), ("b", "bˈe"),
        ("pingüino", "piŋɡwˈino"), ("escena", "esθˈena"), ("camión", "kamjˈon"), ("baúl", "baˈul"),
        ("ahora", "aˈoɾa"), ("bienvenidos", "bjembenˈiðos"), ("cumpleaños", "kumpleˈaɲos"),
        ("averigüé", "aβeɾiɣwˈe"), ("estadounidense", "estaðoʊniðˈense"),
    ],
)  # fmt: skip
def test_a_word_sounds_as_it_is_spelled(word: str, ipa: str) -> None:
    """Glides, soft consonants, and the stress that the accent or the ending tells."""
    assert word_ipa(word) == ipa


def test_words_lean_on_each_other() -> None:
    """B, D and G are hard after a pause or a nasal alone, also of the word before."""
    assert spanish_ipa("El gato, dame un día.") == "el ɣˈato, dˈame ˈun dˈia."


def test_marks_are_kept_and_what_has_no_sound_is_not() -> None:
    """Capitals and opening marks make no difference; a dash is a comma."""
    assert spanish_ipa("¿Qué le gustaría — tomar?") == "kˈe le ɣustaɾˈia, tomˈaɾ?"


@given(st.text(alphabet="abcdeghilmnñoqrtuvxyzáéíóúü' -¿?,.", max_size=40))
def test_any_text_gives_sounds_and_marks_alone(text: str) -> None:
    """No letter that is none of IPA's, no two stresses in a word."""
    said = spanish_ipa(text)
    assert not set(said) & set("cñqvyzáéíóúü¿")
    assert all(word.count("ˈ") <= 1 for word in said.split())
