"""A hearing: one pass of a recogniser that a request still needs.

Most requests need one. What a guard doubts is heard once more in a wider window, an end that is
missing is listened for: each is a hearing of its own, so that nobody in the same call waits for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, runtime_checkable

import numpy as np

from tutor.adapters.speech.request import Recogniser, Request
from tutor.core.audio import endings
from tutor.core.audio.recognition import RecognisedWord, Recognition
from tutor.core.queue.coalescer import Bucket
from tutor.core.text.normal import joint

MOST_RESTS = 3
"""How often what a final lacks at its end is listened for: a recogniser that stops after a few
words each time must not hold up the others."""


@dataclass(frozen=True)
class Incomplete:
    """A final whose end is missing."""

    request: Request
    found: Recognition
    """What its first hearing found."""
    words: tuple[RecognisedWord, ...]
    """The words by now."""
    end_s: float
    """Seconds of its audio up to which somebody speaks."""
    from_s: float = 0.0
    """Where what is listened to next begins."""
    rests: int = MOST_RESTS
    """How often more may be listened for."""

    def rest(self) -> Request:
        """The request for what is missing."""
        return self.request.rest(self.from_s, self.found.language)


def completed(request: Request, found: Recognition, *, is_full: bool) -> Recognition | Incomplete:
    """What was found, or what is to be listened for at its end.

    `is_full`: it reached the limit of one window, whatever is behind it.
    """
    known_s = request.speech_s
    end_s = endings.sound_end(request.audio) if known_s is None else known_s
    words = endings.without_silent_tail(found.words, known_s or None)
    rests = 0 if request.is_rest else MOST_RESTS
    end_s = request.seconds if is_full else end_s
    return _gone_on(Incomplete(request, found, words, end_s, rests=rests))


def with_rest(before: Incomplete, rest: Recognition) -> Recognition | Incomplete:
    """What was found, with what was heard at its end; or what is still to be listened for."""
    longer = endings.joined(before.words, rest.words, before.from_s)
    if len(longer) <= len(before.words):
        return _finished(before)
    return _gone_on(replace(before, words=longer))


def _gone_on(one: Incomplete) -> Recognition | Incomplete:
    if not one.rests or not endings.lacks_end(one.words, one.end_s):
        return _finished(one)
    if (from_s := endings.rest_from(one.words)) <= 0:
        return _finished(one)  # it would be the same once more
    return replace(one, from_s=from_s, rests=one.rests - 1)


def _finished(one: Incomplete) -> Recognition:
    if one.words == one.found.words:
        return one.found
    text = joint(one.found.language).join(word.text for word in one.words)
    return Recognition(text, one.found.language, one.words)


@dataclass(frozen=True)
class Hearing:
    """What is listened to, and in which call."""

    request: Request
    bucket: Bucket
    whole: Incomplete | None = None
    """The final whose end is listened for; None: all of the request is."""

    def in_window(self, window_s: float) -> Hearing:
        """The same in another window."""
        return replace(self, bucket=replace(self.bucket, window_s=window_s))

    def in_language(self, language: str) -> Hearing:
        """The same in a language that was found: it is not looked for again."""
        return replace(self, request=replace(self.request, language=language))


Outcome = Recognition | Hearing
"""What a hearing brings: the request's recognition, or what must be heard next for it."""


@runtime_checkable
class Hearer(Protocol):
    """A recogniser that can be asked hearing by hearing."""

    def begin(self, request: Request) -> Hearing:
        """A request's first hearing. May be called by any thread."""

    def hear(self, hearings: Sequence[Hearing]) -> list[Outcome]:
        """Hear members of one bucket in one call."""


class Whole:
    """Lets any recogniser be asked as if each of its requests needed one hearing."""

    def __init__(self, recogniser: Recogniser) -> None:
        self._recogniser = recogniser

    def begin(self, request: Request) -> Hearing:
        """All requests of a kind may meet."""
        return Hearing(request, Bucket(request.kind, 0.0))

    def hear(self, hearings: Sequence[Hearing]) -> list[Outcome]:
        """Recognise them."""
        return list(self._recogniser.recognise([one.request for one in hearings]))


def rows(encoded: Any, members: Sequence[int], count: int) -> Any:
    """Some members' rows of an encoder's output for `count` of them; CTranslate2 cannot cut it."""
    if len(members) == count:
        return encoded
    from ctranslate2 import DataType, StorageView

    if encoded.device != "cuda":
        return StorageView.from_array(np.ascontiguousarray(np.asarray(encoded)[list(members)]))
    import torch

    if encoded.dtype == DataType.bfloat16:  # which the interface that both know has no name for
        encoded = encoded.to(DataType.float32)
    cut = torch.as_tensor(encoded, device="cuda")[list(members)].contiguous()
    torch.cuda.current_stream().synchronize()  # CTranslate2 works on a stream of its own
    return StorageView.from_array(cut)
