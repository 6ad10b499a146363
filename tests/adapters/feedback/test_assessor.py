from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from tests.support.ear import Remembering
from tests.support.speech import TEXTS, spoken
from tutor.adapters.feedback.aligner import Encoded
from tutor.adapters.feedback.assessor import Assessor, assess_reading, assess_sounds
from tutor.adapters.feedback.grammar import GrammarChecker
from tutor.adapters.feedback.pronouncer import Pronouncer
from tutor.adapters.speech.request import Request
from tutor.core.audio.recognition import RecognisedWord, Recognition
from tutor.core.audio.samples import Audio, to_float
from tutor.core.feedback.assessment import Assessment, Passage, Pronunciation, ReadWord, Reason
from tutor.core.feedback.pronunciation.spans import Span
from tutor.core.feedback.reading.confirming import confirmed
from tutor.core.feedback.reading.reading import Window
from tutor.core.queue.jobs import AssessmentJob

pytestmark = pytest.mark.heavy

MARKET = TEXTS["market.flac"]
Floats = npt.NDArray[np.float32]


@pytest.fixture(scope="module")
def market() -> Floats:
    """ "I went to the market with my sister.\""""
    return to_float(spoken("market.flac"))


def heard(text: str, seconds: float = 2.0) -> Recognition:
    """These words, evenly over the first of the two seconds in which somebody speaks."""
    words = text.split()
    step = seconds / max(1, len(words))
    return Recognition(
        text,
        "en",
        tuple(
            RecognisedWord(word, 0.2 + n * step, 0.2 + (n + 1) * step, 0.9)
            for n, word in enumerate(words)
        ),
    )


def window(text: str) -> Window:
    """A text that is read from its beginning."""
    return Window(tuple(text.split()))


def wrong(found: Assessment) -> dict[str, str]:
    """The words of the passage that something is wrong with, and what."""
    assert found.passage is not None
    return {word.text: word.status for word in found.passage.words if word.status != "matched"}


@pytest.mark.parametrize(
    ("text", "recognised", "flagged"),
    [
        (MARKET, MARKET, {}),
        (MARKET, MARKET.replace("sister", "brother"), {}),  # misheard: the audio says so
        (MARKET.replace("sister", "brother"), MARKET, {"brother.": "substituted"}),
        (MARKET.replace("market", "big old market"), MARKET, {"big": "omitted", "old": "omitted"}),
        (MARKET, MARKET.replace("market ", ""), {}),  # not heard: the audio holds it
        (MARKET.replace("market", "marketplace"), MARKET, {"marketplace": "substituted"}),
    ],
)
def test_a_word_is_wrong_when_both_ears_say_so(
    pronouncer: Pronouncer,
    market: Floats,
    text: str,
    recognised: str,
    flagged: dict[str, str],
) -> None:
    """The recogniser brings it up, the audio bears it out; whether more is to come or not."""
    for is_all in (False, True):
        found = assess_reading(
            pronouncer, market, heard(recognised), window(text), (), is_all=is_all
        )
        assert wrong(found) == flagged


@pytest.mark.parametrize(
    ("name", "said", "asked", "writes_it", "status"),
    [
        # Without its ending, which the recogniser writes: it knows how a sentence goes on.
        ("market.flac", "sister", "sisters", True, "substituted"),
        ("past_tense.flac", "film", "films", True, "substituted"),
        ("number.flac", "class.", "classes.", True, "substituted"),
        # It writes what was said, but the sum of two logarithms took the text's part.
        ("market.flac", "market", "markets", False, "substituted"),
        ("market.flac", "went", "want", False, "substituted"),
        ("train.flac", "morning.", "evening.", False, "substituted"),
        ("train.flac", "to London", "to a London", False, "omitted"),
    ],
)
def test_what_was_said_wrong_is_caught(
    pronouncer: Pronouncer, name: str, said: str, asked: str, writes_it: bool, status: str
) -> None:
    """The sounds say so, whatever a language model would rather have; all else is right."""
    text = TEXTS[name].replace(said, asked, 1)
    written = heard(text if writes_it else TEXTS[name])
    sound = to_float(spoken(name))
    found = assess_reading(pronouncer, sound, written, window(text), (), is_all=True)
    assert list(wrong(found).values()) == [status]


def test_words_at_the_edges_may_still_come(pronouncer: Pronouncer, market: Floats) -> None:
    """In a session: a learner who stops is not held to have left out the rest."""
    text = f"Yesterday {MARKET} It was nice."
    found = assess_reading(pronouncer, market, heard(MARKET), window(text), (), is_all=False)
    assert found.passage is not None
    assert (found.passage.start, found.passage.end, wrong(found)) == (1, 9, {})
    assert found.pronunciation is not None
    assert len(found.pronunciation.words) == 8


def test_words_at_the_edges_of_a_recording_were_left_out(
    pronouncer: Pronouncer, market: Floats
) -> None:
    """Nothing comes after it, so the audio is asked for them."""
    text = f"Yesterday {MARKET} Splendid!"
    found = assess_reading(pronouncer, market, heard(MARKET), window(text), (), is_all=True)
    assert wrong(found) == {"Yesterday": "omitted", "Splendid!": "omitted"}
    assert found.pronunciation is not None
    assert [word.score is None for word in found.pronunciation.words] == [
        True,
        *[False] * 8,
        True,
    ]


def test_words_that_the_recogniser_lost_at_the_edges_were_said(
    pronouncer: Pronouncer, market: Floats
) -> None:
    """A transcript alone accuses nobody: the audio of a recording holds them."""
    for recognised in ("went to the market", ""):
        found = assess_reading(
            pronouncer, market, heard(recognised, 1.1), window(MARKET), (), is_all=True
        )
        assert found.passage is not None
        assert (found.passage.start, found.passage.end, wrong(found)) == (0, 8, {})
    whole = assess_reading(pronouncer, market, heard(MARKET), window(MARKET), (), is_all=True)
    assert found.pronunciation == whole.pronunciation


@pytest.mark.parametrize("reason", ["too_long", "too_loud", "text_too_long"])
def test_without_a_judgement_no_word_is_wrong(reason: Reason) -> None:
    """What the recogniser alone did not find, or found beside the text, accuses nobody."""
    found = Pronunciation(None, None, None, None, calibrated=False, reason=reason)
    words = (ReadWord("a", "substituted", "the", 0, 9), ReadWord("b", "inserted", "b", 9, 12))
    told = confirmed(Passage(0, 1, words), found, ())
    assert [(word.text, word.status) for word in told.words] == [("a", "doubtful")]


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("I went to the market", "with my sister."),
        ("I went to the market with my", "sister."),
        ("to the market with my sister.", "I went"),
        (MARKET, ""),
    ],
)
def test_what_is_said_beside_a_text_is_told(
    pronouncer: Pronouncer, market: Floats, text: str, more: str
) -> None:
    """Behind its end and before its beginning, too; of the text itself nothing is wrong."""
    for is_all in (False, True):
        found = assess_reading(pronouncer, market, heard(MARKET), window(text), (), is_all=is_all)
        assert found.passage is not None
        beside = [word.text for word in found.passage.words if word.status == "inserted"]
        assert beside == more.split()
        assert set(wrong(found).values()) <= {"inserted"}


OTHERS = (
    "Nobody ever heard such things.",
    "The weather is very nice today.",
    TEXTS["question.flac"],
    TEXTS["past_tense.flac"],
    " ".join(text for name, text in TEXTS.items() if name != "market.flac"),
)


@pytest.mark.parametrize("text", OTHERS)
def test_of_another_text_only_that_is_said(
    pronouncer: Pronouncer, market: Floats, text: str
) -> None:
    """Whether more is to come or not: no word, no score, no flow, though "the" is in both."""
    for is_all in (False, True):
        found = assess_reading(pronouncer, market, heard(MARKET), window(text), (), is_all=is_all)
        assert found == Assessment(pronunciation=found.pronunciation)
        assert found.pronunciation is not None
        assert (found.pronunciation.reason, found.pronunciation.words) == ("other_text", ())
    alone = assess_sounds(pronouncer, market, text.split(), "en", ())
    assert alone.pronunciation is not None
    assert alone.pronunciation.reason in ("other_text", "text_too_long")


def test_another_text_is_heard_once_and_not_searched(
    pronouncer: Pronouncer, market: Floats, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was said instead of its words is not asked for, nor does anybody listen again: the
    sounds have told that it was not read. A reading is heard at three paces, once at each."""
    heard_at: list[int] = []
    asked: list[int] = []
    encode, align = Remembering.encode, Remembering.align

    def encoding(self: Remembering, audio: Audio) -> Encoded:
        heard_at.append(len(audio))
        return encode(self, audio)

    def aligning(self: Remembering, heard: Encoded, *given: Any) -> list[Span]:
        asked.append(heard.count)
        return align(self, heard, *given)

    monkeypatch.setattr(Remembering, "encode", encoding)
    monkeypatch.setattr(Remembering, "align", aligning)
    other = window("The weather is very nice today.")
    assess_reading(pronouncer, market, heard(MARKET), other, (), is_all=True)
    assert len(heard_at) == 1
    assert len(asked) <= 4  # two passages in two spellings
    heard_at.clear()
    text = window(MARKET.replace("market", "markets").replace("sister", "brother"))
    assess_reading(pronouncer, market, heard(MARKET), text, (), is_all=False)
    assert len(heard_at) == len(set(heard_at)) == 3


@pytest.mark.parametrize("language", ["de", "fr"])
def test_another_text_is_known_without_a_trained_head(
    pronouncer: Pronouncer, market: Floats, language: str
) -> None:
    """For languages that no head is trained for the recogniser's odds decide."""
    said = replace(heard(MARKET), language=language)
    for is_all in (False, True):
        text = window("The weather is very nice today.")
        found = assess_reading(pronouncer, market, said, text, (), is_all=is_all)
        assert found.pronunciation is not None
        assert found.pronunciation.reason in ("other_text", "other_language")
        assert (found.passage, found.fluency) == (None, None)


@pytest.mark.parametrize(
    ("part", "text"),
    [
        ("I went to the market", "I went to the market"),
        ("I went to the market", "I went to the market until late."),
        ("with my sister.", "with my sister."),
    ],
)
def test_half_a_text_is_no_other_text(
    pronouncer: Pronouncer, market: Floats, part: str, text: str
) -> None:
    """Who reads a part of a text, or more than the text, has read it."""
    for is_all in (False, True):
        found = assess_reading(pronouncer, market, heard(MARKET), window(text), (), is_all=is_all)
        assert found.passage is not None
        read = [word.text for word in found.passage.words if word.status == "matched"]
        assert read == part.split()


def test_of_a_text_that_is_half_wrong_the_other_half_counts(pronouncer: Pronouncer) -> None:
    """The words of the half that was not read are left out, in a session they are still to come."""
    audio = np.concatenate([to_float(spoken(name)) for name in ("market.flac", "train.flac")])
    words = heard(f"{MARKET} {TEXTS['train.flac']}").words
    said = Recognition("", "en", words)
    text = window(f"{MARKET} {TEXTS['question.flac']}")
    whole = assess_reading(pronouncer, audio, said, text, (), is_all=True)
    assert whole.passage is not None
    assert whole.pronunciation is not None
    spoken_words = [w.status not in ("omitted", "inserted") for w in whole.passage.words]
    assert sum(spoken_words) == len(MARKET.split())
    assert sum(word.score is not None for word in whole.pronunciation.words) == sum(spoken_words)
    live = assess_reading(pronouncer, audio, said, text, (), is_all=False)
    assert live.passage is not None
    assert (live.passage.start, live.passage.end) == (0, len(MARKET.split()))


def test_what_was_misheard_is_looked_for_at_the_readers_place(
    pronouncer: Pronouncer, market: Floats
) -> None:
    """What a recogniser makes of a beginner may be nowhere in the text: the sounds are asked."""
    text = f"Nobody ever heard such things. {MARKET} It was nice."
    place = Window(tuple(text.split()), 5)
    found = assess_reading(pronouncer, market, heard("heard such things"), place, (), is_all=False)
    assert found.passage is not None
    assert (found.passage.start, found.passage.end, wrong(found)) == (5, 13, {})


def test_where_nothing_was_recognised_a_session_goes_on(
    pronouncer: Pronouncer, market: Floats
) -> None:
    """Nothing of the text was read, so there is nothing to compare with."""
    found = assess_reading(pronouncer, market, heard(""), window(MARKET), (), is_all=False)
    assert found.pronunciation is not None
    assert (found.pronunciation.reason, wrong(found)) == ("no_text", {})


def test_a_long_text_of_which_little_was_read(pronouncer: Pronouncer, market: Floats) -> None:
    """No recording of 2 s holds it all: what was read is judged, as in a session."""
    text = MARKET + " And so on it went until the evening came" * 9
    found = assess_reading(pronouncer, market, heard(MARKET), window(text), (), is_all=True)
    live = assess_reading(pronouncer, market, heard(MARKET), window(text), (), is_all=False)
    assert found == live
    assert found.pronunciation is not None
    assert found.pronunciation.reason is None


@pytest.mark.parametrize(
    ("text", "recognised", "added"),
    [
        (MARKET, MARKET.replace("sister", "big sister"), []),  # on the onset of "sister"
        (MARKET, f"Oh, {MARKET}", []),
        (MARKET, f"{MARKET} There.", []),
        ("I went to the with my sister.", MARKET, ["market"]),
        ("to the market with my sister.", MARKET, ["I", "went"]),
        ("market with my sister.", MARKET, ["I", "went", "to", "the"]),
        ("I went to the market.", MARKET, ["with", "my", "sister."]),
    ],
)
def test_a_word_was_added_where_sound_is_left_over(
    pronouncer: Pronouncer, market: Floats, text: str, recognised: str, added: list[str]
) -> None:
    """What a recogniser hears on the sound of the text's own words the learner did not say; and
    what was added is held against none of the text's words, which all were said."""
    for is_all in (False, True):
        found = assess_reading(
            pronouncer, market, heard(recognised), window(text), (), is_all=is_all
        )
        assert found.passage is not None
        assert [w.text for w in found.passage.words if w.status == "inserted"] == added
        assert {w.status for w in found.passage.words} <= {"matched", "inserted"}
        assert found.pronunciation is not None
        assert all(word.score for word in found.pronunciation.words)


def cut_out(pronouncer: Pronouncer, name: str, word: str) -> Floats:
    """One word of a recorded sentence, between near-silence as somebody says a single word."""
    audio = to_float(spoken(name))
    found = pronouncer.assess(audio, TEXTS[name], "en")
    place = next(w for w in found.words if w.text.strip(".,").lower() == word)
    alone = audio[16 * max(0, place.start_ms - 30) : 16 * (place.end_ms + 30)]
    hush = np.random.default_rng(1).normal(0, 3e-4, len(alone) + 9600)
    hush[4800:-4800] += alone
    return hush.astype(np.float32)


def test_a_pair_is_asked_for_whatever_was_recognised(pronouncer: Pronouncer) -> None:
    """Whisper writes what the text has, or nothing, and the learner said the pair's other word."""
    sound, pairs = cut_out(pronouncer, "train.flac", "train"), [("drain", "train")]
    for is_all in (False, True):
        found = assess_reading(
            pronouncer, sound, heard("Drain."), window("Drain."), pairs, is_all=is_all
        )
        assert wrong(found) == {"Drain.": "substituted"}
    for alone in (
        assess_reading(pronouncer, sound, heard(""), window("Drain."), pairs, is_all=True),
        assess_sounds(pronouncer, sound, ["Drain."], "en", pairs),
    ):
        assert alone.pronunciation is not None
        assert alone.pronunciation.replaced == ((0, "train"),)


def test_sounds_alone_give_the_same_scores(pronouncer: Pronouncer, market: Floats) -> None:
    """The recogniser clears or names words; it changes no word's score."""
    text = MARKET.replace("sister", "brother")
    with_words = assess_reading(pronouncer, market, heard(MARKET), window(text), (), is_all=True)
    alone = assess_sounds(pronouncer, market, text.split(), "en", ())
    assert alone.passage is None
    assert alone.pronunciation is not None
    assert with_words.pronunciation is not None
    assert alone.pronunciation.words == with_words.pronunciation.words


def test_a_worker_judges_by_the_same_recipe(pronouncer: Pronouncer, market: Floats) -> None:
    """All that a job says of a reading reaches it."""
    text = f"{MARKET} Splendid!"
    pairs = (("market", "mark it"),)
    job = AssessmentJob(
        "s", "u1", 1, 0, heard(MARKET), window(text).words, pairs=pairs, is_all=True
    )
    assessor = Assessor(pronouncer, GrammarChecker())
    for one in (job, replace(job, is_all=False)):
        assert assessor.assess(one, market) == assess_reading(
            pronouncer, market, heard(MARKET), window(text), pairs, is_all=one.is_all
        )


class Witness:
    """Hears the market, whatever is said."""

    device = compute_type = "none"

    def __init__(self, text: str = MARKET) -> None:
        self._text = text

    def recognise(self, requests: Sequence[Request]) -> list[Recognition]:
        """The same for all."""
        return [heard(self._text) for _ in requests]


def test_a_reading_is_judged_by_what_the_witness_heard(
    pronouncer: Pronouncer, market: Floats
) -> None:
    """A recogniser that writes what should have been read hides no mistake."""
    text = MARKET.replace("sister", "brother")
    recognised = replace(heard(text), is_adapted=True)
    job = AssessmentJob("s", "u1", 1, 0, recognised, window(text).words, is_all=True)
    found = Assessor(pronouncer, GrammarChecker(), witness=Witness()).assess(job, market)
    assert wrong(found) == {"brother.": "substituted"}


class Deaf(Witness):
    """Cannot hear."""

    def recognise(self, requests: Sequence[Request]) -> list[Recognition]:
        """Fail, whatever is asked."""
        raise RuntimeError(f"no memory for {len(requests)}")


def test_a_witness_that_fails_costs_no_judgement(pronouncer: Pronouncer, market: Floats) -> None:
    """What was recognised is judged then."""
    recognised = replace(heard(MARKET), is_adapted=True)
    job = AssessmentJob("s", "u1", 1, 0, recognised, window(MARKET).words, is_all=True)
    deaf = Assessor(pronouncer, GrammarChecker(), witness=Deaf())
    assert deaf.assess(job, market) == Assessor(pronouncer, GrammarChecker()).assess(job, market)


@pytest.mark.parametrize(("is_adapted", "said"), [(False, MARKET), (True, "")])
def test_a_witness_that_knows_nothing_is_not_believed(
    pronouncer: Pronouncer, market: Floats, is_adapted: bool, said: str
) -> None:
    """What was recognised counts where the witness hears nothing, or nothing was adapted: by a
    larger model of another worker, say."""
    recognised = replace(heard(f"{MARKET} Splendid!"), is_adapted=is_adapted)
    words = window(recognised.text).words
    job = AssessmentJob("s", "u1", 1, 0, recognised, words, is_all=True)
    witnessed = Assessor(pronouncer, GrammarChecker(), witness=Witness(said))
    assert witnessed.assess(job, market) == Assessor(pronouncer, GrammarChecker()).assess(
        job, market
    )


# ---------------------------------------------------------------- how a thing is written

CLOCK = TEXTS["clock.flac"]
WRITTEN = "We met at 7:30 on 21 March."


@pytest.mark.parametrize(
    "recognised",
    [CLOCK, "We met at half past seven on the 21st of March.", "We met at 7:30 on 21 March."],
)
def test_figures_are_judged_as_they_were_said(pronouncer: Pronouncer, recognised: str) -> None:
    """A text in figures has the scores of the same text in words, whatever the recogniser wrote;
    its words have the sounds that were said."""
    audio = to_float(spoken("clock.flac"))
    found = assess_reading(pronouncer, audio, heard(recognised), window(WRITTEN), (), is_all=True)
    as_words = assess_reading(pronouncer, audio, heard(CLOCK), window(CLOCK), (), is_all=True)
    assert not wrong(found)
    assert not wrong(as_words)
    assert found.pronunciation is not None
    assert as_words.pronunciation is not None
    assert found.pronunciation.total == pytest.approx(as_words.pronunciation.total, abs=5)
    scored = {word.text: word for word in found.pronunciation.words}
    assert all(word.score is not None for word in scored.values())
    assert "".join(sound.ipa for sound in scored["7:30"].phones).endswith("stsevn")  # past seven


@pytest.mark.parametrize("mark", ["\u2019", "\u2018", "\u02bc", "\u00b4", "`"])
def test_any_apostrophe_is_as_good_in_every_language(pronouncer: Pronouncer, mark: str) -> None:
    """The recogniser is asked for the plain one."""
    audio = to_float(spoken("clock.flac"))
    found, plain = (
        pronouncer.assess(audio, f"l{apostrophe}école aujourd{apostrophe}hui", "fr")
        for apostrophe in (mark, "'")
    )
    assert [word.score for word in found.words] == [word.score for word in plain.words]
