import numpy as np
import numpy.typing as npt
import pytest

from tests.support.speech import TEXTS, noise, silence, spoken
from tutor.adapters.feedback.assessor import Assessor, assess_reading
from tutor.adapters.feedback.grammar import GrammarChecker
from tutor.adapters.feedback.pronouncer import Pronouncer
from tutor.core.audio.recognition import RecognisedWord, Recognition
from tutor.core.audio.samples import to_float
from tutor.core.coach.review import WEAK
from tutor.core.feedback.assessment import Assessment, Pronunciation, Reason
from tutor.core.feedback.pronunciation.bounds import Origin
from tutor.core.feedback.pronunciation.judgeable import DOUBTED, WRONG
from tutor.core.feedback.pronunciation.rivals import Rival
from tutor.core.feedback.reading.reading import Window
from tutor.core.queue.jobs import AssessmentJob

pytestmark = pytest.mark.heavy

WEATHER = TEXTS["weather.flac"]
READ = ["weather.flac", "market.flac", "train.flac", "number.flac", "question.flac"]


def audio(name: str) -> npt.NDArray[np.float32]:
    """A recorded sentence, float32 at 16 kHz."""
    return spoken(name).astype(np.float32) / np.float32(32768)


def scores(found: Pronunciation) -> list[float | None]:
    """The four scores of the sentence."""
    return [found.accuracy, found.fluency, found.prosodic, found.total]


@pytest.mark.parametrize("name", READ)
def test_a_native_reading_scores_high(pronouncer: Pronouncer, name: str) -> None:
    """The right text, clearly read: every score is high, and every word was said."""
    found = pronouncer.assess(audio(name), TEXTS[name], "en")
    assert found.reason is None
    assert found.calibrated
    assert all(score is not None and 85 < score <= 100 for score in scores(found))
    assert [word.text for word in found.words] == TEXTS[name].split()
    for word in found.words:
        assert word.score is not None
        assert word.score > 80
        assert 0 < word.probability <= 1
        assert word.phones
        assert all(0 <= phone.score <= 100 for phone in word.phones)


def test_a_whole_paragraph_is_read(pronouncer: Pronouncer) -> None:
    """Half a minute of reading is scored like a sentence, every word in its place."""
    paragraph = ["long.flac", "past_tense.flac", *READ]
    heard = np.concatenate([audio(name) for name in paragraph])
    found = pronouncer.assess(heard, " ".join(TEXTS[name] for name in paragraph), "en")
    assert found.reason is None
    assert all(score is not None and score > 80 for score in scores(found))
    assert all(word.score is not None and word.score > 70 for word in found.words)
    begins = np.cumsum([0, *(len(audio(name)) // 16 for name in paragraph)])
    counts = np.cumsum([0, *(len(TEXTS[name].split()) for name in paragraph)])
    for n in range(len(paragraph)):
        words = found.words[counts[n] : counts[n + 1]]
        assert all(begins[n] <= word.start_ms < word.end_ms <= begins[n + 1] for word in words)


def test_words_lie_in_order_in_the_audio(pronouncer: Pronouncer) -> None:
    """Words follow one another from the first sound to the last."""
    found = pronouncer.assess(audio("long.flac"), TEXTS["long.flac"], "en")
    times = [time for word in found.words for time in (word.start_ms, word.end_ms)]
    assert times == sorted(times)
    assert 0 <= times[0] < 600
    assert 7000 < times[-1] <= 7820


@pytest.mark.parametrize("name", READ)
def test_a_wrong_text_scores_low(pronouncer: Pronouncer, name: str) -> None:
    """Any other sentence than the one that was read scores 30 or less."""
    for other in set(READ) - {name}:
        total = pronouncer.assess(audio(name), TEXTS[other], "en").total
        assert total is not None
        assert total <= WRONG


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("The weather is very nice here today.", 5),  # not said
        # Another word was said. A nearer one ("water") is told apart on some processors only.
        ("The river is very nice today.", 1),
        ("The weather is never nice today.", 3),
        ("The weather is very cold today.", 4),
        ("The weather is very nice tomorrow.", 5),
    ],
)
def test_a_word_that_was_not_said(pronouncer: Pronouncer, text: str, at: int) -> None:
    """A word that is missing in the audio has no score; some sound of it was not clear."""
    words = pronouncer.assess(audio("weather.flac"), text, "en").words
    assert words[at].score is None
    assert min(phone.score for phone in words[at].phones) < 90
    assert sum(word.score is not None for word in words) >= len(words) - 2


def cut_out(pronouncer: Pronouncer, name: str, word: str) -> npt.NDArray[np.float32]:
    """One word of a recorded sentence, between near-silence as somebody says a single word."""
    found = pronouncer.assess(audio(name), TEXTS[name], "en")
    place = next(w for w in found.words if w.text.strip(".,").lower() == word)
    alone = audio(name)[16 * max(0, place.start_ms - 30) : 16 * (place.end_ms + 30)]
    hush = np.random.default_rng(1).normal(0, 3e-4, len(alone) + 9600)
    hush[4800:-4800] += alone
    return hush.astype(np.float32)


@pytest.mark.parametrize(
    ("name", "word", "other"),
    [
        ("weather.flac", "weather", "doctor"),
        ("weather.flac", "today", "people"),
        ("market.flac", "sister", "number"),
        ("train.flac", "london", "garden"),
        ("train.flac", "morning", "quickly"),
        ("number.flac", "students", "kitchen"),
        ("two_words.flac", "morning", "seven"),
    ],
)
def test_a_single_word(pronouncer: Pronouncer, name: str, word: str, other: str) -> None:
    """One word alone can be practised, however it is written; another is not taken for it."""
    sound = cut_out(pronouncer, name, word)
    for text in (word, word.capitalize() + "."):
        found = pronouncer.assess(sound, text, "en")
        assert found.total is not None
        assert found.total > 2 * WRONG
        assert found.words[0].score is not None
    wrong = pronouncer.assess(sound, other, "en")
    assert wrong.reason == "no_speech" if wrong.total is None else wrong.total <= WRONG


@pytest.mark.parametrize(
    ("name", "text", "at", "said"),
    [
        ("past_tense.flac", "dome", 0, "home"),
        ("long.flac", "waiter", 0, "water"),
    ],
)
def test_a_similar_word_that_the_recogniser_heard(
    pronouncer: Pronouncer, name: str, text: str, at: int, said: str
) -> None:
    """The text's word scored well before; now it has no score, and the text that of a wrong one."""
    sound = cut_out(pronouncer, name, said)
    kind = pronouncer.assess(sound, text, "en")
    found = pronouncer.assess(sound, text, "en", {at: [Rival(said.title() + ".", Origin.HEARD)]})
    assert kind.words[at].score is not None
    assert kind.total is not None
    assert kind.total > 2 * WRONG
    assert found.words[at].score is None
    assert found.replaced == ((at, said.title() + "."),)
    assert found.accuracy is not None
    assert found.total is not None
    assert max(found.accuracy, found.total) <= WRONG


def test_a_word_that_is_no_more_than_likely_is_doubted(pronouncer: Pronouncer) -> None:
    """ "Dinner", cut out of its sentence, for "thinner": neither a mistake nor praised."""
    sound = cut_out(pronouncer, "past_tense.flac", "dinner")
    rivals = {0: [Rival("Dinner.", Origin.HEARD)]}
    found = pronouncer.assess(sound, "thinner", "en", rivals)
    score = found.words[0].score
    assert score is None or score <= DOUBTED


@pytest.mark.parametrize(
    ("name", "said", "other"),
    [
        ("train.flac", "train", "drain"),
        ("train.flac", "leaves", "thieves"),
        ("past_tense.flac", "big", "bag"),
    ],
)
def test_the_other_member_of_a_minimal_pair(
    pronouncer: Pronouncer, name: str, said: str, other: str
) -> None:
    """It is told from the text's word, and the text's word is never taken for it."""
    sound = cut_out(pronouncer, name, said)
    found = pronouncer.assess(sound, other, "en", {0: [Rival(said, Origin.PAIR)]})
    assert found.replaced == ((0, said),)
    found = pronouncer.assess(sound, said, "en", {0: [Rival(other, Origin.PAIR)]})
    assert found.replaced == ()
    assert found.words[0].score is not None


def test_a_misheard_word_is_not_blamed(pronouncer: Pronouncer) -> None:
    """The recogniser alone proves nothing, whatever similar word it heard."""
    plain = pronouncer.assess(audio("weather.flac"), WEATHER, "en")
    rivals = {1: [Rival("feather", Origin.HEARD)], 4: [Rival("mice", Origin.PAIR)]}
    assert pronouncer.assess(audio("weather.flac"), WEATHER, "en", rivals) == plain


def test_a_word_of_a_pair_that_the_recogniser_overheard(pronouncer: Pronouncer) -> None:
    """Whisper writes what the text has, the learner said the pair's other word: it is shown."""
    heard = Recognition("Drain", "en", (RecognisedWord("Drain", 0.3, 0.7, 0.6),))
    job = AssessmentJob("s", "u1", 1, 0, heard, ("Drain",), pairs=(("drain", "train"),))
    sound = cut_out(pronouncer, "train.flac", "train")
    passage = Assessor(pronouncer, GrammarChecker()).assess(job, sound).passage
    assert passage is not None
    (word,) = passage.words
    assert (word.text, word.status, word.heard) == ("Drain", "substituted", "train")


def test_a_guess_at_a_names_sounds_is_not_shown(pronouncer: Pronouncer) -> None:
    """The word has its score; sounds are told of words that a dictionary has."""
    found = pronouncer.assess(
        audio("market.flac"), TEXTS["market.flac"].replace("sister", "Zistera"), "en"
    )
    assert [bool(word.phones) for word in found.words] == [*(7 * [True]), False]


def test_names_keep_their_capitals(pronouncer: Pronouncer) -> None:
    """A name written as one is at least as probable as in small letters."""
    named, small = (
        pronouncer.assess(audio("train.flac"), text, "en").words[3].probability
        for text in (TEXTS["train.flac"], TEXTS["train.flac"].lower())
    )
    assert named > small


def test_capitals_and_punctuation_do_not_matter(pronouncer: Pronouncer) -> None:
    """A text scores the same however it is written."""
    plain = pronouncer.assess(audio("market.flac"), TEXTS["market.flac"], "en")
    loud = pronouncer.assess(audio("market.flac"), TEXTS["market.flac"].upper() + "!!!", "en")
    assert scores(loud) == scores(plain)


def test_figures_have_sounds(pronouncer: Pronouncer) -> None:
    """A number in figures is scored sound by sound, as it is said."""
    found = pronouncer.assess(audio("number.flac"), TEXTS["number.flac"], "en")
    number = next(word for word in found.words if word.text == "25")
    assert "".join(phone.ipa for phone in number.phones) == "twentiːfaɪv"
    assert number.score is not None
    assert number.score > 80


def test_a_word_that_english_cannot_say(pronouncer: Pronouncer) -> None:
    """A word without known sounds still has its place, and a score without phones or none."""
    found = pronouncer.assess(audio("weather.flac"), "The weather мир is very nice today.", "en")
    assert [word.text for word in found.words][2] == "мир"
    assert not found.words[2].phones
    assert found.calibrated


def test_a_language_without_heads(pronouncer: Pronouncer) -> None:
    """Elsewhere only what was recognised is scored, and the scores say that they only rank."""
    read = pronouncer.assess(audio("weather.flac"), WEATHER, "de")
    other = pronouncer.assess(audio("weather.flac"), "Das Essen war gestern leider kalt.", "de")
    assert not read.calibrated
    assert read.fluency is read.prosodic is None
    assert read.total is not None
    assert read.total > WRONG
    assert other.reason == "other_language"
    assert all(not word.phones for word in read.words)


def test_a_word_that_was_recognised_was_said(pronouncer: Pronouncer) -> None:
    """Without a head a word that the recogniser heard by itself is worth as much as it was sure,
    whatever it thinks of the word when it is asked for it."""
    sound, text = audio("two_words.flac"), "Guten Donnerstag"
    asked = pronouncer.assess(sound, text, "de")
    assert asked.words[1].score is None or asked.words[1].score < 50
    heard = pronouncer.assess(sound, text, "de", recognised={1: 0.6})
    assert heard.words[0] == asked.words[0]
    assert heard.words[1].score is not None
    assert heard.words[1].score > 80
    assert heard.total is not None
    assert asked.total is not None
    assert heard.total > asked.total


@pytest.mark.parametrize(
    ("name", "word", "text"),
    [("market.flac", "sister", "Zeitung"), ("weather.flac", "today", "heute")],
)
def test_no_language_is_heard_in_a_single_word(
    pronouncer: Pronouncer, name: str, word: str, text: str
) -> None:
    """Nobody could say which language it is in: a wrong one is scored low, a right one never
    refused."""
    found = pronouncer.assess(cut_out(pronouncer, name, word), text, "de")
    assert found.reason is None
    assert found.total is not None
    assert found.total < WEAK


def test_a_quiet_recording_is_judged_as_a_loud_one(pronouncer: Pronouncer) -> None:
    """At 35 dB less, rounded to 16 bit, nobody has become noise."""
    loud = audio("weather.flac")
    quiet = to_float(np.round(loud * 10 ** (-35 / 20) * 32_768).astype(np.int16))
    found, usual = (pronouncer.assess(one, WEATHER, "en") for one in (quiet, loud))
    assert found.reason is None
    assert found.total == pytest.approx(usual.total, abs=4)
    assert [word.score for word in found.words] == pytest.approx(
        [word.score for word in usual.words], abs=10
    )


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Погода сегодня очень хорошая.", "ru"),
        ("Das Wetter ist heute sehr schön.", "de"),
        ("El tiempo está muy bueno hoy.", "es"),
    ],
)
def test_a_translation_was_not_read(pronouncer: Pronouncer, text: str, language: str) -> None:
    """What was said in English does not count as its translation, read."""
    found = pronouncer.assess(audio("weather.flac"), text, language)
    assert found.reason == "other_language"
    assert scores(found) == [None] * 4
    words = tuple(RecognisedWord(word, 0, 9, 1.0) for word in text.split())
    heard = Recognition(text, language, words)  # Whisper translates
    window = Window(tuple(text.split()))
    read = assess_reading(pronouncer, audio("weather.flac"), heard, window, (), is_all=True)
    assert read == Assessment(pronunciation=found)


speech = audio("weather.flac")


@pytest.mark.parametrize(
    ("sound", "text", "reason"),
    [
        (speech, "", "no_text"),
        (speech, "?! …", "no_text"),
        (speech, "word " * 5000, "text_too_long"),
        (speech, "Donaudampfschifffahrtsgesellschaftskapitän " * 20, "text_too_long"),
        (speech, "Погода сегодня очень хорошая", "other_script"),
        (speech[:3200], "The", "too_short"),  # 0.2 s
        (speech[:0], "The", "too_short"),
        (np.tile(speech, 14), WEATHER, "too_long"),
        (np.clip(speech * 100, -1, 1), WEATHER, "too_loud"),
        (silence(3).astype(np.float32), WEATHER, "no_speech"),
        (np.full(16000, np.nan, np.float32), "The", "no_speech"),
        (noise(3).astype(np.float32) / np.float32(32768), WEATHER, "no_speech"),
        (noise(3, 0.2).astype(np.float32) / np.float32(32768), WEATHER, "no_speech"),
    ],
)
def test_bad_input_has_a_reason(
    pronouncer: Pronouncer, sound: npt.NDArray[np.float32], text: str, reason: Reason
) -> None:
    """What cannot be judged gets its reason and no scores."""
    found = pronouncer.assess(sound, text, "en")
    assert found.reason == reason
    assert scores(found) == [None] * 4
    assert found.words == ()
