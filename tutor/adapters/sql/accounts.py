"""Accounts: users, their logins and their API keys."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, and_, delete, func, select, update
from sqlalchemy.orm import Session

from tutor.adapters.secrets.passwords import hash_password, is_outdated, is_password
from tutor.adapters.secrets.refresh import RefreshTokens
from tutor.adapters.secrets.secrets import KEY_PREFIX, digest, new_secret
from tutor.adapters.sql.account_tables import SHOWN, ApiKey, Login, User
from tutor.adapters.sql.columns import new_id, utc_now
from tutor.adapters.sql.database import Database
from tutor.adapters.sql.errors import ConflictError
from tutor.core.accounts.addresses import canonical
from tutor.core.accounts.principal import Principal
from tutor.core.protocol.limits import MAX_API_KEYS, MAX_LOGINS

USED_GRAIN = timedelta(minutes=1)
"""How exactly the last use of an API key is known: not every request writes."""


class EmailTakenError(Exception):
    """Another account has this e-mail address."""


class TooManyKeysError(Exception):
    """The user has as many API keys as there may be."""


class Accounts:
    """Everything that happens to accounts; every method is one transaction and blocks."""

    def __init__(
        self,
        database: Database,
        refresh_life: timedelta,
        refresh_grace: timedelta = timedelta(),
        key: str | None = None,
        *,
        max_logins: int = MAX_LOGINS,
        max_keys: int = MAX_API_KEYS,
    ) -> None:
        """`key` is the deployment's: with it a refresh token is made from the one before.

        None: a key of this object's own. `max_logins`, `max_keys`: of one user; one more login ends
        the one that was not used for the longest time.
        """
        self._database = database
        self._refresh_life = refresh_life
        self._refresh_grace = refresh_grace
        self._refresh = RefreshTokens(key or new_secret())
        self._max_logins = max_logins
        self._max_keys = max_keys

    # ------------------------------------------------------------ users

    def register(self, email: str, password: str, native_language: str | None = None) -> User:
        """Open an account.

        Raises:
            EmailTakenError: the address has an account.
        """
        user = User(
            email=canonical(email),
            password_hash=hash_password(password),
            native_language=native_language,
        )
        try:
            with self._database.transaction() as session:
                session.add(user)
        except ConflictError as error:
            raise EmailTakenError from error
        return user

    def find(self, user: str) -> User | None:
        """The user with an id; None if there is no such user."""
        with self._database.transaction() as session:
            return session.get(User, user)

    def check(self, email: str, password: str) -> User | None:
        """The user with this address and password, or None; a wrong address takes as long as a
        right one."""
        with self._database.transaction() as session:
            address = canonical(email).replace("\0", "")  # PostgreSQL takes no NUL
            user = session.scalar(select(User).where(User.email == address))
        kept = None if user is None else user.password_hash
        if not is_password(kept, password) or user is None:
            return None
        if is_outdated(user.password_hash):
            anew = hash_password(password)
            with self._database.transaction() as session:
                is_kept = _replace_hash(session, user, anew)
            if not is_kept:  # another login did the same, or it is another password now
                return self.check(email, password)
            user.password_hash = anew
        return user

    def change(self, user: str, **fields: object) -> User | None:
        """Change columns of a user; the user, or None if there is no such user."""
        with self._database.transaction() as session:
            if fields:
                session.execute(update(User).where(User.id == user).values(**fields))
            return session.get(User, user)

    def change_password(self, user: User, password: str, login: str | None) -> bool:
        """Give a user another password, and end all logins but `login`.

        False: the password that was checked is no longer the user's.
        """
        kept = hash_password(password)
        with self._database.transaction() as session:
            if not _replace_hash(session, user, kept):
                return False
            session.execute(delete(Login).where(Login.user_id == user.id, Login.id != login))
            return True

    def set_plan(self, email: str, plan: str) -> bool:
        """Give a user another plan; whether there is such a user."""
        with self._database.transaction() as session:
            query = update(User).where(User.email == canonical(email)).values(plan=plan)
            return _touched(session, query)

    def delete(self, user: str) -> None:
        """Delete a user with everything of theirs, down to the bytes of the file."""
        with self._database.transaction() as session:
            session.execute(delete(User).where(User.id == user))
        self._database.purge()

    # ------------------------------------------------------------ logins

    def open_login(self, user: User) -> tuple[Login, str]:
        """Begin a login of a user whose password was checked; the login and its refresh token.

        Raises:
            LookupError: the password was changed meanwhile, or the user is gone.
        """
        name, now = new_id(), utc_now()
        secret = self._refresh.first(name)
        login = Login(
            id=name,
            user_id=user.id,
            secret_hash=digest(secret),
            expires_at=now + self._refresh_life,
        )
        with self._database.transaction() as session:
            session.execute(delete(Login).where(Login.expires_at < now))
        with self._database.transaction() as session:
            if not _replace_hash(session, user, user.password_hash):
                raise LookupError("this is not the password any more")
            session.add(login)
            session.flush()
            mine = select(Login.id).where(Login.user_id == user.id)
            by_use = mine.order_by(Login.expires_at.desc(), Login.id)
            longest_unused = by_use.offset(self._max_logins)
            session.execute(delete(Login).where(Login.id.in_(longest_unused)))
        return login, f"{login.id}.{secret}"

    def continue_login(self, refresh: str) -> tuple[User, Login, str] | None:
        """Trade a refresh token for the next one; None when it is no longer valid.

        Within the grace after its first use it brings the same next one again: whichever of a
        browser's tabs is answered last, all of them go on with a token that is good.
        """
        name, _, secret = refresh.partition(".")
        if not name.isalnum():  # PostgreSQL takes no NUL
            return None
        following, now = self._refresh.following(refresh), utc_now()
        alive = and_(Login.id == name, Login.expires_at >= now)
        with self._database.transaction() as session:
            is_current = _touched(
                session,
                update(Login)
                .where(alive, Login.secret_hash == digest(secret))
                .values(
                    secret_hash=digest(following),
                    expires_at=now + self._refresh_life,
                    rotated_at=now,
                ),
            )
            login = session.get(Login, name)
            if login is None:
                return None
            if not is_current and not self._was_just_used(login, following, now):
                # It was used before, and somebody has stolen it; or its time is over.
                if self._refresh.is_ours(refresh) or login.expires_at < now:
                    session.execute(delete(Login).where(Login.id == name))
                return None
            return session.get_one(User, login.user_id), login, f"{name}.{following}"

    def _was_just_used(self, login: Login, following: str, now: datetime) -> bool:
        """Whether a token was traded for `following` so lately that it may come again."""
        if not self._refresh_grace or login.rotated_at is None:
            return False
        is_next = hmac.compare_digest(login.secret_hash, digest(following))
        return is_next and now < login.rotated_at + self._refresh_grace

    def login_age_s(self, login: str) -> float | None:
        """Seconds since a login began with a password; None: it has ended."""
        with self._database.transaction() as session:
            found = session.get(Login, login)
            return None if found is None else (utc_now() - found.created_at).total_seconds()

    def close_login(self, login: str) -> None:
        """End a login: none of its tokens is valid any more."""
        with self._database.transaction() as session:
            session.execute(delete(Login).where(Login.id == login))

    def close_logins(self, user: str) -> None:
        """End all logins of a user, everywhere."""
        with self._database.transaction() as session:
            session.execute(delete(Login).where(Login.user_id == user))
            query = update(User).where(User.id == user)
            session.execute(query.values(generation=User.generation + 1))

    def logins(self, user: str) -> list[Login]:
        """The logins of a user, the oldest first."""
        with self._database.transaction() as session:
            query = select(Login).where(Login.user_id == user)
            return list(session.scalars(query.order_by(Login.created_at)))

    # ------------------------------------------------------------ credentials

    def by_login(self, user: str, login: str, generation: int, expires_at: float) -> Principal:
        """The principal of an access token with these claims.

        Raises:
            LookupError: the login has ended.
        """
        query = (
            select(User)
            .join(Login, Login.user_id == User.id)
            .where(User.id == user, Login.id == login, User.generation == generation)
        )
        with self._database.transaction() as session:
            found = session.scalar(query)
        if found is None:
            raise LookupError("the login has ended")
        return Principal(found.id, found.plan, "access_token", login, expires_at)

    def by_key(self, key: str) -> Principal:
        """The principal of an API key.

        Raises:
            LookupError: there is no such key, or it was revoked.
        """
        now = utc_now()
        with self._database.transaction() as session:
            query = select(ApiKey, User).join(User, User.id == ApiKey.user_id)
            query = query.where(ApiKey.key_hash == digest(key), ApiKey.revoked_at.is_(None))
            row = session.execute(query).one_or_none()
            if row is None:
                raise LookupError("no such key")
            found, user = row
            if found.last_used_at is None or now - found.last_used_at > USED_GRAIN:
                found.last_used_at = now
            return Principal(user.id, user.plan, "api_key", found.id)

    def is_granted(self, principal: Principal) -> bool:
        """Whether the login or the API key behind a principal's credential is still valid."""
        with self._database.transaction() as session:
            key = select(ApiKey.id).where(
                ApiKey.id == principal.grant,
                ApiKey.user_id == principal.user,
                ApiKey.revoked_at.is_(None),
            )
            login = select(Login.id).where(
                Login.id == principal.grant, Login.user_id == principal.user
            )
            return session.scalar(login) is not None or session.scalar(key) is not None

    # ------------------------------------------------------------ API keys

    def create_key(self, user: str, name: str) -> tuple[ApiKey, str]:
        """Make an API key; the second value is the secret, which is shown once and never again.

        Raises:
            TooManyKeysError: there are as many as there may be.
        """
        secret = KEY_PREFIX + new_secret()
        key = ApiKey(user_id=user, name=name, prefix=secret[:SHOWN], key_hash=digest(secret))
        in_use = select(func.count()).where(ApiKey.user_id == user, ApiKey.revoked_at.is_(None))
        with self._database.turn(f"api_keys {user}") as session:
            if (session.scalar(in_use) or 0) >= self._max_keys:
                raise TooManyKeysError
            session.add(key)
        return key, secret

    def keys(self, user: str) -> list[ApiKey]:
        """The API keys of a user that are in use, the oldest first."""
        query = select(ApiKey).where(ApiKey.user_id == user, ApiKey.revoked_at.is_(None))
        with self._database.transaction() as session:
            return list(session.scalars(query.order_by(ApiKey.created_at, ApiKey.id)))

    def all_keys(self, user: str) -> list[ApiKey]:
        """All API keys of a user, the revoked ones too, the oldest first."""
        query = select(ApiKey).where(ApiKey.user_id == user)
        with self._database.transaction() as session:
            return list(session.scalars(query.order_by(ApiKey.created_at, ApiKey.id)))

    def revoke_key(self, user: str, key: str) -> bool:
        """Revoke an API key; whether the user had it."""
        query = update(ApiKey).where(
            ApiKey.id == key, ApiKey.user_id == user, ApiKey.revoked_at.is_(None)
        )
        with self._database.transaction() as session:
            return _touched(session, query.values(revoked_at=utc_now()))


def _replace_hash(session: Session, user: User, password_hash: str) -> bool:
    """Keep another hash of a password; False, and nothing, when the one that was read was replaced.

    The first caller makes the others wait: a login and a change of the password never miss each
    other.
    """
    query = update(User).where(User.id == user.id, User.password_hash == user.password_hash)
    return _touched(session, query.values(password_hash=password_hash))


def _touched(session: Session, query: object) -> bool:
    """Whether a change has met a row."""
    result = session.execute(query)  # type: ignore[call-overload]
    assert isinstance(result, CursorResult)
    return bool(result.rowcount)
