"""American sounds in the corpus's way of writing them."""

import pytest

from tutor.core.feedback.pronunciation.converting import convert


@pytest.mark.parametrize(
    ("arpabet", "word", "sounds"),
    [
        ("T R IY1", "tree", "TR IY"),
        ("HH EY1 T S", "hates", "HH EY TS"),
        ("G AA1 T", "got", "G OO T"),
        ("HH IH1 R", "here", "HH IR"),
        ("F EH1 R", "fair", "F AR"),
        ("F AO1 R", "four", "F AO"),
        ("AA1 R M", "arm", "AA R M"),
        ("L IH1 T AH0 L", "little", "L IH T L"),
        ("B EH1 T ER0", "better", "B EH T AXR"),
        ("AH0 B AW1 T", "about", "AX B AW T"),
        ("S IH1 R IY0 AH0 S", "serious", "S IR R IR S"),
        ("AO1 TH ER0", "author", "AO TH AXR"),
        ("AA1 D IY0 OW2", "audio", "AO D IY OW"),
        ("B AA1 T", "bought", "B AO T"),
        ("AE2 V AH0 K AA1 D OW2", "avocado", "AE V AX K AA D OW"),
        ("V AA1 L IY0 B AO2 L", "volleyball", "V OO L IY B AO L"),
        ("D AY1 AH0 L AO2 G", "dialogue", "D AY AX L OO G"),
        ("F AO1 L OW0", "follow", "F OO L OW"),
    ],
)
def test_cmudict_in_the_experts_sounds(arpabet: str, word: str, sounds: str) -> None:
    """CMUdict's American sounds become those that the corpus's experts wrote."""
    assert convert(arpabet.split(), word) == tuple(sounds.split())
