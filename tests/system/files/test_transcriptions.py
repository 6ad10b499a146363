import openai
import pytest

from tests.support.gateway import Gateway, openai_client
from tests.support.house import SOON_S, wait_until
from tests.support.uploading import new_person
from tutor.adapters.sql.database import Database
from tutor.adapters.sql.jobs import JobTable


def client_of(gateway: Gateway, key: str = "unused") -> openai.OpenAI:
    """OpenAI's own client."""
    return openai_client(gateway.url, key)


def test_openais_client_understands_our_errors(gateway: Gateway) -> None:
    """Code, parameter and message arrive in its exceptions."""
    client = client_of(gateway)
    transcribe = client.audio.transcriptions.create
    with pytest.raises(openai.NotFoundError, match="there is 'whisper-1' and 'base'") as missing:
        transcribe(file=("a.wav", b"x"), model="gpt-4o-transcribe-diarize")
    assert (missing.value.code, missing.value.param) == ("model_not_found", "model")
    with pytest.raises(openai.UnprocessableEntityError) as wrong:
        transcribe(file=("a.wav", b"x"), model="whisper-1", temperature=3)
    assert (wrong.value.code, wrong.value.param) == ("invalid", "temperature")
    with pytest.raises(openai.UnprocessableEntityError) as empty:
        transcribe(file=("a.wav", b""), model="whisper-1")
    assert (empty.value.code, empty.value.param) == ("empty_file", "file")
    assert empty.value.type == "invalid_request_error"


def test_a_transcription_that_takes_too_long_is_given_up(
    gateway: Gateway, database: Database
) -> None:
    """TUTOR_TRANSCRIPTION_TIMEOUT_S: 504, and nothing of it stays."""
    person = new_person(gateway)
    with pytest.raises(openai.InternalServerError) as late:
        client_of(gateway, person.token).audio.transcriptions.create(
            file=("a.wav", b"x"), model="base"
        )
    assert late.value.code == "timeout"
    assert late.value.status_code == 504
    with gateway.client(person.token) as client:
        user = client.get("/v1/me").json()["id"]
    wait_until(lambda: not JobTable(database).names(user), SOON_S)


def test_a_stream_that_takes_too_long_ends_with_an_error(gateway: Gateway) -> None:
    """Where the status is sent already, the error is an event that the client raises."""
    stream = client_of(gateway).audio.transcriptions.create(
        file=("a.wav", b"x"), model="whisper-1", stream=True
    )
    with pytest.raises(openai.APIError, match="not done within"):
        list(stream)


def test_only_a_placeholder_is_a_guests_key(gateway: Gateway) -> None:
    """OpenAI's client cannot do without a key; one that looks like ours must be valid."""
    assert {"whisper-1", "base", "gpt-4o-transcribe"} <= {
        model.id for model in client_of(gateway).models.list()
    }
    for key in ("tutor_wrong", "a.b.c"):
        with pytest.raises(openai.AuthenticationError):
            client_of(gateway, key).audio.transcriptions.create(
                file=("a.wav", b"x"), model="whisper-1"
            )


def test_a_model_by_its_name(gateway: Gateway) -> None:
    """As OpenAI's client asks for it."""
    for name in ("base", "gpt-4o-mini-transcribe-2025-12-15"):
        assert client_of(gateway).models.retrieve(name).owned_by == "voice-tutor"
    with pytest.raises(openai.NotFoundError):
        client_of(gateway).models.retrieve("large-v9")
