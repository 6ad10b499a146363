"""`/v1/keys`: credentials for servers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from tutor.adapters.sql.accounts import TooManyKeysError
from tutor.shells.http.auth import Here, LoggedIn
from tutor.shells.http.problems import Problem, problems

router = APIRouter(prefix="/v1/keys", tags=["API keys"])

Id = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class KeyWish(BaseModel):
    """The API key to make."""

    name: str = Field(
        min_length=1,
        max_length=100,
        pattern=r"^[^\x00-\x1f\x7f]+$",
        description="What it is for.",
        examples=["school server"],
    )


class Key(BaseModel):
    """An API key, as it is listed."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str = Field(examples=["school server"])
    prefix: str = Field(description="How the key begins.", examples=["tutor_3q2x7w"])
    created_at: datetime
    last_used_at: datetime | None = Field(description="To the minute.")


class NewKey(Key):
    """An API key with its secret."""

    key: str = Field(description="Shown this once.", examples=["tutor_3q2x7w…"])


class Keys(BaseModel):
    """The API keys in use."""

    keys: list[Key]


@router.post(
    "", status_code=201, summary="Make an API key", responses=problems(400, 401, 403, 409, 422)
)
def create(services: Here, caller: LoggedIn, wish: KeyWish) -> NewKey:
    """Makes an API key. It acts for its owner until it is revoked; it cannot change or delete the
    account."""
    assert caller.user is not None
    try:
        key, secret = services.accounts.create_key(caller.user, wish.name)
    except TooManyKeysError as error:
        most = services.settings.max_api_keys
        raise Problem(409, "too_many_keys", f"there are {most} keys: revoke one") from error
    return NewKey(**Key.model_validate(key).model_dump(), key=secret)


@router.get("", summary="My API keys", responses=problems(401, 403))
def keys(services: Here, caller: LoggedIn) -> Keys:
    """The caller's API keys in use, the oldest first."""
    assert caller.user is not None
    return Keys(keys=[Key.model_validate(key) for key in services.accounts.keys(caller.user)])


@router.delete(
    "/{id}", status_code=204, summary="Revoke an API key", responses=problems(401, 403, 404, 422)
)
def revoke(services: Here, caller: LoggedIn, id: Id) -> None:  # noqa: A002 - the path's name
    """Revokes an API key: it is void from now on; sockets that were opened with it are closed with
    4401."""
    assert caller.user is not None
    if not services.accounts.revoke_key(caller.user, id):
        raise Problem(404, "not_found", "there is no such key")
    services.recheck()
