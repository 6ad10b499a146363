"""Replies of a language model, over any endpoint that speaks OpenAI's chat completions."""

from __future__ import annotations

import asyncio
import queue
import random
from collections.abc import AsyncIterable, Callable, Generator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from anyio.from_thread import start_blocking_portal

from tutor.adapters.settings import CoachSettings
from tutor.core.coach.prompting import TAG

if TYPE_CHECKING:  # it takes most of a second to import, and few need it
    import openai
    from openai.types.chat import ChatCompletionChunk

CHARACTERS_PER_TOKEN = 8
"""More than any language's mean: a reply is cut here when its server ignores `max_tokens`."""

BACK_OFF_S = 0.25
"""Seconds to wait before the second try; doubled each time, less up to a half by chance."""

PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
"""HTTP statuses after which another try may succeed."""

REPLACED = {"max_tokens": "max_completion_tokens"}
"""Options that some models refuse, and what those call them instead."""

OPTIONAL = frozenset({"max_tokens", "max_completion_tokens", "temperature", "stop"})
"""Options that a model may do without."""

CAUSES = {
    401: "it refuses the key in TUTOR_LLM_API_KEY",
    403: "the key in TUTOR_LLM_API_KEY may not use it",
    404: "the endpoint knows no such address or model: see TUTOR_LLM_URL and TUTOR_LLM_MODEL",
    429: "it is overloaded, or the quota is used up",
}

REFUSED, FAILED = "it refuses the request", "it failed"
"""Causes of other statuses: under 500, and from there on."""


class LanguageModelError(Exception):
    """There is no reply, or no more of it; the message is one line that says why.

    The message has no word of the endpoint's: that may quote the learner, or the key.
    """

    def __init__(self, why: str, *, may_pass: bool = False, wait_s: float = 0.0) -> None:
        super().__init__(f"language model: {why}")
        self.may_pass = may_pass
        """Whether another try may succeed."""
        self.wait_s = wait_s
        """Seconds that the endpoint asks to wait before another try."""


class LanguageModel:
    """One model at one endpoint. Threads may share it: a thread of its own reads all replies."""

    def __init__(self, settings: CoachSettings) -> None:
        import openai

        self._settings = settings
        client = openai.AsyncOpenAI(
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
        with ExitStack() as opened:
            self._portal = opened.enter_context(start_blocking_portal(name="language-model"))
            self._client = opened.enter_context(self._portal.wrap_async_context_manager(client))
            self._opened = opened.pop_all()

    @property
    def name(self) -> str:
        """The endpoint's name of the model."""
        return self._settings.llm_model

    def close(self) -> None:
        """Close the connections and end the thread, once no more replies are asked for."""
        self._opened.close()

    def reply(self, messages: Sequence[tuple[str, str]]) -> Generator[str]:
        """Ask the model, and yield its reply part by part as it comes.

        `messages` are (role, content), the oldest first. Both time limits hold however slowly the
        endpoint sends. What fails before the first part is tried again while there is time. A
        caller that closes the iterator gives up the connection.

        Raises:
            LanguageModelError: no reply, or it broke off; parts may have been yielded before.
        """
        pieces: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        answering = self._portal.start_task_soon(self._answer, messages, pieces.put)
        answering.add_done_callback(lambda _: pieces.put(None))
        try:
            while (piece := pieces.get()) is not None:
                yield piece
            answering.result()
        finally:
            answering.cancel()

    async def _answer(
        self, messages: Sequence[tuple[str, str]], give: Callable[[str], None]
    ) -> None:
        """Give the parts of one reply while both time limits hold."""
        first_s, whole_s = self._settings.llm_first_token_s, self._settings.llm_timeout_s
        began = asyncio.get_running_loop().time()
        answer = _Answer(
            asyncio.timeout_at(began + min(first_s, whole_s)),
            began + whole_s,
            self._settings.llm_max_tokens * CHARACTERS_PER_TOKEN,
            give,
        )
        try:
            async with answer.deadline:
                await self._try(messages, answer)
        except TimeoutError:
            late = (
                f"not done within {whole_s:g} s"
                if answer.begun
                else f"nothing came within {min(first_s, whole_s):g} s"
            )
            raise LanguageModelError(late) from None

    async def _try(self, messages: Sequence[tuple[str, str]], answer: _Answer) -> None:
        """Ask, and ask again after passing failures, until the reply has begun."""
        failures = 0
        while True:
            try:
                return await self._ask(self._request(messages), answer)
            except _OptionError as refused:
                self._do_without(refused.option)
            except LanguageModelError as error:
                delay = max(error.wait_s, _back_off(failures))
                failures += 1
                last = failures > self._settings.llm_retries
                if last or not error.may_pass or not answer.may_begin_in(delay):
                    raise
                await asyncio.sleep(delay)

    async def _ask(self, request: dict[str, Any], answer: _Answer) -> None:
        """Ask once and give what comes.

        Raises:
            LanguageModelError: there is no reply, or it broke off.
            _OptionError: the request can be made without an option.
        """
        connected = False
        try:
            async with await self._client.chat.completions.create(**request) as stream:
                connected = True
                whole = await _read_stream(stream, answer)
        except Exception as error:  # the client lets its transport's errors through as they are
            # Without the cause: that may quote the learner, or the key.
            raise _as_error(error, request, connected=connected) from None
        if not whole:
            raise _broken_off()
        if not answer.begun:
            raise LanguageModelError("it answered nothing", may_pass=True)

    def _request(self, messages: Sequence[tuple[str, str]]) -> dict[str, Any]:
        return {
            "model": self._settings.llm_model,
            "messages": [{"role": role, "content": content} for role, content in messages],
            "stream": True,
            **self._options,
        }

    def _do_without(self, option: str) -> None:
        """Leave out an option that this model refuses, or name it as the model does, from now
        on."""
        if option not in self._options:  # another reply has found it out meanwhile
            return
        value = self._options[option]
        kept = {name: kept for name, kept in self._options.items() if name != option}
        self._options = kept | ({REPLACED[option]: value} if option in REPLACED else {})


class _OptionError(Exception):
    """The model does not take an option that can be left out."""

    def __init__(self, option: str) -> None:
        self.option = option


@dataclass
class _Answer:
    """How far one reply is."""

    deadline: asyncio.Timeout
    """Deadline of the first part until that has come, then of the whole, on the event loop's
    clock."""
    end: float
    """When the whole reply must be there, on the event loop's clock."""
    room: int
    """How many characters may still come."""
    give: Callable[[str], None]
    begun: bool = False
    """Whether a part was given: what the learner has read cannot be taken back."""

    def take(self, piece: str) -> None:
        """Give a part, cut to the room that is left."""
        if not self.begun:
            self.begun = True
            self.deadline.reschedule(self.end)
        self.give(piece[: self.room])
        self.room -= len(piece)

    def may_begin_in(self, delay: float) -> bool:
        """Whether a try after so many seconds could still give the first part in time."""
        by = self.deadline.when()
        assert by is not None
        return not self.begun and asyncio.get_running_loop().time() + delay < by


async def _read_stream(stream: AsyncIterable[ChatCompletionChunk], answer: _Answer) -> bool:
    """Give the parts of a stream; whether it came to its end, or to the end of the room."""
    async for chunk in stream:
        for choice in chunk.choices[:1]:
            if choice.delta.content:
                answer.take(choice.delta.content)
            if choice.finish_reason is not None or answer.room <= 0:
                return True
    return False


def _broken_off() -> LanguageModelError:
    return LanguageModelError("the answer broke off", may_pass=True)


def _back_off(attempt: int) -> float:
    """Seconds to wait, with jitter so that many workers do not come back at once."""
    return BACK_OFF_S * 2.0**attempt * random.uniform(0.5, 1)  # noqa: S311 (no secret)


def _as_error(error: Exception, request: dict[str, Any], *, connected: bool) -> Exception:
    """The error to raise for one of the client's, in words of our own alone."""
    import openai

    if isinstance(error, openai.APIStatusError):
        return _status_error(error, request)
    if isinstance(error, openai.APITimeoutError):
        return LanguageModelError("the endpoint does not answer", may_pass=True)
    if isinstance(error, openai.APIConnectionError) and not connected:
        return LanguageModelError("the endpoint cannot be reached", may_pass=True)
    if type(error) is openai.APIError:  # told in the middle of a stream
        return LanguageModelError(f"{FAILED} in the middle of its answer", may_pass=True)
    return _broken_off()


def _status_error(error: openai.APIStatusError, request: dict[str, Any]) -> Exception:
    if error.status_code == 400 and error.param in OPTIONAL & set(request):
        return _OptionError(str(error.param))
    cause = CAUSES.get(error.status_code, FAILED if error.status_code >= 500 else REFUSED)
    return LanguageModelError(
        f"{cause} (HTTP {error.status_code})",
        may_pass=error.status_code in PASSING,
        wait_s=_retry_after_s(error.response.headers.get("retry-after")),
    )


def _retry_after_s(header: str | None) -> float:
    return float(header) if header and header.isdecimal() else 0.0
