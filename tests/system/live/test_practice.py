import asyncio
import itertools

import numpy as np
import pytest
import soxr

from tests.support.house import SOON_S, House, wait_until
from tests.support.practice import hear
from tests.support.speech import TEXTS, noise, plain, silence, spoken, wer
from tutor.client import practise
from tutor.core.protocol.messages import (
    AudioAck,
    Exercise,
    ReadingProgress,
    SessionStart,
    SessionSummary,
    SpeechStarted,
    SpeechStopped,
    TranscriptFinal,
    TurnEnded,
)


async def test_speech_goes_through_socket_celery_valkey_and_whisper(lean: House) -> None:
    """Words come back while they are spoken, and the final has all of them with their times."""
    heard = await hear(lean.url, np.concatenate((silence(0.5), spoken("long.flac"), silence(1))))

    heard.assert_whole()
    (final,) = heard.finals
    assert wer(TEXTS["long.flac"], final.text) <= 0.1
    assert [word.text for word in final.words] == final.text.split()
    times = [(word.start_ms, word.end_ms) for word in final.words]
    assert all(start <= end for start, end in times)
    assert times == sorted(times)
    assert all(0 < word.confidence <= 1 for word in final.words)
    (started,) = heard.of(SpeechStarted)
    (stopped,) = heard.of(SpeechStopped)
    assert abs(times[0][0] - started.at_ms) < 400
    assert abs(times[-1][1] - stopped.at_ms) < 400
    assert heard.of(AudioAck)[-1].received_ms >= 8000


async def test_partials_come_while_the_learner_speaks_and_committed_text_only_grows(
    lean: House,
) -> None:
    """Each partial's committed text extends the one before, and the last is most of the final."""
    heard = await hear(lean.url, np.concatenate((spoken("long.flac"), silence(1))))

    kinds = [event.type for _, event in heard.events]
    assert kinds.index("transcript.partial") < kinds.index("speech.stopped")
    committed = [partial.committed for partial in heard.partials]
    assert all(later.startswith(earlier) for earlier, later in itertools.pairwise(committed))
    assert len(heard.partials) >= 2
    revisions = [partial.revision for partial in heard.partials]
    assert revisions == sorted(set(revisions))


async def test_two_sentences_are_two_utterances(lean: House) -> None:
    """A pause longer than the endpoint silence ends an utterance, and each gets its own final."""
    audio = np.concatenate(
        (spoken("train.flac"), silence(1.2), spoken("weather.flac"), silence(1.2))
    )
    heard = await hear(lean.url, audio, speed=1.9)

    heard.assert_whole()
    assert [final.utterance for final in heard.finals] == ["u1", "u2"]
    assert wer(TEXTS["train.flac"], heard.finals[0].text) <= 0.1
    assert wer(TEXTS["weather.flac"], heard.finals[1].text) <= 0.1


async def test_a_longer_endpoint_silence_keeps_a_hesitant_sentence_together(lean: House) -> None:
    """With two seconds of patience, a pause of 1.2 s stays inside the utterance."""
    audio = np.concatenate((spoken("train.flac"), silence(1.2), spoken("weather.flac")))
    start = SessionStart("en", Exercise(level="A1"), endpoint_silence_ms=2000, feedback=False)
    heard = await hear(lean.url, audio, start=start, speed=1.9)

    heard.assert_whole()
    assert len(heard.finals) == 1


async def test_a_reader_is_waited_for_within_a_sentence_and_followed_word_by_word(
    lean: House,
) -> None:
    """A pause in mid-sentence is no end, the last word of the text is, and each word is told."""
    text = f"{TEXTS['train.flac'].rstrip('.')}, {TEXTS['weather.flac'].lower()}"
    audio = np.concatenate((spoken("train.flac"), silence(1.3), spoken("weather.flac"), silence(3)))
    start = SessionStart("en", Exercise("read_aloud", text), feedback=False)
    heard = await hear(lean.url, audio, start=start)

    heard.assert_whole()
    (ended,) = heard.of(TurnEnded)
    assert ended.reason in ("text", "silence"), "on a busy machine the words may come too late"
    told = [word for event in heard.of(ReadingProgress) for word in event.words]
    assert [word.index for word in told] == list(range(len(text.split())))
    assert sum(word.status == "read" for word in told) >= 0.8 * len(told)
    kinds = [event.type for _, event in heard.events]
    assert kinds.index("reading.progress") < kinds.index("speech.stopped")


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 48_000])
async def test_other_sample_rates_are_understood(lean: House, rate: int) -> None:
    """Audio at any rate from 8 to 48 kHz gives the same words at the same times."""
    audio = np.concatenate((silence(0.5), spoken("market.flac"), silence(1)))
    resampled = soxr.resample(audio, 16_000, rate)
    heard = await hear(lean.url, resampled, rate=rate, speed=1.9)

    heard.assert_whole()
    assert wer(TEXTS["market.flac"], heard.text) <= 0.15
    assert abs(heard.of(SessionSummary)[0].audio_ms - len(audio) / 16) <= 1


async def test_noise_and_silence_give_no_text(lean: House) -> None:
    """Room noise, loud and quiet, and digital silence bring no words."""
    audio = np.concatenate([noise(6, 0.003), silence(4), noise(6, 0.03), noise(4, 0.2)])
    heard = await hear(lean.url, audio, speed=1.9)

    heard.assert_whole()
    assert heard.text == ""
    assert all(not partial.committed and not partial.tentative for partial in heard.partials)


async def test_four_learners_at_once_all_get_their_own_words(lean: House) -> None:
    """Sessions that speak at the same time do not mix and none is left out."""
    names = ["train.flac", "weather.flac", "market.flac", "past_tense.flac"]
    heard = await asyncio.gather(
        *(hear(lean.url, np.concatenate((spoken(name), silence(1)))) for name in names)
    )
    for name, session in zip(names, heard, strict=True):
        session.assert_whole()
        assert wer(TEXTS[name], session.text) <= 0.15


async def test_commit_ends_the_utterance_at_once(lean: House) -> None:
    """`utterance.commit` brings the final without waiting for silence, to the last sample."""
    async with practise(lean.url, SessionStart("en", feedback=False)) as client:
        await client.play(spoken("two_words.flac").tobytes())
        await client.commit()
        finals = (event async for _, event in client if isinstance(event, TranscriptFinal))
        final = await anext(finals)
    assert plain(final.text) == plain(TEXTS["two_words.flac"])


async def test_auto_finds_the_language(lean: House) -> None:
    """With `auto` the final names the language that was spoken."""
    heard = await hear(lean.url, spoken("market.flac"), start=SessionStart("auto", feedback=False))

    assert heard.finals[0].language == "en"
    assert wer(TEXTS["market.flac"], heard.text) <= 0.15


async def test_a_client_that_leaves_leaves_nothing_behind(lean: House) -> None:
    """A socket that is closed mid-word ends its session, and its audio is deleted."""
    async with practise(lean.url, SessionStart("en", feedback=False)) as client:
        await client.play(spoken("train.flac").tobytes()[:64_000])
        session = client.started.session
        store = lean.store()
        wait_until(lambda: bool(store.keys(f"tutor:audio:{session}:*")), SOON_S)
    wait_until(lambda: not store.keys(f"tutor:audio:{session}:*"), SOON_S)
