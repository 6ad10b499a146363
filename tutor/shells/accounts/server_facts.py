"""`/v1/server`: what a client must know before it shows a login."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from tutor.adapters.coach.exercises import open_library
from tutor.adapters.secrets.passwords import MIN_PASSWORD
from tutor.shells.http.auth import Here

router = APIRouter(prefix="/v1", tags=["page"])


class ServerFacts(BaseModel):
    """What holds for all clients of this server."""

    accounts: Literal["optional", "required"] = Field(
        description="Whether guests may practise, or an account is needed."
    )
    min_password: int = Field(description="Characters of a new password.", examples=[8])
    languages: tuple[str, ...] = Field(
        description="Languages that have exercises.", examples=[["de", "en"]]
    )


@router.get("/server", summary="What holds on this server")
async def server(services: Here) -> ServerFacts:
    """Answers every client, so that a page knows whether to ask for a login first."""
    settings = services.settings
    return ServerFacts(
        accounts=settings.accounts,
        min_password=MIN_PASSWORD,
        languages=open_library(settings.exercises_dir).languages(),
    )
