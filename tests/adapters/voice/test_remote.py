import pytest

from tests.support.endpoint import KEY, Handler, serving, status
from tutor.adapters.settings import Settings
from tutor.adapters.voice.remote import RemoteVoice, remote_facts
from tutor.adapters.voice.voice import VoiceError


def sound(request: Handler) -> None:
    """Three samples, and half of a fourth."""
    request.send_response(200)
    request.send_header("content-type", "audio/pcm")
    request.send_header("content-length", "7")
    request.end_headers()
    request.wfile.write(b"\1\0\2\0\3\0\4")


def test_a_server_speaks_clause_by_clause() -> None:
    """It is asked for raw samples, with its key and the speed that is wanted."""
    with serving(sound) as endpoint:
        settings = Settings.load(tts_url=f"{endpoint.url}", tts_api_key=KEY, tts_voices="nova")
        (facts,) = remote_facts(settings)
        voice = RemoteVoice(settings, facts, facts.id)
        assert voice.say("Hello.", 1.5).audio.tolist() == [1, 2, 3]
        voice.close()
    assert voice.sample_rate == 24_000
    assert endpoint.keys == [f"Bearer {KEY}"]
    assert endpoint.requests == [
        {
            "input": "Hello.",
            "model": "tts-1",
            "voice": "nova",
            "response_format": "pcm",
            "speed": 1.5,
        }
    ]


def test_what_a_server_says_of_a_failure_is_not_repeated() -> None:
    """It may quote the text, or the key."""
    with serving(status(400, {"message": f"{KEY} may not say Hello", "code": KEY})) as endpoint:
        settings = Settings.load(tts_url=endpoint.url, tts_api_key=KEY)
        voice = RemoteVoice(settings, remote_facts(settings)[0], "alloy")
        with pytest.raises(VoiceError) as caught:
            voice.say("Hello.", 1.0)
        voice.close()
    assert str(caught.value) == "its server refuses (HTTP 400)"


def test_without_a_server_there_are_none() -> None:
    """Nothing is asked that the settings do not name."""
    assert remote_facts(Settings.load()) == []
