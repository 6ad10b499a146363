"""Replies of a language model, over any endpoint that speaks OpenAI's chat completions."""

from __future__ import annotations

import queue
import random
import socket
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tutor.adapters.settings import Settings
from tutor.core.coach.prompting import TAG

if TYPE_CHECKING:  # it takes most of a second to import, and few need it
    import openai
    from openai.types.chat import ChatCompletionChunk

CHARACTERS_PER_TOKEN = 8
"""More than any language's mean: an answer is cut here when its server minds no `max_tokens`."""

BACK_OFF_S = 0.25
"""Before the second try; doubled each time, less up to a half by chance."""

PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
"""HTTP statuses after which another try may succeed."""

REPLACED = {"max_tokens": "max_completion_tokens"}
"""What models that refuse an option call it instead."""

OPTIONAL = frozenset({"max_tokens", "max_completion_tokens", "temperature", "stop"})
"""Options that a model may do without."""

CAUSES = {
    401: "it refuses the key in TUTOR_LLM_API_KEY",
    403: "the key in TUTOR_LLM_API_KEY may not use it",
    404: "the endpoint knows no such address or model: see TUTOR_LLM_URL and TUTOR_LLM_MODEL",
    429: "it is overloaded, or the quota is used up",
}

REFUSED, FAILED = "it refuses the request", "it failed"
"""Of other statuses, under 500 and from there on."""


class LanguageModelError(Exception):
    """There is no reply, or no more of it; the message is one line that says why.

    It has no word of the endpoint's: what that writes may quote the learner, or the key.
    """

    def __init__(self, why: str, *, may_pass: bool = False, wait_s: float = 0.0) -> None:
        super().__init__(f"language model: {why}")
        self.may_pass = may_pass
        """Whether another try may succeed."""
        self.wait_s = wait_s
        """How long the endpoint asks to wait before one."""


class LanguageModel:
    """One model at one endpoint. Threads may share it."""

    def __init__(self, settings: Settings) -> None:
        import openai

        self._settings = settings
        self._client = openai.OpenAI(
            base_url=settings.llm_url,
            # Local servers want no key, the client wants one.
            api_key=settings.llm_api_key.get_secret_value() or "none",
            timeout=settings.llm_timeout_s,
            max_retries=0,  # its own would go on behind our time limits
        )
        self._options: dict[str, Any] = {
            "max_tokens": settings.llm_max_tokens,
            "temperature": settings.llm_temperature,
            "stop": [f"<{TAG}", f"</{TAG}"],
        }

    @property
    def name(self) -> str:
        """The endpoint's name of the model."""
        return self._settings.llm_model

    @staticmethod
    def configured(settings: Settings) -> bool:
        """Whether the settings name an endpoint and a model."""
        return bool(settings.llm_url and settings.llm_model)

    def reply(self, messages: Sequence[tuple[str, str]]) -> Iterator[str]:
        """Ask the model, and give its answer piece by piece as it comes.

        `messages` are (role, content), the oldest first. Both time limits hold however slowly the
        endpoint sends. What fails before the first piece is tried again while there is time.

        Raises:
            LanguageModelError: no answer, or it broke off; pieces may have been given before.
        """
        began = time.monotonic()
        piece: str | None
        call, piece = self._begin(messages, began + self._first_token_s)
        left = self._settings.llm_max_tokens * CHARACTERS_PER_TOKEN
        end = began + self._settings.llm_timeout_s
        try:
            while piece is not None and left > 0:
                yield piece[:left]
                left -= len(piece)
                piece = call.next_piece(end, f"not done within {self._settings.llm_timeout_s:g} s")
        finally:
            call.abandon()

    @property
    def _first_token_s(self) -> float:
        return min(self._settings.llm_first_token_s, self._settings.llm_timeout_s)

    def _begin(self, messages: Sequence[tuple[str, str]], by: float) -> tuple[_Call, str]:
        """A call that has begun to answer, and its first piece."""
        late = f"nothing came within {self._first_token_s:g} s"
        attempt = 0
        while True:
            call = _Call(self._client, self._request(messages))
            try:
                return call, _some(call.next_piece(by, late))
            except _OptionError as refused:
                call.abandon()
                self._do_without(refused.option)
            except LanguageModelError as error:
                call.abandon()
                delay = max(error.wait_s, _back_off(attempt))
                attempt += 1
                last = attempt > self._settings.llm_retries
                if last or not error.may_pass or time.monotonic() + delay >= by:
                    raise
                time.sleep(delay)

    def _request(self, messages: Sequence[tuple[str, str]]) -> dict[str, Any]:
        return {
            "model": self._settings.llm_model,
            "messages": [{"role": role, "content": content} for role, content in messages],
            "stream": True,
            **self._options,
        }

    def _do_without(self, option: str) -> None:
        """Leave out what this model refuses, or name it as the model does, from now on."""
        value = self._options[option]
        kept = {name: kept for name, kept in self._options.items() if name != option}
        self._options = kept | ({REPLACED[option]: value} if option in REPLACED else {})


class _OptionError(Exception):
    """The model does not take an option that can be left out."""

    def __init__(self, option: str) -> None:
        self.option = option


@dataclass(frozen=True)
class _End:
    """Nothing more comes."""

    error: Exception | None = None


class _Call:
    """One request in a thread of its own, so that whoever waits for it can stop waiting."""

    def __init__(self, client: openai.OpenAI, request: dict[str, Any]) -> None:
        self._client = client
        self._request = request
        self._pieces: queue.SimpleQueue[str | _End] = queue.SimpleQueue()
        self._abandoned = threading.Event()
        self._begun = False
        self._socket: socket.socket | None = None
        threading.Thread(target=self._run, name="language-model", daemon=True).start()

    def next_piece(self, by: float, late: str) -> str | None:
        """The next piece, None at the end; waits until `by` on the monotonic clock.

        Raises:
            LanguageModelError: it failed, or it is `late`.
            _OptionError: the request can be put otherwise.
        """
        try:
            piece = self._pieces.get(timeout=max(0.0, by - time.monotonic()))
        except queue.Empty:
            raise LanguageModelError(late) from None
        if isinstance(piece, str):
            return piece
        if piece.error is not None:
            raise piece.error
        return None

    def abandon(self) -> None:
        """Take no more of it; a thread that still reads is woken, if it is past the headers.

        One that is not ends when its endpoint has been silent for the client's time limit.
        """
        self._abandoned.set()
        reading = self._socket
        if reading is not None:
            # Closed by its own thread alone: another might get the same number meanwhile.
            with suppress(OSError):
                reading.shutdown(socket.SHUT_RDWR)

    def _run(self) -> None:
        try:
            end = _End(self._read())
        except Exception as error:  # the client lets its transport's errors through as they are
            end = _End(_named(error, self._request, begun=self._begun))
        self._pieces.put(end)

    def _read(self) -> LanguageModelError | None:
        """Pass the pieces on; what is wrong with the end, if something is."""
        with self._client.chat.completions.create(**self._request) as stream:
            self._begun = True
            network = stream.response.extensions.get("network_stream")
            self._socket = network and network.get_extra_info("socket")
            try:
                return self._pass_on(stream)
            finally:
                self._socket = None

    def _pass_on(self, stream: Iterable[ChatCompletionChunk]) -> LanguageModelError | None:
        for chunk in stream:
            for choice in chunk.choices[:1]:
                if choice.delta.content:
                    self._pieces.put(choice.delta.content)
                if choice.finish_reason is not None or self._abandoned.is_set():
                    return None
        return _broken()


def _some(piece: str | None) -> str:
    if piece is None:
        raise LanguageModelError("it answered nothing", may_pass=True)
    return piece


def _broken() -> LanguageModelError:
    return LanguageModelError("the answer broke off", may_pass=True)


def _back_off(attempt: int) -> float:
    """Seconds to wait, with jitter so that many workers do not come back at once."""
    return BACK_OFF_S * 2.0**attempt * random.uniform(0.5, 1)  # noqa: S311 (no secret)


def _named(error: Exception, request: dict[str, Any], *, begun: bool) -> Exception:
    """What went wrong, in words of ours alone."""
    import openai

    if isinstance(error, openai.APIStatusError):
        return _status(error, request)
    if isinstance(error, openai.APITimeoutError):
        return LanguageModelError("the endpoint does not answer", may_pass=True)
    if isinstance(error, openai.APIConnectionError) and not begun:
        return LanguageModelError("the endpoint cannot be reached", may_pass=True)
    if type(error) is openai.APIError:  # told in the middle of a stream
        return LanguageModelError(f"{FAILED} in the middle of its answer", may_pass=True)
    return _broken()


def _status(error: openai.APIStatusError, request: dict[str, Any]) -> Exception:
    if error.status_code == 400 and error.param in OPTIONAL & set(request):
        return _OptionError(str(error.param))
    cause = CAUSES.get(error.status_code, FAILED if error.status_code >= 500 else REFUSED)
    return LanguageModelError(
        f"{cause} (HTTP {error.status_code})",
        may_pass=error.status_code in PASSING,
        wait_s=_seconds(error.response.headers.get("retry-after")),
    )


def _seconds(header: str | None) -> float:
    return float(header) if header and header.isdecimal() else 0.0
