"""A real HTTP server speaks OpenAI's wire format, well and badly."""

import logging
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.endpoint import KEY, Handler, answer, serving, status
from tests.support.house import SOON_S
from tests.support.models import _opened, model, opened, readers
from tutor.adapters.coach.language_model import (
    CHARACTERS_PER_TOKEN,
    LanguageModelError,
)
from tutor.adapters.settings import Settings

MESSAGES = (("system", "You are a tutor."), ("user", "I go there yesterday."))


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    """No test leaves a thread or a connection behind."""
    yield
    while _opened:
        _opened.pop().close()
    assert not readers()


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    """Import the client before anything is timed."""
    with serving(answer("x")) as endpoint:
        list(model(endpoint).reply(MESSAGES))


def test_an_answer_comes_token_by_token() -> None:
    """Each token is given when it comes, not at the end."""
    taken = threading.Semaphore(0)

    def script(request: Handler) -> None:
        request.begin()
        for token in ("You ", "went ", "there."):
            request.token(token)
            assert taken.acquire(timeout=SOON_S), "the next one is sent when this one was given"
        request.end()

    came = []
    with serving(script) as endpoint:
        for piece in model(endpoint).reply(MESSAGES):
            came.append(piece)
            taken.release()
    assert came == ["You ", "went ", "there."]


def test_the_request_is_what_the_settings_say() -> None:
    """Model, limits, messages and key go to the endpoint, and a stream is asked for."""
    with serving(answer("Good.")) as endpoint:
        list(model(endpoint, llm_max_tokens=77, llm_temperature=0.1).reply(MESSAGES))
    assert endpoint.keys == [f"Bearer {KEY}"]
    assert endpoint.requests == [
        {
            "model": "small",
            "messages": [{"role": role, "content": content} for role, content in MESSAGES],
            "stream": True,
            "max_tokens": 77,
            "temperature": 0.1,
            "stop": ["<data-", "</data-"],
        }
    ]


@pytest.mark.parametrize("began", [False, True])
def test_a_late_first_token_is_an_error_in_time(*, began: bool) -> None:
    """Headers or not: without a token the wait and the connection end at the first one's limit."""

    def script(request: Handler) -> None:
        if began:
            request.begin()
        request.wait_until_left()

    with serving(script) as endpoint:
        with pytest.raises(LanguageModelError, match=r"nothing came within 0.3 s"):
            list(model(endpoint, llm_first_token_s=0.3).reply(MESSAGES))
        assert endpoint.left.wait(SOON_S)


@pytest.mark.parametrize("trickle", [": still there\n\n", "data: "])
def test_a_trickle_that_is_no_token_does_not_extend_the_limit(trickle: str) -> None:
    """Comments and halves of events keep a connection alive, not a wait."""

    def script(request: Handler) -> None:
        request.begin()
        while not request.endpoint.left.wait(0.05):
            request.send(trickle)

    with serving(script) as endpoint:
        with pytest.raises(LanguageModelError, match=r"nothing came within 0.3 s"):
            list(model(endpoint, llm_first_token_s=0.3, llm_timeout_s=SOON_S).reply(MESSAGES))
        assert endpoint.left.wait(SOON_S)


@pytest.mark.heavy
def test_trickling_tokens_end_at_the_total_limit() -> None:
    """A server that sends for ever is left at the limit; what came was given."""
    with serving(answer(*["on "] * 2000, each_s=0.05)) as endpoint:
        pieces: list[str] = []
        with pytest.raises(LanguageModelError, match=r"not done within 3 s"):
            pieces.extend(model(endpoint, llm_timeout_s=3).reply(MESSAGES))
        assert set(pieces) == {"on "}
        assert endpoint.left.wait(SOON_S)


def test_a_listener_who_leaves_ends_the_reading() -> None:
    """When nobody wants the rest, the connection is given up at once."""

    def script(request: Handler) -> None:
        request.begin()
        request.token("on ")
        request.wait_until_left()

    with serving(script) as endpoint:
        reply = model(endpoint).reply(MESSAGES)
        assert next(reply) == "on "
        reply.close()
        assert endpoint.left.wait(SOON_S)


@pytest.mark.parametrize("code", [408, 429, 500, 502, 503])
def test_what_may_pass_is_tried_again(code: int) -> None:
    """An overloaded or failing server is asked again after a moment."""
    with serving(status(code), answer("Good.")) as endpoint:
        assert "".join(model(endpoint).reply(MESSAGES)) == "Good."
    assert len(endpoint.requests) == 2


def test_tries_are_numbered() -> None:
    """With two retries a server is asked three times, then its status is told."""
    with serving(status(503)) as endpoint, pytest.raises(LanguageModelError, match="HTTP 503"):
        list(model(endpoint, llm_retries=2).reply(MESSAGES))
    assert len(endpoint.requests) == 3


def test_no_try_begins_behind_the_limit() -> None:
    """A server that asks to wait longer than a learner does is not waited for."""
    with serving(status(429, retry_after="60")) as endpoint:
        started = time.monotonic()
        with pytest.raises(LanguageModelError, match="overloaded"):
            list(model(endpoint, llm_timeout_s=59).reply(MESSAGES))
        assert time.monotonic() - started < 59, "it did not wait for the limit"
    assert len(endpoint.requests) == 1


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (401, "TUTOR_LLM_API_KEY"),
        (403, "TUTOR_LLM_API_KEY"),
        (404, "TUTOR_LLM_MODEL"),
        (400, "refuses the request"),
        (418, "refuses the request"),
        (500, "it failed"),
    ],
)
def test_what_stays_wrong_is_told_at_once(
    code: int, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A wrong key, address or request is not tried again, and the key is never shown."""
    caplog.set_level(logging.DEBUG)
    with serving(status(code)) as endpoint, pytest.raises(LanguageModelError, match=why) as caught:
        list(model(endpoint, llm_retries=0).reply(MESSAGES))
    assert len(endpoint.requests) == 1
    assert str(code) in str(caught.value)
    assert KEY not in str(caught.value)
    assert KEY not in caplog.text


def test_an_answer_that_breaks_off_is_an_error_and_not_begun_again() -> None:
    """What the learner has read cannot be taken back."""

    def script(request: Handler) -> None:
        request.begin()
        request.token("You ")
        request.close_connection = True

    with serving(script) as endpoint:
        pieces: list[str] = []
        with pytest.raises(LanguageModelError, match="broke off"):
            pieces.extend(model(endpoint).reply(MESSAGES))
        reply = model(endpoint).reply(MESSAGES)
        assert next(reply) == "You "
    assert len(endpoint.requests) == 2


def test_an_answer_without_its_end_is_an_error() -> None:
    """A stream that stops cleanly, but was never finished, is no whole answer."""

    def script(request: Handler) -> None:
        request.begin()
        request.token("You ")
        request.send("")

    with serving(script) as endpoint, pytest.raises(LanguageModelError, match="broke off"):
        list(model(endpoint).reply(MESSAGES))


def test_an_empty_answer_is_asked_for_again() -> None:
    """No words at all are a failure that may pass."""
    with serving(answer(), answer("Good.")) as endpoint:
        assert list(model(endpoint).reply(MESSAGES)) == ["Good."]


def test_an_answer_that_grows_too_long_is_cut() -> None:
    """A server that minds no limit of tokens is cut at as many characters as they could have."""
    limit = 5 * CHARACTERS_PER_TOKEN
    with serving(answer(*["abcdefg"] * 50)) as endpoint:
        reply = "".join(model(endpoint, llm_max_tokens=5).reply(MESSAGES))
    assert reply == ("abcdefg" * 50)[:limit]


def test_a_model_that_calls_its_options_otherwise_is_understood() -> None:
    """Newer models of OpenAI refuse some options: they are asked without."""
    refused = [
        status(400, {"message": "unsupported", "param": name, "code": "unsupported_parameter"})
        for name in ("max_tokens", "temperature", "stop")
    ]
    with serving(*refused, answer("Good.")) as endpoint:
        asked = model(endpoint, llm_max_tokens=9)
        assert list(asked.reply(MESSAGES)) == ["Good."]
        assert list(asked.reply(MESSAGES)) == ["Good."]
    assert len(endpoint.requests) == 5
    assert endpoint.requests[-1]["max_completion_tokens"] == 9
    assert not {"max_tokens", "temperature", "stop"} & set(endpoint.requests[-1])


def test_nobody_there_is_an_error() -> None:
    """A refused connection is named as such."""
    settings = Settings.load(llm_url="http://127.0.0.1:9/v1", llm_model="m", llm_retries=0)
    with pytest.raises(LanguageModelError, match="cannot be reached"):
        list(opened(settings).reply(MESSAGES))


def test_an_option_that_two_replies_find_refused_is_left_out_once() -> None:
    """Replies that were asked for together learn the same of their model, and both come."""
    both_there = threading.Barrier(2)

    def script(request: Handler) -> None:
        if "stop" in request.endpoint.requests[-1]:
            both_there.wait(SOON_S)
            status(400, {"message": "unsupported", "param": "stop"})(request)
        else:
            answer("Good.")(request)

    with serving(script) as endpoint:
        shared = model(endpoint)
        with ThreadPoolExecutor(2) as callers:
            replies = callers.map(lambda _: "".join(shared.reply(MESSAGES)), range(2))
            assert list(replies) == ["Good."] * 2
    assert len(endpoint.requests) == 4


def test_learners_do_not_wait_for_each_other() -> None:
    """Replies that threads ask for at once come at once, and one thread reads them all."""
    all_there = threading.Barrier(5)
    replies: list[str] = []
    reading: list[int] = []

    def script(request: Handler) -> None:
        all_there.wait(SOON_S)
        reading.append(len(readers()))
        answer("Good.")(request)

    with serving(script) as endpoint:
        shared = model(endpoint, llm_timeout_s=SOON_S, llm_first_token_s=SOON_S)

        def ask() -> None:
            replies.append("".join(shared.reply(MESSAGES)))

        threads = [threading.Thread(target=ask) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert replies == ["Good."] * 5
    assert reading == [1] * 5
    assert len(endpoint.requests) == 5
