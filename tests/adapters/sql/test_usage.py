import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tutor.adapters.sql.account_tables import User
from tutor.adapters.sql.database import Database
from tutor.adapters.sql.errors import ConflictError
from tutor.adapters.sql.history import History
from tutor.adapters.sql.usage import Meter
from tutor.core.protocol.messages import SessionStart


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
