import json
import socket
import threading
import time
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from tests.support.house import free_port
from tests.support.receiver import receiving
from tutor.adapters.webhook_sender import (
    DeliveryError,
    WebhookSender,
    check_secret,
    check_url,
    new_webhook_secret,
)
from tutor.core.files.webhook import WebhookError

SECRET = "whsec_" + "c2VjcmV0" * 4
"""A constant: processes that share the tests must name them alike."""


def sender(*, allow_private: bool = True, timeout_s: float = 5) -> WebhookSender:
    """A sender that may go to this machine."""
    return WebhookSender(allow_private=allow_private, timeout_s=timeout_s)


def test_a_delivery_verifies_with_the_specifications_library() -> None:
    """The receiver's library accepts the signature, and refuses another secret's or body's."""
    body = json.dumps({"type": "job.done", "data": {"id": "ü"}})
    with receiving() as receiver:
        sender().send(receiver.url, SECRET, "msg_1", body)
    ((headers, got),) = receiver.got
    assert Webhook(SECRET).verify(got, headers) == json.loads(body)
    assert headers["webhook-id"] == "msg_1"
    assert headers["Content-Type"] == "application/json"
    with pytest.raises(WebhookVerificationError):
        Webhook(new_webhook_secret()).verify(got, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(got + b" ", headers)


@pytest.mark.parametrize("status", [301, 404, 500])
def test_only_success_is_a_delivery(status: int) -> None:
    """Any status but 2xx is a failure; a redirect is not followed."""
    with receiving() as other, receiving(status, {"Location": other.url}) as receiver:
        with pytest.raises(DeliveryError, match=str(status)):
            sender().send(receiver.url, SECRET, "msg_1", "{}")
        assert len(receiver.got) == 1
        assert other.got == []


def test_a_receiver_that_is_away_is_a_failure() -> None:
    """Nobody listens: a failure that can be tried again."""
    with pytest.raises(DeliveryError, match="refused"):
        sender().send(f"http://127.0.0.1:{free_port()}/", SECRET, "msg_1", "{}")


def test_a_receiver_that_trickles_is_hung_up_on() -> None:
    """An answer a byte at a time does not hold a messenger for longer than the time limit."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def trickle() -> None:
            connection, _ = listener.accept()
            with connection:
                try:
                    while True:
                        connection.send(b"H")
                        time.sleep(0.05)
                except OSError:
                    pass

        thread = threading.Thread(target=trickle, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        with pytest.raises(DeliveryError):
            sender(timeout_s=0.5).send(url, SECRET, "msg_1", "{}")
        thread.join(5)
        assert not thread.is_alive()


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433"]
)
def test_a_name_of_a_private_address_is_not_connected_to(host: str) -> None:
    """The address that the name has now is checked, however it is written; nothing is sent."""
    with pytest.raises((WebhookError, DeliveryError), match=r"not a public address|no address"):
        sender(allow_private=False).send(f"https://{host}/", SECRET, "msg_1", "{}")


def test_the_address_that_was_checked_is_the_one_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A name that answers public first and private then is looked up once only."""
    answers = iter(["93.184.216.34", "127.0.0.1"])
    asked = []

    real_resolve, real_connect = socket.getaddrinfo, socket.socket.connect

    def resolve(host: str, port: Any, *others: Any, **named: Any) -> list[Any]:
        if host != "a.example":  # a thread of another test's looks for its store
            return real_resolve(host, port, *others, **named)
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    def connect(own: socket.socket, address: Any) -> None:
        if address[1] != 443:
            real_connect(own, address)
        else:
            connected.append(address)

    connected: list[Any] = []
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket.socket, "connect", connect)
    with pytest.raises(DeliveryError):
        sender(allow_private=False, timeout_s=0.5).send("https://a.example/", SECRET, "m", "{}")
    assert asked == ["a.example"]
    assert connected == [("93.184.216.34", 443)]


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "ftp://example.org/",
        "https://",
        "https://user:pw@example.org/",
        "https://example.org:99999/",
        "https://exa mple.org/",
        "https://example.org/\r\nX: y",
        "javascript:alert(1)",
        "https://example.org/" + "a" * 2000,
    ],
)
def test_other_urls_are_refused(url: str) -> None:
    """No plain HTTP, no password, nothing malformed."""
    with pytest.raises(WebhookError):
        check_url(url, allow_private=False)


def test_where_private_addresses_are_allowed_plain_http_is() -> None:
    """A receiver on this machine has no certificate."""
    assert check_url("http://127.0.0.1:81/x", allow_private=True) == ("http", "127.0.0.1", 81)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_!!!", "whsec_c2hvcnQ=", SECRET[6:]])
def test_a_secret_must_be_one_of_the_specification(secret: str) -> None:
    """`whsec_` and 24 to 64 bytes in base64."""
    with pytest.raises(WebhookError):
        check_secret(secret)
    check_secret(SECRET)
