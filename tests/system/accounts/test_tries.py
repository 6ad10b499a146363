from concurrent.futures import ThreadPoolExecutor

import httpx2

from tests.support.accounts import ACCOUNT_TRIES, ADDRESS_TRIES, code_of
from tests.support.gateway import PASSWORD, Gateway, Person, enter, log_in


def test_wrong_passwords_make_the_account_wait(gateway: Gateway, anna: Person) -> None:
    """After four failures 429 with Retry-After, for the right password as well; a success before
    that begins the count anew; an address without account is treated alike."""
    wrong = {"grant_type": "password", "username": anna.email, "password": "wrong"}
    nobody = {**wrong, "username": "nobody@school.example"}
    with gateway.client() as client:
        for _ in range(3):
            assert code_of(client.post("/v1/token", data=wrong)) == (400, "invalid_grant")
        assert log_in(client, anna.email)
        for form in (wrong, nobody):
            answers = [client.post("/v1/token", data=form) for _ in range(5)]
            assert [answer.status_code for answer in answers] == [400, 400, 400, 400, 429]
            assert code_of(answers[-1]) == (429, "too_many_tries")
            assert 0 < int(answers[-1].headers["retry-after"]) <= 900
        right = {**wrong, "password": PASSWORD}
        assert client.post("/v1/token", data=right).status_code == 429


def test_an_account_has_no_more_tries_under_other_spellings(gateway: Gateway, anna: Person) -> None:
    """However the address is written, the failed logins of its account are counted together."""
    spellings = [anna.email, anna.email.upper(), f" {anna.email}", f"Anna <{anna.email}>"]
    spellings += [anna.email.replace("@", "\0@"), f"{anna.email}\0\0"]
    with gateway.client() as client:
        forms = [
            {"grant_type": "password", "username": spelling, "password": "wrong"}
            for spelling in spellings
        ]
        statuses = [client.post("/v1/token", data=form).status_code for form in forms]
    assert statuses == [400, 400, 400, 400, 429, 429]


def tries(gateway: Gateway, email: str, password: str, address: str, device: str = "") -> int:
    """The status of a login from an address, by a device that shows a cookie or none."""
    form = {"grant_type": "password", "username": email, "password": password}
    headers = {"X-Forwarded-For": address} | (
        {"Cookie": f"tutor_device={device}"} if device else {}
    )
    with gateway.client() as client:
        return client.post("/v1/token", data=form, headers=headers).status_code


def test_who_knows_an_address_locks_nobody_else_out(gateway: Gateway, anna: Person) -> None:
    """Wrong passwords count for the account at the address that they come from: from another one
    the owner logs in."""
    statuses = [tries(gateway, anna.email, "wrong", "198.51.100.1") for _ in range(6)]
    assert statuses == [400, 400, 400, 400, 429, 429]
    assert tries(gateway, anna.email, PASSWORD, "198.51.100.1") == 429
    assert tries(gateway, anna.email, PASSWORD, "198.51.100.2") == 200


def test_guesses_from_everywhere_are_bounded_and_a_known_device_passes(
    gateway: Gateway, anna: Person
) -> None:
    """TUTOR_ACCOUNT_TRIES of an account in all; a device that has logged in before has tries of its
    own, for its own account alone, and a cookie that was made up is none."""
    form = {"grant_type": "password", "username": anna.email, "password": PASSWORD}
    with gateway.client() as client:
        cookie = client.post("/v1/token", data=form).headers["set-cookie"]
        device = client.cookies["tutor_device"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=strict", "Path=/v1"))
    assert anna.email not in cookie
    guesses = [tries(gateway, anna.email, "wrong", f"203.0.113.{n}") for n in range(12)]
    assert guesses == [400] * ACCOUNT_TRIES + [429] * (12 - ACCOUNT_TRIES)
    boris = enter(gateway.url, f"boris-{anna.email}")
    for no_device in ("", "made.up", device[:-1], device.replace(device[:3], "AAA", 1)):
        assert tries(gateway, anna.email, PASSWORD, "203.0.113.99", no_device) == 429
    with gateway.client() as client:
        log_in(client, boris.email)
        assert (
            tries(gateway, anna.email, PASSWORD, "203.0.113.99", client.cookies["tutor_device"])
            == 429
        )
    assert tries(gateway, anna.email, PASSWORD, "203.0.113.99", device) == 200
    guesses = [tries(gateway, anna.email, "wrong", "203.0.113.99", device) for _ in range(5)]
    assert guesses == [400, 400, 400, 400, 429]


def asks(client: httpx2.Client, refresh: str, address: str) -> int:
    """The status of a refresh token from an address."""
    form = {"grant_type": "refresh_token", "refresh_token": refresh}
    headers = {"X-Forwarded-For": address}
    return client.post("/v1/token", data=form, headers=headers).status_code


def test_a_classroom_behind_one_address_goes_on(gateway: Gateway, anna: Person) -> None:
    """What succeeds does not count, neither a refresh nor a password; who tries tokens between
    valid ones of their own has no more tries by it."""
    here = {"X-Forwarded-For": "192.0.2.1"}
    login = {"grant_type": "password", "username": anna.email, "password": PASSWORD}
    refresh = anna.refresh
    with gateway.client() as client:
        for n in range(ADDRESS_TRIES):
            form = {"grant_type": "refresh_token", "refresh_token": refresh}
            answer = client.post("/v1/token", data=form, headers=here)
            refresh = answer.json()["refresh_token"]
            assert asks(client, "no", "192.0.2.1") == 400
            if n % 8 == 0:
                assert client.post("/v1/token", data=login, headers=here).status_code == 200
        assert asks(client, "no", "192.0.2.1") == 429
        assert asks(client, refresh, "192.0.2.1") == 429
        assert asks(client, refresh, "192.0.2.2") == 200


def test_tries_at_once_do_not_pass_the_limit(gateway: Gateway, anna: Person) -> None:
    """Each is counted before it is tried: of many at the same moment so many are tried as one
    after the other, while valid ones come and go."""
    with gateway.client() as client, ThreadPoolExecutor(12) as pool:
        shown = ["no"] * (ADDRESS_TRIES - 5) + [anna.refresh] * 8 + ["no"] * 15
        statuses = list(pool.map(lambda token: asks(client, token, "192.0.2.3"), shown))
        while asks(client, "no", "192.0.2.3") == 400:  # valid ones were in the way for a moment
            statuses.append(400)
    assert statuses.count(400) == ADDRESS_TRIES


def test_an_address_must_wait_but_its_neighbour_need_not(gateway: Gateway) -> None:
    """A proxy on this machine is believed who asks, and of an IPv6 network all addresses count as
    one."""
    with gateway.client() as client:
        statuses = [asks(client, "no", f"2001:db8::{n % 7}") for n in range(ADDRESS_TRIES + 1)]
        assert (set(statuses[:-1]), statuses[-1]) == ({400}, 429)
        assert asks(client, "no", "2001:db8:0:1::1") == 400


def test_who_guesses_passwords_ends_nobody_elses_lesson(gateway: Gateway, anna: Person) -> None:
    """Wrong passwords, registrations and refresh tokens of an address are counted each by
    themselves: others at the same school register, and go on with the logins they have."""
    wrong = {"grant_type": "password", "password": "wrong"}
    wish = {"email": f"b-{anna.email}", "password": PASSWORD}
    with gateway.client() as client:
        client.headers["X-Forwarded-For"] = "192.0.2.5"
        for n in range(ADDRESS_TRIES + 1):
            guess = client.post("/v1/token", data=wrong | {"username": f"{n}@school.example"})
        assert guess.status_code == 429
        assert client.post("/v1/accounts", json=wish).status_code == 201
        assert asks(client, anna.refresh, "192.0.2.5") == 200


def test_registrations_of_an_address_are_limited(gateway: Gateway, anna: Person) -> None:
    """Whether or not they succeed; who has an account there logs in."""
    wish = {"email": anna.email, "password": PASSWORD}
    with gateway.client() as client:
        client.headers["X-Forwarded-For"] = "192.0.2.6"
        statuses = [
            client.post("/v1/accounts", json=wish).status_code for _ in range(ADDRESS_TRIES + 1)
        ]
        assert (set(statuses[:-1]), statuses[-1]) == ({409}, 429)
        assert log_in(client, anna.email).token
