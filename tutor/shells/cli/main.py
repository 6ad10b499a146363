"""The command line."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Literal, NoReturn, TypeVar

import typer
from rich.console import Console

from tutor.adapters.settings import Settings, SettingsError
from tutor.bench.arguments import BenchCommand
from tutor.bench.chaos.command import chaos
from tutor.bench.command import bench
from tutor.core.protocol.messages import Exercise, SessionStart
from tutor.core.text.languages import AUTO, whisper_language
from tutor.shells.cli import parts
from tutor.shells.logs import configure_logging

app = typer.Typer(
    help="Voice Tutor: speak, see your words while you speak.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

T = TypeVar("T")

Host = Annotated[str | None, typer.Option(help="Address to listen on [TUTOR_HOST].")]
Port = Annotated[int | None, typer.Option(help="Port to listen on [TUTOR_PORT].")]


@app.command()
def serve(host: Host = None, port: Port = None) -> None:
    """Serve the whole product: store, gateway and recogniser as one process tree."""
    from tutor.shells.cli.serve import run_serve

    raise typer.Exit(_configured(run_serve, host=host, port=port))


@app.command()
def gateway(host: Host = None, port: Port = None) -> None:
    """Run a gateway alone; TUTOR_REDIS_URL says where its store is."""
    _configured(parts.gateway(), host=host, port=port)


@app.command()
def worker(
    kind: Annotated[parts.WorkerKind, typer.Argument()],
) -> None:
    """Run a worker alone; TUTOR_REDIS_URL says where its queue is."""
    _configured(parts.worker(kind))


@app.command()
def health(
    part: Annotated[
        Literal["gateway", "asr", "partials", "batch", "feedback", "files", "speech"],
        typer.Argument(),
    ],
) -> None:
    """Say whether a part of this machine is alive: 0 or 1, for a container's health check."""
    from tutor.shells.cli.health import is_gateway_alive, is_worker_alive

    alive = is_gateway_alive if part == "gateway" else partial(is_worker_alive, kind=part)
    if not _configured(alive):
        _fail(f"no {part} is alive here", 1)


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of a table.")] = False,
) -> None:
    """Look at this machine and the settings, and say what would go wrong; 1 if something would."""
    from tutor.core.doctor.findings import Level
    from tutor.shells.cli.doctor import run_doctor

    if _configured(partial(run_doctor, as_json=as_json)) is Level.ERROR:
        raise typer.Exit(1)


@app.command()
def stream(
    file: Annotated[Path, typer.Argument(help="A recording in any common format.")],
    url: Annotated[str, typer.Option(help="The server.")] = "http://127.0.0.1:8000",
    language: Annotated[str, typer.Option(help="BCP-47, or `auto`.")] = "en",
    text: Annotated[str | None, typer.Option(help="The text that is read aloud.")] = None,
    token: Annotated[
        str | None, typer.Option(envvar="TUTOR_TOKEN", help="An access token or an API key.")
    ] = None,
    fast: Annotated[bool, typer.Option("--fast", help="As fast as the server allows.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON event a line.")] = False,
) -> None:
    """Play a recording into a running server and watch the words come."""
    from tutor.adapters.speech.media import MediaError
    from tutor.client import PracticeError
    from tutor.shells.cli.stream import JsonView, TerminalView, stream_file

    exercise = Exercise("read_aloud", text) if text else Exercise()
    view = JsonView(Console(soft_wrap=True)) if as_json else TerminalView(Console())
    try:
        fault = asyncio.run(
            stream_file(
                url, file, SessionStart(language, exercise), token=token, fast=fast, view=view
            )
        )
    except (MediaError, PracticeError) as error:
        _fail(str(error), 1)
    except KeyboardInterrupt:
        _fail("interrupted", 130)
    finally:
        view.close()
    if fault is not None:
        _fail(fault, 1)


@app.command()
def assess(
    audio: Annotated[Path | None, typer.Argument(help="A recording in any common format.")] = None,
    text: Annotated[str | None, typer.Option(help="What was to be read.")] = None,
    manifest: Annotated[
        Path | None, typer.Option(help='Many: one {"audio": …, "text": …} a line.')
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Where the manifest's results go.")] = None,
    language: Annotated[str, typer.Option(help="BCP-47.")] = "en",
    transcribe: Annotated[
        bool,
        typer.Option(
            help="Recognise the words, too, as a session does; else recordings of up to 30 s are "
            "judged by their sounds alone: faster, but more words count as not said."
        ),
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of tables.")] = False,
) -> None:
    """Score how a text was read: the words, their sounds, the whole."""
    from tutor.adapters.speech.media import MediaError
    from tutor.shells.cli.assess import ManifestError, assess_file, assess_manifest
    from tutor.shells.cli.show import print_report

    code = whisper_language(language)
    if code is None or code == AUTO:
        _fail(f"{language!r} is not a language we know", 2)
    try:
        if manifest and out and not (audio or text):
            many = partial(assess_manifest, source=manifest, out=out, language=code)
            unscored = _configured(partial(many, transcribe=transcribe))
            sys.stderr.write(f"{out}: {unscored} not scored\n" if unscored else "")
        elif audio and text is not None and not (manifest or out):
            one = partial(assess_file, audio=audio, text=text, language=code)
            print_report(_configured(partial(one, transcribe=transcribe)), as_json)
        else:
            _fail("give a recording and --text, or --manifest and --out", 2)
    except (MediaError, ManifestError) as error:
        _fail(str(error), 1)


@app.command()
def plan(
    email: Annotated[str, typer.Argument(help="The account.")],
    name: Annotated[Literal["free", "plus"], typer.Argument(help="Its plan from now on.")],
) -> None:
    """Give an account another plan; the settings say how much audio a day it allows."""
    from tutor.shells.cli.plan import change_plan

    if not _configured(partial(change_plan, email=email, plan=name)):
        _fail(f"there is no account {email}", 1)


@app.command()
def voices() -> None:
    """List the voices that the settings name: language, licence, source."""
    from tutor.shells.cli.voices import print_voices

    _configured(print_voices)


app.command(cls=BenchCommand)(bench)
app.command()(chaos)


def _configured(run: Callable[[Settings], T], **overrides: object) -> T:
    """Run a part with the settings; what only the operator can mend ends it with EX_CONFIG."""
    from tutor.adapters.speech.models.weights import WeightsError
    from tutor.adapters.voice.voice import VoiceError
    from tutor.core.coach.exercises import ExerciseError
    from tutor.core.coach.phrases import PhrasesError

    try:
        settings = Settings.load(**overrides)
        configure_logging(settings.log_level, settings.log_format)
        return run(settings)
    except (SettingsError, WeightsError, ExerciseError, PhrasesError, VoiceError) as error:
        _fail(str(error), os.EX_CONFIG)


def _fail(message: str, code: int) -> NoReturn:
    sys.stderr.write(f"tutor: {message}\n")
    raise typer.Exit(code)


def main() -> None:
    """Run the `tutor` command."""
    app()
