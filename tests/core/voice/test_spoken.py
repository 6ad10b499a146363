import pytest

from tutor.core.voice.spoken import said, spoken_form


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("It costs $5.50.", "It costs five dollars fifty."),
        ("€3 million and £1", "three million euros and one pound"),
        ("20 € or 5€", "twenty euros or five euros"),
        ("at 5:30 p.m. or 10:00", "at five thirty PM or ten o'clock"),
        ("at 7pm, 9 a.m.", "at seven PM, nine AM"),
        ("9:05", "nine oh five"),
        ("25% of 1,250,000", "twenty five percent of one million two hundred fifty thousand"),
        (
            "in 1999, the 1990s, 2005",
            "in nineteen ninety nine, the nineteen nineties, two thousand five",
        ),
        ("3.5 and -2 and 5-10", "three point five and minus two and five to ten"),
        ("2 kg, 1 km, 100 km/h", "two kilograms, one kilometer, one hundred kilometers an hour"),
        ("-5 °C", "minus five degrees celsius"),
        ("Dr. Smith and Mrs. Ng, e.g. here", "doctor Smith and missus Ng, for example here"),
        ("St. Mary in 21st St.", "saint Mary in twenty first street"),
        ("No. 5 vs. No. 6", "number five versus number six"),
        ("2026-11-30", "november thirtieth, twenty twenty six"),
        ("1/2 cup, 3/4, ½", "a half cup, three quarters, a half"),
        ("version 3.11.2", "version three point eleven point two"),
        ("me@example.com", "me at example dot com"),
        ("https://www.example.org/docs", "example dot org slash docs"),
        ("he/she and/or they", "he or she and or they"),
        ("A4, B2", "A four, B two"),
        ("2+2=4 & more", "two plus two equals four and more"),
        ("the word /θɪŋk/ is said so", "the word /θɪŋk/ is said so"),
        ('"three", not "tree"', '"three", not "tree"'),
        ("Say /θɪŋk/, not /tɪŋk/.", "Say /θɪŋk/, not /tɪŋk/."),
        ("Chapter IV -- on 21 March", "Chapter four, on the twenty first of March"),
        ("let x = 2y, and 2 x 3", "let x equals two y, and two times three"),
        ("It opens at 9 a.m.", "It opens at nine AM"),
        ("030 1234567", "zero three zero, one two three four five six seven"),
    ],
)
def test_english_is_written_as_it_is_spoken(written: str, spoken: str) -> None:
    """Numbers, money, times, units, short forms, dates, addresses; IPA and quotes stay."""
    assert spoken_form(written, "en-GB") == spoken


def test_other_languages_are_left_to_their_voices() -> None:
    """What is written in them is not put into English words."""
    assert spoken_form("Es kostet 5 €.", "de-DE") == "Es kostet 5 €."


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        (
            "es-ES",
            "Son 4,50 €, a las 7:30.",
            "Son cuatro euros con cincuenta, a las siete treinta.",
        ),
        ("es", "¿El Sr. López tiene 3 hijos?", "¿El señor López tiene tres hijos?"),
        ("es", "El 21 de marzo, piso 2º.", "El veintiuno de marzo, piso segundo."),
        ("fr-FR", "Ça fait 4,50 €.", "Ça fait quatre euros cinquante."),
        ("fr", "M. Dupont et Mme Martin", "monsieur Dupont et madame Martin"),
        ("fr", "J'ai 71 ans. Et toi ?", "J'ai soixante et onze ans. Et toi ?"),
    ],
)
def test_spanish_and_french_are_put_into_words(language: str, written: str, spoken: str) -> None:
    """Money, times, ordinals, and short forms without their full stop."""
    assert spoken_form(written, language) == spoken


@pytest.mark.parametrize("n", [0, 7, 13, 40, 99, 100, 999, 1_000, 20_017, 1_000_000])
def test_numbers_are_those_of_another_library(n: int) -> None:
    """num2words says the same, but for its commas, hyphens and "and"."""
    from num2words import num2words

    words = num2words(n).replace(",", "").replace("-", " ").replace(" and ", " ")
    assert spoken_form(f"{n:,}", "en") == words


@pytest.mark.parametrize(
    ("clause", "told"),
    [
        ("Hello there", "Hello there."),
        ("Hello!", "Hello!"),
        ('He said "no."', 'He said "no.'),
        ("two\nlines", "two lines."),
    ],
)
def test_a_clause_ends_in_punctuation(clause: str, told: str) -> None:
    """A voice lets its tone fall at a full stop, and not in the middle of nothing."""
    assert said(clause, "en") == told


@pytest.mark.parametrize(
    "unit",
    "1 a a. 1. 1, 1- $1 a@ a/ 1: 0_ A.B 1/2 (1 00: 1,000 www. a.a.a@ ab.com/ \u00e9".split(),
)
def test_no_text_takes_long(unit: str) -> None:
    """A page of one sign again and again is put into words in linear time."""
    assert spoken_form(unit * (20_000 // len(unit)), "en")
