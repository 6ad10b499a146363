"""What is kept, in SQLite and in PostgreSQL: the same tests on both."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from argon2 import PasswordHasher, Type
from sqlalchemy import MetaData, func, select

from tests.gateway import PASSWORD
from tutor.adapters.secrets import passwords
from tutor.adapters.settings import SettingsError
from tutor.adapters.sql.account_tables import Login, User
from tutor.adapters.sql.accounts import Accounts, EmailTakenError, TooManyKeysError
from tutor.adapters.sql.columns import utc_now
from tutor.adapters.sql.database import Base, Database
from tutor.adapters.sql.decks import Decks
from tutor.adapters.sql.errors import ConflictError
from tutor.adapters.sql.history import History, MeanScores
from tutor.adapters.sql.job_tables import JobRow, PieceRow, UploadBlock
from tutor.adapters.sql.usage import Meter
from tutor.adapters.sql.webhooks import WebhookRow
from tutor.core.accounts.notes import UtteranceRecord
from tutor.core.coach.review import ReviewDeck
from tutor.core.protocol.limits import MAX_API_KEYS
from tutor.core.protocol.messages import Exercise, SessionStart

RECORD = UtteranceRecord(
    "u1",
    "The weather is nice.",
    "en",
    480,
    2_760,
    ({"text": "The", "start_ms": 480, "end_ms": 600, "confidence": 0.9},),
    {"accuracy": {"accuracy": 100.0}},
    "Well read!",
)


@pytest.fixture(scope="module")
def database(database_url: str) -> Iterator[Database]:
    """A migrated database."""
    database = Database.open(database_url)
    yield database
    database.close()


@pytest.fixture
def accounts(database: Database) -> Iterator[Accounts]:
    """Its accounts; there are none after the test."""
    accounts = Accounts(database, timedelta(days=30))
    yield accounts
    with database.transaction() as session:
        for user in session.scalars(select(User)):
            session.delete(user)


@pytest.fixture
def user(accounts: Accounts) -> User:
    """Anna."""
    return accounts.register("Anna@School.example", PASSWORD, "ru")


def counts(database: Database) -> dict[str, int]:
    """How many rows each table has."""
    found = MetaData()
    found.reflect(database.engine)
    with database.transaction() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in found.sorted_tables
            if table.name != "alembic_version"
        }


def agree(database: Database, user: User, keep_audio: bool = True) -> None:
    """Let a user have agreed to recordings, or have taken that back."""
    Accounts(database, timedelta()).change(user.id, keep_audio=keep_audio)


def practised(database: Database, user: User, name: str = "s1") -> History:
    """A session with one recorded utterance, of somebody who agreed to that."""
    agree(database, user)
    history = History(database)
    history.begin(user.id, name, SessionStart("en", Exercise("read_aloud", "The weather\0!", "A2")))
    history.add(name, RECORD, b"fLaC")
    Meter(database).bill(user.id, name, 3.5)
    history.end(name)
    return history


def with_job(database: Database, user: User) -> None:
    """An uploaded file of a user, with all that belongs to it."""
    common = {"purpose": "job", "state": "running", "parameters": {}, "filename": "a.flac"}
    times = dict.fromkeys(("created_at", "updated_at", "expires_at"), 1.0)
    with database.transaction() as session:
        session.add(JobRow(id="j1", owner=user.id, size=4, fingerprint="f", **common, **times))
        session.flush()
        session.add(UploadBlock(job="j1", number=0, data=b"fLaC"))
        session.add(PieceRow(job="j1", index=0, start=0, end=1, recognition={}))
        session.add(WebhookRow(job="j1", url="https://school.example", secret="s"))


# ---------------------------------------------------------------- the tables


def test_the_migrations_make_the_tables_of_the_code(database: Database) -> None:
    """What Alembic would change in a migrated database to fit the classes: nothing."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_a_guest_may_have_jobs() -> None:
    """Where no account is needed, a job's owner is nobody."""
    assert JobRow.__table__.c.owner.nullable


def test_gateways_that_start_together_migrate_once(database_url: str) -> None:
    """Eight at once open the database, and none fails."""
    with ThreadPoolExecutor(8) as pool:
        for opened in pool.map(Database.open, [database_url] * 8):
            opened.close()


def test_every_row_of_a_user_goes_with_the_user() -> None:
    """Each table but `users` has a foreign key that deletes its rows with their owner.

    A guest's jobs have none.
    """
    tables = Base.metadata.tables.values()
    owned = {
        table.name
        for table in tables
        for key in table.foreign_keys
        if key.ondelete == "CASCADE" and (not key.parent.nullable or table.name == "jobs")
    }
    assert owned == {table.name for table in tables} - {"users"}


def test_a_time_keeps_its_zone(accounts: Accounts, user: User) -> None:
    """What comes back is UTC, on either database."""
    found = accounts.find(user.id)
    assert found is not None
    assert found.created_at.utcoffset() == timedelta(0)
    assert found.created_at == user.created_at


def test_a_database_that_is_away_is_one_clear_line(tmp_path: Path) -> None:
    """A start that cannot open its database names it, without the password."""
    from tutor.adapters.sql.database import open_database

    url = f"postgresql://tutor:hunter2@/nothing?host={tmp_path}"
    with pytest.raises(SettingsError, match="cannot open the database") as failed:
        open_database(url)
    assert "hunter2" not in str(failed.value)
    assert "\n" not in str(failed.value)


# ---------------------------------------------------------------- accounts


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


# ---------------------------------------------------------------- usage


def test_audio_is_counted_up_to_the_quota(database: Database, user: User) -> None:
    """What would exceed it is not counted at all; without a quota everything is."""
    meter = Meter(database)
    assert meter.used(user.id) == 0
    assert meter.add(user.id, 6, quota_s=10)
    assert not meter.add(user.id, 5, quota_s=10)
    assert not meter.add(user.id, 11, quota_s=10)
    assert meter.add(user.id, 4, quota_s=10)
    assert meter.used(user.id) == 10
    assert meter.add(user.id, 100)
    assert [day.audio_s for day in meter.days(user.id)] == [110]


def test_a_sessions_audio_is_counted_once_whichever_gateway_tells(
    database: Database, user: User
) -> None:
    """Each tells how much there is by now: what one counted the next does not count again, and
    what one died with is counted by the next."""
    history, meter = History(database), Meter(database)
    assert not meter.bill(user.id, "s1", 2)
    history.begin(user.id, "s1", SessionStart("en"))
    for heard in (2.0, 5.0, 4.5, 5.0, 7.5):
        assert meter.bill(user.id, "s1", heard)
    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(lambda heard: meter.bill(user.id, "s1", heard), (9.0, 8.0, 9.0, 10.0)))
    history.begin(user.id, "s2", SessionStart("en"))
    meter.bill(user.id, "s2", 1)
    assert meter.used(user.id) == 11
    (_, (session, _)) = history.sessions(user.id, 2)
    assert (session.id, session.audio_s) == ("s1", 10)


def test_uploads_at_once_cannot_both_take_what_is_left(database: Database, user: User) -> None:
    """Eight at once want a third of the day: three get it, also on the day's first audio."""
    meter, barrier = Meter(database), threading.Barrier(8)

    def takes(_: int) -> bool:
        barrier.wait()
        return meter.add(user.id, 30, quota_s=100)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(takes, range(8))) == 3
    assert meter.used(user.id) == 90


def test_a_user_who_is_gone_uses_nothing(database: Database) -> None:
    """Counting for a deleted account is an error, not a new row."""
    with pytest.raises(ConflictError):
        Meter(database).add("nobody", 5)


# ---------------------------------------------------------------- history


def test_an_utterance_is_kept_with_all_that_was_said_of_it(database: Database, user: User) -> None:
    """Text, times, words, scores, reply; NUL characters do not come so far."""
    history = practised(database, user)
    found = history.session(user.id, "s1")
    assert found is not None
    session, (utterance,) = found
    assert session.exercise == {"type": "read_aloud", "text": "The weather!", "level": "A2"}
    assert session.audio_s == 3.5
    assert session.ended_at is not None
    kept = {name: getattr(utterance, name) for name in vars(RECORD)}
    assert utterance.has_audio
    assert kept == {**vars(RECORD), "words": list(RECORD.words)}
    assert history.recording(user.id, "s1", "u1") == b"fLaC"
    with pytest.raises(ConflictError):
        history.add("s0", RECORD, None)


def test_an_utterance_is_there_once_whichever_gateways_keep_it(
    database: Database, user: User
) -> None:
    """What is known later replaces what was kept; the first recording stays; what is missing is
    added, what is there is left alone."""
    history = practised(database, user)
    history.add("s1", replace(RECORD, reply="Well done."), b"another")
    late = replace(RECORD, name="u2", text="Late.")
    for _ in range(2):
        history.add_missing("s1", [replace(RECORD, text="Old."), late])
    found = history.session(user.id, "s1")
    assert found is not None
    assert [(one.name, one.text, one.reply) for one in found[1]] == [
        ("u1", RECORD.text, "Well done."),
        ("u2", "Late.", RECORD.reply),
    ]
    assert history.recording(user.id, "s1", "u1") == b"fLaC"


def test_a_session_that_goes_on_has_no_end(database: Database, user: User) -> None:
    """Its first gateway thought that it was over."""
    history = practised(database, user)
    history.begin(user.id, "s1", SessionStart("en"))
    found = history.session(user.id, "s1")
    assert found is not None
    assert found[0].ended_at is None


def test_history_comes_a_page_at_a_time(database: Database, user: User) -> None:
    """The latest first, each session once, whatever the size of the page."""
    history = History(database)
    names = [f"s{n}" for n in range(7)]
    for name in names:
        history.begin(user.id, name, SessionStart("en"))
    seen: list[str] = []
    before = None
    while page := history.sessions(user.id, 3, before):
        seen += [session.id for session, _ in page]
        before = seen[-1]
    assert seen == names[::-1]


def test_a_strangers_history_is_not_there(
    database: Database, accounts: Accounts, user: User
) -> None:
    """Another's session, recording or page answers like one that never was."""
    history = practised(database, user)
    stranger = accounts.register("boris@school.example", PASSWORD)
    assert history.session(stranger.id, "s1") is None
    assert history.recording(stranger.id, "s1", "u1") is None
    assert history.sessions(stranger.id, 5, "s1") == history.sessions(stranger.id, 5, "no") == []


def test_consent_taken_back_deletes_the_recordings(database: Database, user: User) -> None:
    """The words stay, the voice goes."""
    history = practised(database, user)
    history.forget_audio(user.id)
    assert history.recording(user.id, "s1", "u1") is None
    found = history.session(user.id, "s1")
    assert found is not None
    assert [utterance.has_audio for utterance in found[1]] == [False]


def test_consent_taken_back_holds_in_a_session_that_goes_on(database: Database, user: User) -> None:
    """Of what is said afterwards the words are kept and the voice is not."""
    history = practised(database, user)
    agree(database, user, keep_audio=False)
    history.forget_audio(user.id)
    history.add("s1", replace(RECORD, name="u2"), b"fLaC")
    found = history.session(user.id, "s1")
    assert found is not None
    assert [utterance.has_audio for utterance in found[1]] == [False, False]


def test_consent_taken_back_in_this_moment_holds(database: Database, user: User) -> None:
    """Whatever comes first, of what is written at the same time no recording is left."""
    history = practised(database, user)
    barrier = threading.Barrier(4)

    def adds(n: int) -> None:
        barrier.wait()
        history.add("s1", replace(RECORD, name=f"v{n}"), b"fLaC")

    def takes_back() -> None:
        barrier.wait()
        agree(database, user, keep_audio=False)
        history.forget_audio(user.id)

    with ThreadPoolExecutor(4) as pool:
        done = [pool.submit(adds, n) for n in range(3)]
        done.append(pool.submit(takes_back))
        assert [future.result() for future in done] == [None] * 4
    assert list(history.recordings(user.id, "s1")) == []


def test_history_says_what_was_recorded(database: Database, user: User) -> None:
    """Utterance by utterance: consent may come in mid-session."""
    history = practised(database, user)
    history.add("s1", replace(RECORD, name="u2"), None)
    found = history.session(user.id, "s1")
    assert found is not None
    assert [(utterance.name, utterance.has_audio) for utterance in found[1]] == [
        ("u1", True),
        ("u2", False),
    ]
    assert list(history.recordings(user.id, "s1")) == [("u1", b"fLaC")]


# ---------------------------------------------------------------- words


def deck_with(*scores: tuple[str, float]) -> ReviewDeck:
    """A deck that has heard these words."""
    deck = ReviewDeck()
    for now, (word, score) in enumerate(scores):
        deck.receive_score(word, score, float(now))
    return deck


def test_a_deck_comes_back_on_another_clock(database: Database, user: User) -> None:
    """Waits of days go on across sessions, whatever the sessions' clocks began with."""
    words, deck = Decks(database), deck_with(("weather", 20), ("today", 30))
    words.keep(user.id, "en", ReviewDeck().to_dict(), deck.to_dict(), ahead_s=1e9)
    loaded = words.load(user.id, ahead_s=1e9 + 50)["en"]
    assert [card.word for card in loaded.cards] == ["weather", "today"]
    assert [card.moved_s for card in loaded.cards] == [-50, -49]
    assert loaded.to_dict()["utterance"] == 2


def test_two_sessions_do_not_undo_each_other(database: Database, user: User) -> None:
    """Each writes only the words that it has changed."""
    words, empty = Decks(database), ReviewDeck().to_dict()
    words.keep(user.id, "en", empty, deck_with(("weather", 20)).to_dict())
    before = words.load(user.id)["en"].to_dict()
    words.keep(user.id, "en", empty, deck_with(("brother", 30)).to_dict())
    changed = ReviewDeck.from_dict(before)
    changed.receive_score("weather", 10, 5.0)
    words.keep(user.id, "en", before, changed.to_dict())
    after = {card.word: card.score for card in words.load(user.id)["en"].cards}
    assert after == {"weather": 10, "brother": 30}
    words.keep(user.id, "en", changed.to_dict(), empty)
    assert [card.word for card in words.load(user.id)["en"].cards] == ["brother"]


def test_languages_have_decks_of_their_own(database: Database, user: User) -> None:
    """A German word does not come back in an English lesson."""
    words, empty = Decks(database), ReviewDeck().to_dict()
    words.keep(user.id, "en", empty, deck_with(("weather", 20)).to_dict())
    words.keep(user.id, "de", empty, deck_with(("Wetter", 20)).to_dict())
    loaded = words.load(user.id)
    assert {name: deck.cards[0].word for name, deck in loaded.items()} == {
        "en": "weather",
        "de": "Wetter",
    }


# ---------------------------------------------------------------- deletion


def test_deletion_leaves_nothing(database: Database, accounts: Accounts, user: User) -> None:
    """After it every table is as empty as before, and what still comes in is refused."""
    accounts.open_login(user)
    accounts.create_key(user.id, "server")
    history = practised(database, user)
    Meter(database).add(user.id, 5)
    Decks(database).keep(
        user.id, "en", ReviewDeck().to_dict(), deck_with(("weather", 20)).to_dict()
    )
    with_job(database, user)
    assert all(counts(database).values())
    accounts.delete(user.id)
    assert not any(counts(database).values())
    with pytest.raises(ConflictError):
        history.add("s1", RECORD, None)
    with pytest.raises(ConflictError):
        history.begin(user.id, "s2", SessionStart("en"))


def test_what_fails_says_nothing_of_what_was_said(database: Database) -> None:
    """An error of the database may be logged: it quotes no parameters."""
    with pytest.raises(ConflictError) as failed:
        History(database).add("nowhere", RECORD, None)
    assert "weather" not in str(failed.value)


def test_a_session_has_the_means_of_its_scores(database: Database, user: User) -> None:
    """Over the utterances that have one; a pronunciation that only ranks counts nothing."""
    history = practised(database, user)

    def add(name: str, **scores: object) -> None:
        history.add("s1", replace(RECORD, name=name, scores=scores), None)

    add(
        "u2",
        accuracy={"accuracy": 50.0},
        pronunciation={"calibrated": True, "total": 81},
        fluency={"score": 60.5},
    )
    add("u3", pronunciation={"calibrated": True, "total": None})
    add("u4", pronunciation={"calibrated": False, "total": 12.0}, grammar={"findings": []})
    history.begin(user.id, "s2", SessionStart("de"))
    assert history.scores(["s1", "s2"]) == {"s1": MeanScores(75.0, 81.0, 60.5)}
    assert history.scores([]) == {}
