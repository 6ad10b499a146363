"""The embedded store dies under learners who speak."""

import asyncio
from pathlib import Path
from secrets import token_bytes

import numpy as np
import psutil
import pytest
import redis

from tests.support.house import LEAN, READY_S, SOON_S, House, served, wait_until
from tests.support.practice import Heard, hear
from tests.support.speech import SPEECH, TEXTS, silence, spoken, wer
from tests.support.store import answers
from tutor.adapters.serving import is_ready
from tutor.adapters.store import keys
from tutor.adapters.store.audio import append_audio
from tutor.adapters.store.client import open_store
from tutor.client import PracticeError, SessionStart, practise_file
from tutor.core.protocol.messages import Error, SpeechStarted, TranscriptFinal
from tutor.shells.cli.serve import embedded_store, shorten_file

LEARNERS = 3


def kill_store(house: House) -> None:
    """kill -9; the supervisor starts another one."""
    house.part("valkey").kill()


async def test_each_utterance_has_its_end_though_the_store_dies(mortal: House) -> None:
    """The gateway lives, so its sessions do, on their sockets: what was being said may be lost,
    and is told to be, once; what is said then has its words. A recording that has lost a part
    raises."""
    wait_until(lambda: is_ready(mortal.url), READY_S, mortal.log)
    sentence, pause = spoken("long.flac"), silence(1.5)
    audio = np.concatenate((sentence, pause, spoken("train.flac"), pause))
    sessions = [asyncio.create_task(hear(mortal.url, audio)) for _ in range(LEARNERS)]
    begin = SessionStart("en", feedback=False)
    file = asyncio.create_task(
        asyncio.to_thread(practise_file, mortal.url, SPEECH / "long.flac", begin)
    )
    await asyncio.sleep(0.6 * len(sentence) / 16_000)
    kill_store(mortal)
    heard: list[Heard] = await asyncio.gather(*sessions)
    for one in heard:
        one.assert_whole()
        assert {error.code for error in one.of(Error)} <= {"recognition_failed"}
        assert wer(TEXTS["train.flac"], one.finals[-1].text) <= 0.15
    with pytest.raises(PracticeError, match=r"^recognition_failed: u\d+ of the rec") as lost:
        await file
    assert any(isinstance(event, SpeechStarted) for event in lost.value.events)
    wait_until(lambda: is_ready(mortal.url), READY_S, mortal.log)


async def test_a_store_that_keeps_a_file_loses_no_utterance(tmp_path: Path) -> None:
    """`TUTOR_KEEP_STORE`: what was said more than a second before the death is still there."""
    with served(tmp_path, **LEAN, keep_store="true", recogniser="instant") as house:
        audio = np.concatenate((spoken("long.flac"), silence(1.5)))
        session = asyncio.create_task(hear(house.url, audio))
        await asyncio.sleep(3)
        before = len(house.store().keys("tutor:session:*"))
        kill_store(house)
        wait_until(lambda: answers(house.store()), SOON_S, house.log)
        assert before == len(house.store().keys("tutor:session:*"))
        heard = await session
        heard.assert_whole()
        assert len(heard.of(TranscriptFinal)) + len(heard.of(Error)) >= 1


async def test_a_recording_that_has_expired_leaves_the_file(tmp_path: Path) -> None:
    """The append-only file is written anew again and again: it has what the store has, not what
    the store had."""
    kept = tmp_path / "kept"
    gone, there = token_bytes(4096), token_bytes(4096)
    child, url = embedded_store(tmp_path, kept)
    with psutil.Popen(child.command) as process:
        store = open_store(url)
        await asyncio.to_thread(wait_until, lambda: answers(redis.Redis.from_url(url)), SOON_S)
        for name, sound in (("s1", gone), ("s2", there)):
            await append_audio(store, name, "u1", sound)

        def written() -> bytes:
            files = sorted((kept / "appendonlydir").iterdir())
            return b"".join(file.read_bytes() for file in files)

        await asyncio.to_thread(wait_until, lambda: gone in written() and there in written(), 10)
        shortening = asyncio.create_task(shorten_file(url, every_s=0.2))
        await store.pexpire(keys.audio("s1", "u1"), 300)  # as if its time were nearly over
        await asyncio.to_thread(wait_until, lambda: gone not in written(), SOON_S)
        assert there in written()
        shortening.cancel()
        await asyncio.gather(shortening, return_exceptions=True)
        await store.aclose()
        process.kill()


def test_a_kept_store_goes_on_where_it_was(tmp_path: Path) -> None:
    """Another process on the same folder has what the first one had a second before its end; the
    folder is for nobody else, and its name may be any."""
    kept = tmp_path / """what Zoë's\t"tutor" \\ keeps"""
    for generation in range(2):
        child, url = embedded_store(tmp_path, kept)
        with psutil.Popen(child.command) as process:
            store = redis.Redis.from_url(url)
            wait_until(lambda: answers(store), SOON_S)  # noqa: B023 - it is called at once
            if generation == 0:
                store.set("said", "yes", ex=60)
                asyncio.run(asyncio.sleep(2))
            else:
                assert store.get("said") == b"yes"
                assert 0 < store.ttl("said") <= 60
            process.kill()
    assert kept.stat().st_mode & 0o077 == 0
