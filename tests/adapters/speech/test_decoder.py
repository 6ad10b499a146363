"""The process that decodes others' recordings, and what its parent makes of its end."""

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import psutil
import pytest

from tests.support.odd_recordings import encoded, flac_of_a_constant
from tests.support.speech import SPEECH, spoken
from tutor.adapters.speech.decoder import ConfinedRecording, Confinement, open_confined
from tutor.adapters.speech.decoding import MediaError
from tutor.core.audio.readable import Readable
from tutor.core.audio.samples import RATE, from_pcm16


@contextmanager
def confined(data: bytes, **bounds: Any) -> Iterator[ConfinedRecording]:
    """A recording in a decoder's process."""
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.seek(0)
        with open_confined(file, "odd.flac", RATE, Confinement(**bounds)) as found:
            yield found


def decoders() -> list[psutil.Process]:
    """The decoders of this process, among what other tests may have running."""
    return [
        child
        for child in psutil.Process().children()
        if child.status() != psutil.STATUS_ZOMBIE
        and any("decod" in part for part in child.cmdline())
    ]


def test_a_child_decodes_what_a_process_of_ones_own_would() -> None:
    """Each sample, and the length that the file states."""
    name = "market.flac"
    with confined((SPEECH / name).read_bytes()) as found:
        heard = np.concatenate([from_pcm16(block) for block in found.audio()])
        assert found.seconds == pytest.approx(len(heard) / RATE, abs=0.01)
    assert (heard == spoken(name)).all()
    assert found.damage is None


@pytest.mark.parametrize("data", [b"", b"no audio" * 99, flac_of_a_constant(10)])
def test_what_a_child_refuses_is_a_media_error(data: bytes) -> None:
    """In the child's own words, one line that begins with the file's name."""
    with pytest.raises(MediaError, match=r"^odd\.flac: [^\n]+$"), confined(data):
        pass


def test_a_child_has_no_more_memory_than_it_was_given() -> None:
    """Where the bounds were wrong, the memory's limit ends the child's decoding, not its parent."""
    anything = Readable(lowest_rate=1, frame_s=1e9)
    with confined(flac_of_a_constant(1), readable=anything, memory_bytes=2**28) as found:
        assert sum(map(len, found.audio())) < 2**28


def test_a_child_without_memory_is_a_media_error() -> None:
    """It cannot even open the file, and its parent says so."""
    with pytest.raises(MediaError), confined(encoded("wav", 16_000, 1, 9), memory_bytes=2**20):
        pass


def test_a_decoder_that_dies_is_damage() -> None:
    """A fault in a codec ends its process: what was decoded before counts, the rest is named."""
    with confined(flac_of_a_constant(8_000, frames=200)) as found:
        blocks = found.audio()
        assert next(blocks)
        (child,) = decoders()
        os.kill(child.pid, signal.SIGSEGV)
        list(blocks)
    assert found.damage == "its decoder broke off (signal 11)"


@pytest.mark.heavy
@pytest.mark.parametrize("blocks_before", [0, 1])
def test_a_decoder_that_is_killed_is_followed_by_another(blocks_before: int) -> None:
    """A machine without memory kills whom it likes: no sample is lost or doubled for it."""
    data = flac_of_a_constant(8_000, frames=200)
    with confined(data) as found:
        whole = b"".join(found.audio())
    with confined(data) as found:
        blocks = found.audio()
        heard = [next(blocks) for _ in range(blocks_before)]
        (child,) = decoders()
        child.kill()
        heard += blocks
        assert found.seconds is not None
    assert b"".join(heard) == whole
    assert found.damage is None


def test_a_file_whose_decoders_are_all_killed_is_damaged() -> None:
    """After the third it is given up: what was decoded before counts."""
    killed = set()
    with confined(flac_of_a_constant(8_000, frames=2_000)) as found:
        blocks = found.audio()
        heard = len(next(blocks))
        while found.damage is None:
            for child in decoders():
                child.kill()
                killed.add(child.pid)
            heard += len(next(blocks, b""))
    assert found.damage == "its decoder broke off (signal 9)"
    assert len(killed) == 3
    assert heard > 0


@pytest.mark.heavy
def test_a_decoder_that_hangs_is_given_up() -> None:
    """It is killed, and what was decoded before counts."""
    with confined(flac_of_a_constant(8_000, frames=200), silent_s=3) as found:
        blocks = found.audio()
        assert next(blocks)
        (child,) = decoders()
        child.suspend()
        began = time.monotonic()
        list(blocks)
        assert time.monotonic() - began < 20
    assert found.damage == "decoding it took too long"
    assert not child.is_running()


def test_a_child_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither settings nor keys are in its environment, for the case that a file takes it over."""
    monkeypatch.setenv("TUTOR_SECRET_KEY", "of the parent")
    with confined(flac_of_a_constant(8_000, frames=200)):
        (child,) = decoders()
        assert not [name for name in child.environ() if name.startswith("TUTOR_")]


def test_nothing_is_left_of_a_child_whose_audio_nobody_wants() -> None:
    """Its parent leaves in the middle of two hours: the process is gone with the block."""
    with confined(flac_of_a_constant(8_000, frames=900)) as found:
        next(found.audio())
    assert not decoders()
