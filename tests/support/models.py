"""Language models that are closed when a test is over."""

import threading

from tests.support.endpoint import KEY, Endpoint
from tutor.adapters.coach.language_model import (
    LanguageModel,
)
from tutor.adapters.settings import Settings


def model(endpoint: Endpoint, **settings: object) -> LanguageModel:
    """A model at the endpoint, with short limits."""
    known: dict[str, object] = {
        "llm_url": endpoint.url,
        "llm_model": "small",
        "llm_api_key": KEY,
        "llm_timeout_s": 5,
        "llm_first_token_s": 5,
    }
    return opened(Settings.load(**(known | settings)))


_opened: list[LanguageModel] = []


def opened(settings: Settings) -> LanguageModel:
    """A model that is closed when the test is over."""
    _opened.append(LanguageModel(settings))
    return _opened[-1]


def readers() -> list[threading.Thread]:
    """The threads that read answers now."""
    return [thread for thread in threading.enumerate() if thread.name == "language-model"]
