"""The way of a socket past the routes."""

from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from tutor.shells.http.straight import GoStraight


def client(served: list[str]) -> TestClient:
    """A client of an application without routes, but for one socket."""

    async def serve(socket: WebSocket) -> None:
        served.append(socket.url.path)
        assert socket.app is not None
        await socket.accept()
        await socket.send_text("here")
        await socket.close()

    app = Starlette()
    app.add_middleware(GoStraight, sockets={"/v1/practice": serve})
    return TestClient(app)


def test_a_socket_goes_straight_to_who_serves_it() -> None:
    """No route of its path is needed, nor asked."""
    served: list[str] = []
    with client(served).websocket_connect("/v1/practice?language=en") as socket:
        assert socket.receive_text() == "here"
    assert served == ["/v1/practice"]


@pytest.mark.parametrize("path", ["/v1/practice/", "/v1/practices", "/", "/V1/practice"])
def test_other_sockets_ask_the_routes(path: str) -> None:
    """A path that is another one, if only by a slash, is refused as before."""
    served: list[Any] = []
    with pytest.raises(WebSocketDisconnect), client(served).websocket_connect(path):
        pass
    assert not served


def test_a_request_asks_the_routes() -> None:
    """One for the socket's path that asks for no socket."""
    served: list[str] = []
    assert client(served).get("/v1/practice").status_code == 404
    assert not served
