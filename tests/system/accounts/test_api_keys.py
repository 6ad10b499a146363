from tests.support.accounts import code_of
from tests.support.gateway import PASSWORD, Gateway, Person


def test_an_api_key_lets_a_server_in(gateway: Gateway, anna: Person) -> None:
    """Shown once, listed by its beginning, revoked it is void."""
    with gateway.client(anna.token) as client:
        made = client.post("/v1/keys", json={"name": "school server"})
        assert made.status_code == 201
        secret = made.json()["key"]
        (listed,) = client.get("/v1/keys").json()["keys"]
        assert listed["prefix"] == secret[:12]
        assert listed["last_used_at"] is None
        assert secret not in str(listed)
        with gateway.client(secret) as server:
            assert server.get("/v1/me").json()["email"] == anna.email
            assert client.get("/v1/keys").json()["keys"][0]["last_used_at"] is not None
            assert client.delete(f"/v1/keys/{listed['id']}").status_code == 204
            assert server.get("/v1/me").status_code == 401
        assert code_of(client.delete(f"/v1/keys/{listed['id']}")) == (404, "not_found")


def test_a_leaked_api_key_cannot_take_the_account(gateway: Gateway, anna: Person) -> None:
    """Neither keys, nor the password, nor the export, nor the deletion: those need a login."""
    with gateway.client(anna.token) as client:
        secret = client.post("/v1/keys", json={"name": "server"}).json()["key"]
    with gateway.client(secret) as server:
        for method, path, body in [
            ("POST", "/v1/keys", {"name": "another"}),
            ("GET", "/v1/keys", None),
            ("PATCH", "/v1/me", {"keep_audio": True}),
            ("POST", "/v1/me/password", {"current_password": PASSWORD, "new_password": PASSWORD}),
            ("GET", "/v1/me/export", None),
            ("DELETE", "/v1/me", None),
            ("POST", "/v1/logout", None),
        ]:
            answer = server.request(method, path, json=body)
            assert code_of(answer) == (403, "login_needed"), path
