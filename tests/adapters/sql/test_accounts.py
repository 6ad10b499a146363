import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from argon2 import PasswordHasher, Type

from tests.support.gateway import PASSWORD
from tutor.adapters.secrets import passwords
from tutor.adapters.sql.account_tables import Login, User
from tutor.adapters.sql.accounts import Accounts, EmailTakenError, TooManyKeysError
from tutor.adapters.sql.columns import utc_now
from tutor.adapters.sql.database import Database
from tutor.core.protocol.limits import MAX_API_KEYS


def test_an_address_has_one_account(accounts: Accounts, user: User) -> None:
    """Capital letters make no other address."""
    assert user.email == "anna@school.example"
    with pytest.raises(EmailTakenError):
        accounts.register("ANNA@school.example", PASSWORD)


def test_only_the_password_opens_an_account(accounts: Accounts, user: User) -> None:
    """The right one in any letter case of the address; composed and decomposed letters alike."""
    found = accounts.check("ANNA@SCHOOL.example", PASSWORD)
    assert found is not None
    assert found.id == user.id
    assert accounts.check(user.email, PASSWORD + "!") is None
    assert accounts.check("nobody@school.example", PASSWORD) is None
    assert accounts.check("\0", PASSWORD) is None
    assert accounts.check("nobody@school.example", "nobody has this password") is None
    accounts.register("jose@school.example", "contrase\u00f1a larga")
    assert accounts.check("jose@school.example", "contrasen\u0303a larga") is not None


def test_a_refresh_token_is_good_once(accounts: Accounts, user: User) -> None:
    """Used a second time it ends the login with all its tokens; other logins go on."""
    login, first = accounts.open_login(user)
    _, other = accounts.open_login(user)
    continued = accounts.continue_login(first)
    assert continued is not None
    found, same, second = continued
    assert (found.id, same.id) == (user.id, login.id)
    assert accounts.continue_login(first) is None
    assert accounts.continue_login(second) is None
    with pytest.raises(LookupError):
        accounts.by_login(user.id, login.id, 0, 0.0)
    assert accounts.continue_login(other) is not None


def refreshed_at_once(accounts: Accounts, user: User) -> list[str]:
    """What four get who show the same refresh token at the same moment."""
    _, refresh = accounts.open_login(user)
    barrier = threading.Barrier(4)

    def refreshes(_: int) -> str | None:
        barrier.wait()
        continued = accounts.continue_login(refresh)
        return continued and continued[2]

    with ThreadPoolExecutor(4) as pool:
        return [token for token in pool.map(refreshes, range(4)) if token]


def test_of_two_who_refresh_at_once_one_wins(accounts: Accounts, user: User) -> None:
    """Without a grace the database decides: two never both get a next token."""
    assert len(refreshed_at_once(accounts, user)) == 1


GRACE = timedelta(minutes=10)


@pytest.fixture
def patient(database: Database, accounts: Accounts) -> Accounts:  # noqa: ARG001 - it cleans up
    """The same accounts with a grace of ten minutes for a refresh token that was used."""
    return Accounts(database, timedelta(days=30), GRACE, "a key of this deployment")


def test_all_who_refresh_at_once_go_on(patient: Accounts, user: User) -> None:
    """Within the grace each gets the same next token, and with it the one after."""
    token, *others = refreshed_at_once(patient, user)
    assert others == [token] * 3
    assert patient.continue_login(token) is not None


def rotated_ago(database: Database, login: Login, ago: timedelta) -> None:
    """Let a login have been continued so long ago."""
    with database.transaction() as session:
        session.get_one(Login, login.id).rotated_at = utc_now() - ago


def test_a_refresh_token_may_come_again_within_the_grace(
    database: Database, patient: Accounts, user: User
) -> None:
    """To the last seconds of it, also at another gateway; after it the login ends as stolen, and
    so it does at once when the token is older than the one before."""
    (login, first), (other, older) = patient.open_login(user), patient.open_login(user)
    continued = patient.continue_login(first)
    assert continued is not None
    rotated_ago(database, login, GRACE - timedelta(minutes=1))
    neighbour = Accounts(database, timedelta(days=30), GRACE, "a key of this deployment")
    again = neighbour.continue_login(first)
    assert again is not None
    assert again[2] == continued[2]
    rotated_ago(database, login, GRACE)
    assert patient.continue_login(first) is None
    assert patient.continue_login(continued[2]) is None

    continued = patient.continue_login(older)
    assert continued is not None
    assert patient.continue_login(continued[2]) is not None
    assert patient.continue_login(older) is None
    assert [row.id for row in patient.logins(user.id)] == []
    assert login.id != other.id


def test_the_next_refresh_token_cannot_be_computed(
    database: Database, patient: Accounts, user: User
) -> None:
    """Who had an old token and does not know the deployment's key has no later one."""
    _, first = patient.open_login(user)
    guess = Accounts(database, timedelta(days=30), GRACE, "another key").continue_login(first)
    assert guess is not None
    assert patient.continue_login(first) is None


def test_a_new_password_ends_the_other_logins(accounts: Accounts, user: User) -> None:
    """This one goes on, and API keys stay."""
    (login, refresh), (other, _) = accounts.open_login(user), accounts.open_login(user)
    _, key = accounts.create_key(user.id, "server")
    assert accounts.change_password(user, PASSWORD + "!", login.id)
    assert [row.id for row in accounts.logins(user.id)] == [login.id]
    assert accounts.by_login(user.id, login.id, 0, 5.0).user == user.id
    with pytest.raises(LookupError):
        accounts.by_login(user.id, other.id, 0, 5.0)
    assert accounts.continue_login(refresh) is not None
    assert accounts.by_key(key).user == user.id
    assert accounts.check(user.email, PASSWORD) is None
    assert accounts.check(user.email, PASSWORD + "!") is not None


def test_an_old_password_that_was_just_right_lets_nobody_in(accounts: Accounts, user: User) -> None:
    """What was checked before the password was changed begins no login after it, and does not
    change it back."""
    checked = accounts.check(user.email, PASSWORD)
    assert checked is not None
    assert accounts.change_password(user, PASSWORD + "!", None)
    with pytest.raises(LookupError):
        accounts.open_login(checked)
    assert not accounts.change_password(checked, PASSWORD, None)
    assert accounts.check(user.email, PASSWORD + "!") is not None


def test_logins_at_once_keep_an_outdated_hash_anew(
    accounts: Accounts, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The parameters have changed: whoever logs in meanwhile gets in, and the hash is a new one."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(1, 8, 1, type=Type.ID))
    barrier = threading.Barrier(4)

    def logs_in(_: int) -> bool:
        barrier.wait()
        checked = accounts.check(user.email, PASSWORD)
        return checked is not None and bool(accounts.open_login(checked))

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(logs_in, range(4)))
    found = accounts.find(user.id)
    assert found is not None
    assert not passwords.is_outdated(found.password_hash)


def test_the_number_of_logins_is_limited(database: Database, user: User) -> None:
    """One more ends the one that was not used for the longest time, not the oldest."""
    accounts = Accounts(database, timedelta(days=30), max_logins=3)
    opened = [accounts.open_login(user) for _ in range(3)]
    assert accounts.continue_login(opened[0][1]) is not None
    newest, _ = accounts.open_login(user)
    left = {login.id for login in accounts.logins(user.id)}
    assert left == {login.id for login, _ in opened} - {opened[1][0].id} | {newest.id}


def test_an_old_refresh_token_is_not_taken(database: Database, user: User) -> None:
    """A login that was not used for its life ends."""
    login, refresh = Accounts(database, timedelta(seconds=-1)).open_login(user)
    assert Accounts(database, timedelta(days=30)).continue_login(refresh) is None
    with database.transaction() as session:
        assert session.get(Login, login.id) is None


@pytest.mark.parametrize("token", ["", ".", "x", "x.y", "\0.\0", "ü.ü", "." * 200])
def test_nonsense_is_no_refresh_token(accounts: Accounts, token: str) -> None:
    """Whatever comes, it opens nothing and breaks nothing."""
    assert accounts.continue_login(token) is None


def test_all_logins_end_at_once(accounts: Accounts, user: User) -> None:
    """The user's generation grows, so that older access tokens are void too."""
    login, refresh = accounts.open_login(user)
    assert accounts.by_login(user.id, login.id, 0, 5.0).expires_at == 5.0
    accounts.close_logins(user.id)
    assert accounts.continue_login(refresh) is None
    found = accounts.find(user.id)
    assert found is not None
    login, _ = accounts.open_login(found)
    with pytest.raises(LookupError):
        accounts.by_login(user.id, login.id, 0, 5.0)
    assert accounts.by_login(user.id, login.id, 1, 5.0).user == user.id


def test_an_api_key_acts_for_its_owner_until_it_is_revoked(accounts: Accounts, user: User) -> None:
    """Only its hash is kept; its use is noted; another user cannot revoke it."""
    key, secret = accounts.create_key(user.id, "server")
    assert secret.startswith(key.prefix)
    assert key.key_hash not in secret
    principal = accounts.by_key(secret)
    assert (principal.user, principal.credential) == (user.id, "api_key")
    assert accounts.is_granted(principal)
    assert accounts.keys(user.id)[0].last_used_at is not None
    stranger = accounts.register("boris@school.example", PASSWORD)
    assert not accounts.revoke_key(stranger.id, key.id)
    assert accounts.revoke_key(user.id, key.id)
    assert not accounts.revoke_key(user.id, key.id)
    assert not accounts.is_granted(principal)
    with pytest.raises(LookupError):
        accounts.by_key(secret)


def test_the_number_of_api_keys_is_limited(accounts: Accounts, user: User) -> None:
    """Who has as many as there may be must revoke one first."""
    made = [accounts.create_key(user.id, f"key {n}")[0] for n in range(MAX_API_KEYS)]
    with pytest.raises(TooManyKeysError):
        accounts.create_key(user.id, "one more")
    accounts.revoke_key(user.id, made[0].id)
    accounts.create_key(user.id, "one more")


def test_keys_at_once_do_not_pass_the_limit(accounts: Accounts, user: User) -> None:
    """Eight at the same moment where two are left: two are made."""
    for n in range(MAX_API_KEYS - 2):
        accounts.create_key(user.id, f"key {n}")
    barrier = threading.Barrier(8)

    def makes(_: int) -> bool:
        barrier.wait()
        try:
            return bool(accounts.create_key(user.id, "one more"))
        except TooManyKeysError:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(makes, range(8))) == 2
    assert len(accounts.keys(user.id)) == MAX_API_KEYS
