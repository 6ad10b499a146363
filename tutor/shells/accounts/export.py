"""The export of an account: everything that is kept of a user, member by member."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

from tutor.adapters.sql.account_tables import User
from tutor.shells.http.services import Services


def export(services: Services, user: User) -> Iterator[tuple[str, Any]]:
    """Names and values of the export; long lists are iterators. Hashes of secrets are left out."""
    yield "account", _columns(user, hidden={"password_hash", "generation"})
    yield (
        "logins",
        [_columns(login, {"secret_hash"}) for login in services.accounts.logins(user.id)],
    )
    yield (
        "api_keys",
        [_columns(key, {"key_hash"}) for key in services.accounts.all_keys(user.id)],
    )
    yield "usage", [_columns(day, {"user_id"}) for day in services.meter.days(user.id)]
    yield "words", words(services, user.id)
    yield "sessions", _sessions(services, user.id)
    yield "jobs", _jobs(services, user.id)


def words(services: Services, user: str) -> dict[str, Any]:
    """The decks of words to practise, by language."""
    return {language: deck.to_dict() for language, deck in services.decks.load(user).items()}


def _sessions(services: Services, user: str) -> Iterator[dict[str, Any]]:
    for name in services.history.names(user):
        found = services.history.session(user, name)
        if found is not None:
            session, utterances = found
            audio = dict(services.history.recordings(user, name))
            yield {
                **_columns(session, {"user_id"}),
                "utterances": [
                    {
                        **_columns(utterance, {"id", "session_id"}),
                        "flac": _text(audio, utterance.name),
                    }
                    for utterance in utterances
                ],
            }


def _jobs(services: Services, user: str) -> Iterator[dict[str, Any]]:
    """Uploaded files that are not forgotten yet; the bytes are kept until the job has ended."""
    for name in services.jobs.names(user):
        job = services.jobs.find(name)
        if job is not None:
            webhook = services.webhooks.of(name)
            yield {
                **_columns(job, {"owner", "idempotency", "fingerprint", "lease", "lease_until"}),
                "file": base64.b64encode(b"".join(services.jobs.upload(name))).decode() or None,
                "webhook": None if webhook is None else _columns(webhook, {"secret", "job"}),
            }


def _text(audio: dict[str, bytes], name: str) -> str | None:
    return base64.b64encode(audio[name]).decode() if name in audio else None


def _columns(row: Any, hidden: set[str]) -> dict[str, Any]:
    """A row's columns; a column that is added one day is exported, too."""
    names = [column.key for column in row.__mapper__.column_attrs]
    return {name: getattr(row, name) for name in names if name not in hidden}
