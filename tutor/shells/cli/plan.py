"""`tutor plan`: an operator gives an account another plan."""

from __future__ import annotations

from datetime import timedelta

from tutor.adapters.settings import Settings
from tutor.adapters.sql.accounts import Accounts
from tutor.adapters.sql.database import open_database


def change_plan(settings: Settings, email: str, plan: str) -> bool:
    """Give an account another plan; whether there is such an account.

    Raises:
        SettingsError: the database cannot be opened.
    """
    database = open_database(settings.database)
    try:
        return Accounts(database, timedelta()).set_plan(email, plan)
    finally:
        database.close()
