"""`/v1/accounts` and `/v1/me`: an account from its opening to its deletion."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, BeforeValidator, ConfigDict, EmailStr, Field, StrictBool

from tutor.adapters.secrets.passwords import MAX_PASSWORD, MIN_PASSWORD
from tutor.adapters.sql.account_tables import User
from tutor.adapters.sql.accounts import EmailTakenError
from tutor.adapters.wire.practice import to_json
from tutor.core.accounts.addresses import canonical, is_deceptive
from tutor.core.accounts.principal import Principal
from tutor.core.accounts.quota import Allowance, quota_of
from tutor.core.text.languages import LANGUAGE_TAG
from tutor.shells.accounts.erasure import erase
from tutor.shells.accounts.export import export
from tutor.shells.accounts.logins import COOKIE, COOKIE_PATH, check_password
from tutor.shells.http.auth import Here, LoggedIn, Member, invalid_token
from tutor.shells.http.problems import Problem, problems
from tutor.shells.http.services import Services
from tutor.shells.http.throttling import address_try, password_tries, throttle_address

router = APIRouter(prefix="/v1", tags=["account"])


Password = Annotated[str, Field(min_length=MIN_PASSWORD, max_length=MAX_PASSWORD)]
Language = Annotated[
    str, Field(max_length=35, pattern=LANGUAGE_TAG, description="BCP-47.", examples=["ru"])
]


def _folded(email: object) -> object:
    """An address without compatibility forms, which the check of addresses would refuse or keep."""
    return canonical(email) if isinstance(email, str) else email


class Registration(BaseModel):
    """The account to open."""

    email: Annotated[EmailStr, BeforeValidator(_folded)] = Field(examples=["anna@school.example"])
    password: Password = Field(examples=["correct horse battery"])
    native_language: Language | None = None


class Account(BaseModel):
    """An account as its owner sees it."""

    model_config = ConfigDict(from_attributes=True)

    id: str = Field(examples=["0c6e4f6c5fd34f7b8d1f7c3f0f1f2a3b"])
    email: str = Field(examples=["anna@school.example"])
    plan: str = Field(examples=["free"])
    native_language: str | None = Field(examples=["ru"])
    keep_audio: bool = Field(description="Whether recordings are kept: only with consent.")
    created_at: datetime


class Usage(BaseModel):
    """The audio of today (UTC), in seconds."""

    used_s: float = Field(examples=[312.5])
    quota_s: float | None = Field(description="null: no limit.", examples=[7200])
    left_s: float | None = Field(examples=[6887.5])


class OwnAccount(Account):
    """The caller's account, with the audio used today."""

    usage: Usage


class Change(BaseModel):
    """What to change in an account; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    native_language: Language | None = None
    keep_audio: StrictBool | None = Field(
        None, description="True: I agree that recordings are kept. False deletes those there are."
    )


class Deletion(BaseModel):
    """The password that allows the end of an account."""

    password: str = Field(max_length=MAX_PASSWORD, examples=["correct horse battery"])


class NewPassword(BaseModel):
    """A new password, and the current one that allows the change."""

    current_password: str = Field(max_length=MAX_PASSWORD, examples=["correct horse battery"])
    new_password: Password = Field(examples=["staple of another kind"])


@router.post(
    "/accounts",
    status_code=201,
    summary="Register",
    responses=problems(400, 409, 422, 429, 503),
)
async def register(request: Request, services: Here, wish: Registration) -> Account:
    """Opens an account with an e-mail address and a password.

    The address is kept in one form (NFKC, lower case). One that mixes scripts, or looks like Latin
    and is not, is refused: it could be taken for somebody else's.
    """
    email = canonical(wish.email)
    if is_deceptive(email):
        detail = "this address could be taken for another one: it mixes alphabets"
        raise Problem(422, "deceptive_address", detail, param="email")
    await throttle_address(request, services, "registration")
    opening = partial(services.accounts.register, email, wish.password, wish.native_language)
    try:
        user = await anyio.to_thread.run_sync(opening, limiter=services.password_checks)
    except EmailTakenError as error:
        raise Problem(409, "email_taken", "this e-mail address has an account") from error
    return Account.model_validate(user)


@router.get("/me", summary="My account", responses=problems(401))
def me(services: Here, caller: Member) -> OwnAccount:
    """The caller's account, and the audio used today."""
    return _own(services, _user(services, caller.user))


@router.patch("/me", summary="Change my account", responses=problems(400, 401, 403, 422))
def change(services: Here, caller: LoggedIn, wish: Change) -> OwnAccount:
    """Changes the native language, or the consent to keep recordings."""
    found = _user(services, caller.user)
    fields = wish.model_dump(exclude_unset=True)
    if fields.get("keep_audio", False) is None:
        del fields["keep_audio"]
    changed = services.accounts.change(found.id, **fields)
    if wish.keep_audio is False:
        services.history.forget_audio(found.id)
    return _own(services, changed or _user(services, None))


@router.post(
    "/me/password",
    status_code=204,
    summary="Change my password",
    responses=problems(400, 401, 403, 422, 429, 503),
)
async def change_password(
    request: Request, services: Here, caller: LoggedIn, wish: NewPassword
) -> None:
    """Ends all other logins: their tokens are void from now on, their open sockets are closed with
    4401. This login goes on, and API keys stay: revoke those that another person may know. Wrong
    passwords are counted as at a login."""
    async with address_try(request, services, "password"):
        checked = await _checked(request, services, caller, wish.current_password)
        changing = partial(_change_password, services, checked, wish.new_password, caller.grant)
        if not await anyio.to_thread.run_sync(changing, limiter=services.password_checks):
            raise Problem(400, "wrong_password", "current_password is wrong")
    services.recheck()


async def _checked(
    request: Request, services: Services, caller: Principal, password: str
) -> User | None:
    """The caller, if this is their password. A login has tries of its own: who guesses elsewhere
    does not lock it out, and who has stolen it has no more than they."""
    user = await anyio.to_thread.run_sync(_user, services, caller.user)
    tries = password_tries(request, services.settings, user.email, f"login {caller.grant}")
    return await check_password(services, user.email, password, tries)


def _change_password(
    services: Services, user: User | None, password: str, login: str | None
) -> bool:
    return user is not None and services.accounts.change_password(user, password, login)


@router.delete(
    "/me",
    status_code=204,
    summary="Delete my account",
    responses=problems(400, 401, 403, 422, 429, 503),
)
async def delete(
    request: Request,
    services: Here,
    caller: LoggedIn,
    response: Response,
    wish: Deletion | None = None,
) -> None:
    """Deletes the account and all that belongs to it; open sockets are closed with 4401.

    A login that is some minutes old needs the password for it: there is no way back, and who finds
    an unlocked machine must not go it.
    """
    assert caller.user is not None
    if wish is not None:
        async with address_try(request, services, "password"):
            if await _checked(request, services, caller, wish.password) is None:
                raise Problem(400, "wrong_password", "the password is wrong")
    elif not await anyio.to_thread.run_sync(_is_fresh, services, caller):
        detail = "send the password, or log in again and delete the account then"
        raise Problem(403, "password_needed", detail)
    await erase(services, caller.user)
    response.delete_cookie(COOKIE, path=COOKIE_PATH, httponly=True, samesite="strict")


def _is_fresh(services: Services, caller: Principal) -> bool:
    age_s = services.accounts.login_age_s(caller.grant or "")
    return age_s is not None and age_s < services.settings.fresh_login_s


@router.get(
    "/me/export",
    summary="All my data",
    response_class=StreamingResponse,
    responses={
        200: {"content": {"application/json": {"schema": {"type": "object"}}}},
        **problems(401, 403),
    },
)
def my_export(services: Here, caller: LoggedIn) -> StreamingResponse:
    """Everything that is kept: account, logins, API keys, sessions with utterances, scores and
    recordings (FLAC, base64), words to practise, usage."""
    user = _user(services, caller.user)
    headers = {"Content-Disposition": 'attachment; filename="voice-tutor.json"'}
    return StreamingResponse(_json(export(services, user)), 200, headers, "application/json")


def _json(parts: Iterator[tuple[str, Any]]) -> Iterator[bytes]:
    """One object, member by member: long lists are written as they are read."""
    opening = b"{"
    for name, value in parts:
        yield opening + to_json(name) + b":"
        opening = b","
        if isinstance(value, Iterator):
            yield b"["
            for index, item in enumerate(value):
                yield b"," * bool(index) + to_json(item)
            yield b"]"
        else:
            yield to_json(value)
    yield b"}"


def _user(services: Services, user: str | None) -> User:
    found = services.accounts.find(user) if user else None
    if found is None:  # deleted in this moment
        raise invalid_token("there is no such account any more")
    return found


def _own(services: Services, user: User) -> OwnAccount:
    allowance = Allowance(
        quota_of(services.settings.plans, user.plan), services.meter.used(user.id)
    )
    usage = Usage(
        used_s=round(allowance.used_s, 3),
        quota_s=allowance.quota_s or None,
        left_s=allowance.left_s,
    )
    return OwnAccount(**Account.model_validate(user).model_dump(), usage=usage)
