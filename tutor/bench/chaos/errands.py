"""What is asked of the product over HTTP while learners speak: a file, and a text to be spoken."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from threading import Event
from typing import TypeVar

from tutor.bench.files import ask, post_file
from tutor.core.chaos.errand import Errand, judge_file, judge_speech

PATIENCE_S = 240.0
"""Seconds that somebody tries to get an answer: a file whose worker was killed waits for its lease
to end."""

PAUSE_S = 0.5
"""Seconds between two tries, and between two looks at a job."""

SAY = {
    "model": "tts-1",
    "input": "The weather is very nice today. My sister is at the market now. "
    "We will have some tea at home.",
    "response_format": "pcm",
}
"""Three clauses of about one length: whichever is missing shows in the length of the whole."""

T = TypeVar("T")


class JobFailedError(Exception):
    """A file's job has failed; the message is its error."""


@dataclass
class _Tries:
    """Asks until there is an answer, or the time is over."""

    deadline: float
    over: Event
    made: int = 0
    last: str = ""

    def until_there(self, ask_once: Callable[[], T | None]) -> T | None:
        """The first answer that is one; None: there was none in time."""
        for attempt in count():
            try:
                if (answer := ask_once()) is not None:
                    return answer
            except (OSError, ValueError, http.client.HTTPException) as error:
                self.made += 1
                self.last = f"{type(error).__name__}: {error}"
            if time.monotonic() > self.deadline or self.over.wait(PAUSE_S * min(attempt + 1, 4)):
                return None
        return None


def transcribe(
    url: str, audio: bytes, undisturbed: Collection[str] | None, over: Event
) -> tuple[Errand, str]:
    """Upload a file and wait for its words; the errand, and its text. Blocks.

    `undisturbed`: the texts without a fault; None: this one is. `over`: set when nobody waits for
    it any more.
    """
    began, tries = time.monotonic(), _Tries(time.monotonic() + PATIENCE_S, over)
    name = f"{uuid.uuid4().hex}.flac"
    headers = {"Idempotency-Key": name}
    job = tries.until_there(lambda: post_file(url, audio, "en", name, headers))
    text = None
    try:
        text = tries.until_there(lambda: _text_of(url, str(job))) if job else None
    except JobFailedError as error:
        tries.last = str(error)
    page = tries.until_there(lambda: ask("GET", f"{url}/v1/jobs?limit=100"))
    jobs = sum(one["filename"] == name for one in page["data"]) if page else 0
    with suppress(OSError, ValueError, http.client.HTTPException):
        ask("DELETE", f"{url}/v1/jobs/{job}")
    outcome = judge_file(text, jobs, undisturbed if undisturbed is not None else {text or ""})
    took_s = round(time.monotonic() - began, 1)
    detail = tries.last if text is None else text
    return Errand("file", outcome, took_s, 1 + tries.made, detail), text or ""


def _text_of(url: str, job: str) -> str | None:
    """The transcript of a job; None: it is not done.

    Raises:
        JobFailedError: the job has failed.
    """
    state = ask("GET", f"{url}/v1/jobs/{job}")
    if state["status"] == "failed":
        raise JobFailedError(str(state["error"]))
    if state["status"] != "done":
        return None
    return str(ask("GET", f"{url}{state['result_url']}")["text"])


def speak(url: str, undisturbed: int | None, over: Event) -> tuple[Errand, int]:
    """Have a text spoken; the errand, and the bytes of its sound. Blocks.

    `undisturbed`: how many there are without a fault; None: this one is. `over`: set when nobody
    waits for it any more.
    """
    began, tries = time.monotonic(), _Tries(time.monotonic() + PATIENCE_S, over)
    length = tries.until_there(lambda: _sound_of(url))
    outcome = judge_speech(length, length or 1 if undisturbed is None else undisturbed)
    took_s = round(time.monotonic() - began, 1)
    return Errand("speech", outcome, took_s, 1 + tries.made, tries.last), length or 0


def _sound_of(url: str) -> int:
    request = urllib.request.Request(  # noqa: S310 - the product's own address
        f"{url}/v1/audio/speech", json.dumps(SAY).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310
        return len(response.read())
