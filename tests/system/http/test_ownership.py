"""What belongs to somebody else is as good as not there."""

import json
from secrets import token_hex

from websockets.asyncio.client import connect

from tests.support.doors import START, bearer, last_words, opened
from tests.support.gateway import Gateway, Person, enter
from tests.support.house import SOON_S, wait_until
from tutor.client import practice_url


async def test_a_foreign_id_and_a_missing_one_answer_alike(guarded: Gateway, anna: Person) -> None:
    """Both are 404 with the same words, for sessions, recordings, pages and keys."""
    boris = enter(guarded.url, f"boris-{token_hex(4)}@school.example")
    async with opened(guarded, anna.token) as socket:
        await socket.send('{"type": "session.end"}')
        await last_words(socket)
    with guarded.client(anna.token) as client:
        key = client.post("/v1/keys", json={"name": "server"}).json()["id"]
        wait_until(lambda: bool(client.get("/v1/me/sessions").json()["sessions"]), SOON_S)
        (session,) = client.get("/v1/me/sessions").json()["sessions"]
        assert client.get(f"/v1/me/sessions/{session['id']}").status_code == 200
    with guarded.client(boris.token) as client:
        for method, path, own in [
            ("GET", "/v1/me/sessions/{}", session["id"]),
            ("GET", "/v1/me/sessions/{}/utterances/u1/audio", session["id"]),
            ("DELETE", "/v1/keys/{}", key),
        ]:
            answers = [client.request(method, path.format(id)) for id in (own, "missing")]  # noqa: A001
            assert [answer.status_code for answer in answers] == [404, 404]
            assert answers[0].content == answers[1].content
        pages = [
            client.get("/v1/me/sessions", params={"before": before})
            for before in (session["id"], "missing")
        ]
        assert pages[0].content == pages[1].content


async def test_another_users_session_cannot_be_resumed(guarded: Gateway, anna: Person) -> None:
    """Another user gets no session, not even with its token: it is as if it were gone."""
    boris = enter(guarded.url, f"boris-{token_hex(4)}@school.example")
    headers = bearer(anna.token)
    async with connect(practice_url(guarded.url), additional_headers=headers) as socket:
        await socket.send(START)
        started = json.loads(await socket.recv())
        socket.transport.abort()
    wanted = {"session": started["session"], "token": started["token"], "after": 1}
    message = json.dumps({**json.loads(START), "resume": wanted})
    for token, recovered in ((boris.token, False), (anna.token, True)):
        headers = bearer(token)
        async with connect(practice_url(guarded.url), additional_headers=headers) as socket:
            await socket.send(message)
            assert json.loads(await socket.recv())["recovered"] is recovered
