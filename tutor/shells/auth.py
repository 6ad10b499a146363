"""Who asks over HTTP: the dependency that every route of the API declares."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from tutor.core.principal import GUEST, Principal


def authenticate() -> Principal:
    """The caller, by what the request carries.

    Raises:
        Problem: 401, when the credential is missing or not valid.
    """
    return GUEST


Caller = Annotated[Principal, Depends(authenticate)]
