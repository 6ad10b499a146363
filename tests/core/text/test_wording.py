import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.core.feedback.pronunciation.judgeable import reference_words
from tutor.core.text.wording import alike, is_filler, split_words, tokenise


def keys(text: str, language: str = "en") -> list[str]:
    """The comparable keys of a text."""
    return [token.key for token in tokenise(split_words(text, language), language)]


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("25", "twenty-five"),
        ("3rd", "third"),
        ("the 21st century", "the twenty first century"),
        ("the 20th", "the twentieth"),
        ("$5", "five dollars"),
        ("$1", "one dollar"),
        ("£20", "twenty pounds"),
        ("20 £ or 5€.", "twenty pounds or five euros"),
        ("50%", "fifty percent"),
        ("1999", "nineteen ninety-nine"),
        ("2005", "two thousand and five"),
        ("2005", "twenty oh five"),
        ("1900", "nineteen hundred"),
        ("5:30", "five thirty"),
        ("5:00", "five o'clock"),
        ("105", "one hundred and five"),
        ("100", "a hundred"),
        ("1,500", "fifteen hundred"),
        ("1500", "one thousand five hundred"),
        ("5,000, 6,000", "five thousand, six thousand"),
        ("102,000", "one hundred two thousand"),
        ("2.5 million", "two point five million"),
        ("0351", "zero three five one"),
        ("I'm", "I am"),
        ("don't", "do not"),
        ("can't, won't", "cannot will not"),
        ("they've gone", "they have gone"),
        ("we're gonna go", "we are going to go"),
        ("goin' home", "going home"),
        ("Mr. Brown", "mister brown"),
        ("e-mail", "e mail"),
        ("the U.S.A.", "the USA"),
        ("at 5pm", "at five p.m."),
        ("O.K.", "okay"),
        ("R&B", "R and B"),
        ("$5 million", "five million dollars"),
        ("\u201cIt\u2019s\u201d", "it's"),
    ],
)
def test_what_is_said_alike_is_equal(written: str, spoken: str) -> None:
    """Numbers, contractions, money, times and hyphens count as what is spoken."""
    assert keys(written) == keys(spoken)


@pytest.mark.parametrize(
    "pair",
    (
        "colour/color organise/organize organisation/organization realised/realized "
        "neighbours/neighbors favourite/favorite centre/center theatres/theaters litre/liter "
        "travelling/traveling cancelled/canceled modelling/modeling analysed/analyzed "
        "dialogue/dialog catalogues/catalogs grey/gray programme/program cheque/check "
        "defence/defense licence/license practise/practice jewellery/jewelry cosy/cozy "
        "pyjamas/pajamas enrol/enroll skilful/skillful yoghurt/yogurt"
    ).split(),
)
def test_british_and_american_spellings_are_equal(pair: str) -> None:
    """A reader cannot be heard to spell."""
    british, american = pair.split("/")
    assert keys(british) == keys(american)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("four", "for"),
        ("our", "or"),
        ("hour", "hor"),
        ("tour", "tor"),
        ("filled", "filed"),
        ("called", "caled"),
        ("rice", "rise"),
        ("timbre", "timber"),
        ("here", "her"),
        ("there", "ther"),
        ("vague", "vag"),
        ("25", "52"),
        ("twenty five", "twenty four"),
        ("a hundred", "a thousand"),
        ("do", "don't"),
        ("oh my", "zero my"),
        ("several hundred", "several hundreds"),
    ],
)
def test_different_words_stay_different(left: str, right: str) -> None:
    """No rule of spelling makes two words one."""
    assert keys(left) != keys(right)


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        ("'s", "is", True),
        ("has", "'s", True),
        ("'s", "us", True),
        ("'d", "had", True),
        ("would", "'d", True),
        ("'s", "are", False),
        ("'d", "'s", False),
        ("is", "has", False),
    ],
)
def test_short_forms_stand_for_several_words(left: str, right: str, equal: bool) -> None:
    """ "She's" is "she is" or "she has"."""
    assert alike(left, right) == equal


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I'm twenty-five", [("i", 0, 1), ("am", 0, 1), ("2", 1, 2), ("5", 1, 2)]),
        ("a hundred dogs", [("1", 0, 2), ("0", 0, 2), ("0", 0, 2), ("dogs", 2, 3)]),
        ("$5 a day", [("5", 0, 1), ("dollars", 0, 1), ("a", 1, 2), ("day", 2, 3)]),
    ],
)
def test_tokens_know_their_words(text: str, words: list[tuple[str, int, int]]) -> None:
    """Each token says which words of the text it came from."""
    tokens = tokenise(text.split(), "en")
    assert [(token.key, token.start, token.end) for token in tokens] == words


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("fr", "L\u2019école, c'est 1 000 m", ["l", "école", "c", "est", "mille", "mètres"]),
        ("de", "STRASSE Straße 1.000", ["strasse", "strasse", "eintausend"]),
        ("ru", "Ещё ёлка: 25!", ["еще", "елка", "20", "5"]),
        ("es", "¿Qué hora, niño?", ["qué", "hora", "niño"]),
        ("zh", "你好,世界。25岁", ["你", "好", "世", "界", "2", "5", "岁"]),
        ("ja", "これはTomです", ["こ", "れ", "は", "tom", "で", "す"]),
        ("ar", "مُحَمَّد", ["محمد"]),
        ("hi", "नमस्ते १२", ["नमस्ते", "1", "2"]),
        ("fr", "L\u00b4école, c\u02bcest l`eau", ["l", "école", "c", "est", "l", "eau"]),
        ("de-AT", "Grüß Gott", ["grüss", "gott"]),
    ],
)
def test_other_languages(language: str, text: str, expected: list[str]) -> None:
    """Any script is compared without case, punctuation and encoding; numbers as they are said."""
    assert keys(text, language) == expected


def test_decomposed_letters_are_equal_to_composed_ones() -> None:
    """An accent may come as a character of its own."""
    assert keys("cafe\u0301", "fr") == keys("caf\u00e9", "fr")


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        (
            "Well \u2013 she said: \u201cno\u201d.",
            "en",
            ("Well", "she", "said:", "\u201cno\u201d."),
        ),
        ("It is 20 % of 5 \u20ac & more", "en", ("It", "is", "20 %", "of", "5 \u20ac", "& more")),
        ("1. Go\n2. Stop", "fr", ("1. Go", "2. Stop")),
        ("今天,很好。", "zh", ("今", "天,", "很", "好。")),
        ("... !", "en", ()),
        ("", "ru", ()),
    ],
)
def test_words_of_a_text(text: str, language: str, words: tuple[str, ...]) -> None:
    """A word has a letter or a digit, and keeps its spelling and punctuation."""
    assert split_words(text, language) == words


@pytest.mark.parametrize(
    ("word", "language", "filler"),
    [
        ("Um,", "en", True),
        ("uh...", "en-GB", True),
        ("umbrella", "en", False),
        ("Ähm,", "de", True),
        ("Euh", "fr", True),
        ("эм", "ru", True),
        ("um", "de", False),
        ("hmm", "pt", True),
        ("a", "en", False),
    ],
)
def test_fillers(word: str, language: str, filler: bool) -> None:
    """Sounds that fill a pause differ between languages: "um" is a German word."""
    assert is_filler(word, language) == filler


@given(st.text(max_size=60), st.sampled_from(["en", "fr", "zh", "ar", "th", "ru"]))
def test_any_text_is_taken(text: str, language: str) -> None:
    """No text breaks it; tokens are in order and inside the text."""
    words = split_words(text, language)
    tokens = tokenise(words, language)
    assert all(0 <= token.start < token.end <= len(words) and token.key for token in tokens)
    assert [token.start for token in tokens] == sorted(token.start for token in tokens)


@given(st.lists(st.sampled_from(["a", "5", "&", "%", "€", "-", "tea,", "°"]), max_size=8))
def test_words_are_counted_as_they_are_scored(pieces: list[str]) -> None:
    """However many signs stand between them, each word of a text is one that has a score."""
    text = " ".join(pieces)
    words = split_words(text, "en")
    assert reference_words(" ".join(words)) == reference_words(text)
    assert len(words) == len(reference_words(text))
