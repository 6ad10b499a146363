"""`/v1/me/words.csv` and `/v1/me/words.apkg`: the words to practise, for other programs."""

from __future__ import annotations

import asyncio
import csv
import io
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from tutor.adapters.anki import FlashCard, package
from tutor.adapters.sql.history_tables import PracticeSession
from tutor.core.coach.phrases import bare
from tutor.core.text.languages import language_name, whisper_language
from tutor.core.text.normal import normalise
from tutor.shells.http.auth import Here, Member
from tutor.shells.http.problems import problems
from tutor.shells.http.services import Services
from tutor.shells.voice.reading import read_words

router = APIRouter(prefix="/v1/me", tags=["history"])

MOST_SESSIONS = 200
"""Sessions, the latest first, in which is looked for where a word was said."""

MOST_RECORDING_BYTES = 20 * 2**20
"""Of all recordings in one file; what goes beyond it is left out, and the words stay."""

FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for a formula at the beginning of a cell."""

APKG = "application/vnd.anki"

Wanted = Annotated[
    str | None,
    Query(max_length=35, pattern=r"^[A-Za-z0-9-]+$", description="one language alone"),
]


@router.get(
    "/words.csv",
    summary="My words to practise, as a table",
    response_class=Response,
    responses={200: {"content": {"text/csv": {}}}, **problems(401, 422)},
)
def words_csv(services: Here, caller: Member, language: Wanted = None) -> Response:
    """A row for each word: language, word, last score, sounds, the sentence it was said in."""
    assert caller.user is not None
    table = io.StringIO()
    rows = csv.writer(table)
    rows.writerow(["language", "word", "score", "sounds", "sentence"])
    for card in _cards(services, caller.user, language):
        cells = [card.language, card.word, card.score, card.sounds, card.sentence]
        rows.writerow([f"'{cell}" if cell.startswith(FORMULAS) else cell for cell in cells])
    return _file(table.getvalue().encode("utf-8-sig"), "text/csv", "voice-tutor-words.csv")


@router.get(
    "/words.apkg",
    summary="My words to practise, as cards for Anki",
    response_class=Response,
    responses={200: {"content": {APKG: {}}}, **problems(401, 422)},
)
async def words_apkg(services: Here, caller: Member, language: Wanted = None) -> Response:
    """A card for each word, read by the server's voice where there is one for its language, with
    the recording of its sentence where one is kept. Imported again, known cards are renewed."""
    assert caller.user is not None
    cards = await asyncio.to_thread(_recorded, services, caller.user, language)
    read = await read_words(services, [(card.word, card.language) for card in cards])
    cards = [replace(card, model=read.get((card.word, card.language))) for card in cards]
    body = await asyncio.to_thread(package, cards, int(time.time()))
    return _file(body, APKG, "voice-tutor-words.apkg")


def _recorded(services: Services, user: str, language: str | None) -> list[FlashCard]:
    return list(_cards(services, user, language, with_recordings=True))


def _file(body: bytes, media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type=media_type, headers=headers)


def _cards(
    services: Services, user: str, wanted: str | None, *, with_recordings: bool = False
) -> Iterator[FlashCard]:
    code = None if wanted is None else whisper_language(wanted) or wanted
    decks = {
        name: deck
        for name, deck in sorted(services.decks.load(user).items())
        if code in (None, name)
    }
    keys = {(name, normalise(card.word)) for name, deck in decks.items() for card in deck.cards}
    places = _places(services, user, keys)
    left = MOST_RECORDING_BYTES if with_recordings else 0
    for name, deck in decks.items():
        for card in sorted(deck.cards, key=lambda card: (card.box, card.score)):
            found = places.get((name, normalise(card.word)), {})
            flac = _recording(services, user, found) if left > 0 else None
            flac = None if flac is None or len(flac) > left else flac
            left -= len(flac or b"")
            yield FlashCard(
                word=card.word,
                language=name,
                deck=f"Voice Tutor: {language_name(name).title()}",
                sentence=found.get("text", ""),
                sounds=found.get("sounds", ""),
                score=f"{card.score:.0f}",
                recording=flac,
            )


Place = dict[str, Any]


def _places(
    services: Services, user: str, keys: set[tuple[str, str]]
) -> dict[tuple[str, str], Place]:
    """Where each word was said last: text, sounds, session and name of the utterance."""
    found: dict[tuple[str, str], Place] = {}
    for row, _ in services.history.sessions(user, MOST_SESSIONS):
        if keys <= found.keys():
            break
        for key, place in _places_of(services, user, row):
            if key in keys:
                found.setdefault(key, place)
    return found


def _places_of(
    services: Services, user: str, row: PracticeSession
) -> Iterator[tuple[tuple[str, str], Place]]:
    session = services.history.session(user, row.id)
    for utterance in reversed(session[1] if session else []):
        language = whisper_language(utterance.language) or utterance.language
        for word in (utterance.scores.get("pronunciation") or {}).get("words", ()):
            sounds = "".join(phone["ipa"] for phone in word.get("phones") or ())
            place = {
                "text": _read(utterance.scores) or utterance.text,
                "sounds": f"/{sounds}/" if sounds else "",
                "session": row.id,
                "name": utterance.name if utterance.has_audio else None,
            }
            yield (language, normalise(bare(word["text"]))), place


def _read(scores: dict[str, Any]) -> str:
    """The text that was read; empty where none was."""
    words = (scores.get("accuracy") or {}).get("words", ())
    return " ".join(word["text"] for word in words if word.get("status") != "inserted")


def _recording(services: Services, user: str, place: Place) -> bytes | None:
    if place.get("name") is None:
        return None
    return services.history.recording(user, place["session"], place["name"])
