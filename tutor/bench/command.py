"""The command line of `tutor bench`."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from typer.core import TyperCommand

from tutor.adapters.settings import comma_list
from tutor.bench import (
    BenchError,
    BenchOptions,
    BenchReport,
    OverheadOptions,
    OverheadReport,
    SoakOptions,
    SoakReport,
    VoiceOptions,
    VoiceReport,
    run_bench,
    run_overhead,
    run_soak,
    run_voice,
)
from tutor.bench.options import TurnOptions

BASELINES = ("none", "first", "all")

FILE_WIDTH = 160
"""Columns of a report that is not shown in a terminal."""


class BenchCommand(TyperCommand):
    """A command in which `--baseline` alone means `--baseline first`, an option Typer does not
    know."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments, with the value that was left out."""
        return super().parse_args(ctx, with_baseline(args))


def with_baseline(arguments: Sequence[str]) -> list[str]:
    """The arguments, with `first` after a `--baseline` that has no value."""
    full: list[str] = []
    for argument, after in zip(arguments, [*arguments[1:], ""], strict=True):
        is_bare = argument == "--baseline" and after not in BASELINES
        full += [argument, "first"] if is_bare else [argument]
    return full


def bench(
    url: Annotated[str | None, typer.Option(help="A running server; else one is started.")] = None,
    data: Annotated[
        Path | None, typer.Option(help="Folder with recordings and a manifest.")
    ] = None,
    sessions: Annotated[str, typer.Option(help="Learners at once, one run each.")] = "1,2,4,6,8",
    utterances: Annotated[int, typer.Option(help="Recordings of each session.")] = 8,
    endpoint_silence_ms: Annotated[int, typer.Option(help="Silence that ends an utterance.")] = 500,
    bound: Annotated[float, typer.Option(help="Most seconds of p95 final latency.")] = 1.2,
    baseline: Annotated[
        str, typer.Option(help="Plain faster-whisper too: at the `first` N, or at `all`.")
    ] = "none",
    feedback: Annotated[
        bool, typer.Option("--feedback", help="Have utterances assessed and answered too.")
    ] = False,
    batch_load: Annotated[
        int, typer.Option(help="Each N once more while so many files are recognised.")
    ] = 0,
    overhead: Annotated[
        bool, typer.Option("--overhead", help="Measure all that is not recognition instead.")
    ] = False,
    soak: Annotated[
        float, typer.Option(help="Serve for so many minutes instead, and tell what grows.")
    ] = 0.0,
    voice: Annotated[
        bool,
        typer.Option(
            "--voice", help="Talk with the tutor instead, and interrupt it: --utterances of each."
        ),
    ] = False,
    echo_s: Annotated[
        float, typer.Option(help="Seconds of its own speech that the tutor hears with --voice.")
    ] = 60.0,
    simulate: Annotated[
        bool,
        typer.Option(
            "--simulate",
            help="Then simulate: this machine beside what was measured, and a GPU. "
            '`--sessions ""`: the GPU alone.',
        ),
    ] = False,
    turns: Annotated[
        bool,
        typer.Option("--turns", help="Measure when turns end; --utterances a speaker."),
    ] = False,
    follow: Annotated[
        bool, typer.Option("--follow", help="With --turns: how closely a reader is followed, too.")
    ] = False,
    who: Annotated[
        str, typer.Option(help="With --turns: speakers of the manifest, with commas between them.")
    ] = "",
    idle: Annotated[
        int | None, typer.Option(help="Idle sockets: 500 with --overhead, 200 with --soak.")
    ] = None,
    speakers: Annotated[
        int | None, typer.Option(help="Speaking ones: 8 with --overhead, 4 with --soak.")
    ] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="name=value of a TUTOR_ setting.")
    ] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the report.")] = None,
    plot: Annotated[Path | None, typer.Option(help="Draw latency by N, .png or .svg.")] = None,
    seed: Annotated[int, typer.Option(help="Of the sample.")] = 0,
) -> None:
    """Measure latency, accuracy and cost with N learners at once, in real time."""
    end_as_by_ctrl_c()
    try:
        require_packages()
        extra = read_settings(settings or [])
        sockets = _given(idle=idle, speakers=speakers)
        instead: list[tuple[object, Callable[[], None]]] = [
            (
                overhead,
                lambda: _bench_overhead(
                    OverheadOptions(**sockets, settings=extra, seed=seed), json_file
                ),
            ),
            (
                soak,
                lambda: _bench_soak(
                    SoakOptions(soak, **sockets, settings=extra, seed=seed), json_file
                ),
            ),
            (
                voice,
                lambda: _bench_voice(VoiceOptions(url, utterances, echo_s, extra, seed), json_file),
            ),
            (
                turns,
                lambda: _bench_turns(
                    TurnOptions(_folder(data), comma_list(who), utterances, follow, extra),
                    json_file,
                ),
            ),
            (simulate and not read_counts(sessions), lambda: _simulate(None, json_file)),
        ]
        for is_wanted, measure in instead:
            if is_wanted:
                return measure()
        options = BenchOptions(
            url,
            _folder(data),
            read_counts(sessions),
            utterances,
            endpoint_silence_ms,
            max(1500, endpoint_silence_ms + 1000),
            bound,
            _read_baseline(baseline),
            feedback,
            batch_load,
            extra,
            seed=seed,
        )
        if simulate:
            _simulate(options, json_file)
        else:
            _bench(options, json_file, plot)
    except BenchError as error:
        fail(str(error), 1)
    except KeyboardInterrupt:
        fail("interrupted", 130)


def end_as_by_ctrl_c() -> None:
    """Let SIGTERM do what Ctrl-C does: the server that was started ends, too, and what was found
    until then is told."""
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))


def read_counts(text: str) -> tuple[int, ...]:
    """The numbers of sessions in a text like `1,2,4`.

    Raises:
        BenchError: a part is no number.
    """
    try:
        return tuple(int(part) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise BenchError(f"--sessions {text}: whole numbers with commas between them") from error


def read_settings(pairs: Sequence[str]) -> dict[str, str]:
    """The settings in texts like `name=value`; `TUTOR_` before a name may be left out.

    Raises:
        BenchError: a text is no pair.
    """
    settings = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise BenchError(f"--set {pair}: it must be name=value")
        settings[name.lower().removeprefix("tutor_")] = value
    return settings


def _folder(data: Path | None) -> str | None:
    return str(data) if data else None


def _read_baseline(text: str) -> Any:
    if text not in BASELINES:
        raise BenchError(f"--baseline {text}: it is `first` or `all`")
    return text


def _bench(options: BenchOptions, json_file: Path | None, plot: Path | None) -> None:
    from tutor.bench.table import show_bench

    require_writable(json_file, plot)
    with Bar() as bar:
        report = run_bench(options, bar.show)
    show_bench(report, console())
    _write(report, json_file)
    if plot:
        from tutor.bench.plot import plot_bench

        plot_bench(report, plot)


def _simulate(options: BenchOptions | None, json_file: Path | None) -> None:
    from tutor.bench.simulate import show_simulation, simulate, write_simulation
    from tutor.bench.table import show_bench

    require_writable(json_file)
    measured = None
    if options is not None:
        with Bar() as bar:
            measured = run_bench(options, bar.show)
        show_bench(measured, console())
    report = simulate(measured)
    show_simulation(report, console())
    if json_file:
        write_simulation(report, json_file)


def _bench_turns(options: TurnOptions, json_file: Path | None) -> None:
    from tutor.bench.turns.run import run, show

    require_writable(json_file)
    with Bar() as bar:
        report = run(options, bar.show)
    show(report, console())
    if json_file:
        json_file.write_text(report.to_json() + "\n", "utf-8")


def _bench_overhead(options: OverheadOptions, json_file: Path | None) -> None:
    from tutor.bench.table import show_overhead

    require_writable(json_file)
    with Bar() as bar:
        report = run_overhead(options, bar.show)
    show_overhead(report, console())
    _write(report, json_file)


def _bench_soak(options: SoakOptions, json_file: Path | None) -> None:
    from tutor.bench.table import show_soak

    require_writable(json_file)
    with Bar() as bar:
        report = run_soak(options, bar.show)
    show_soak(report, console())
    _write(report, json_file)


def _bench_voice(options: VoiceOptions, json_file: Path | None) -> None:
    require_writable(json_file)
    with Bar() as bar:
        report = run_voice(options, bar.show)
    table = Table("figure", "measured", "goal")
    for row in report.rows():
        table.add_row(*row)
    console().print(table)
    _write(report, json_file)


def _given(**counts: int | None) -> dict[str, int]:
    """The counts that were given: the others have defaults of their own."""
    return {name: count for name, count in counts.items() if count is not None}


def console() -> Console:
    """The console on stdout; in a file it is so wide that no column is cut off."""
    return Console() if sys.stdout.isatty() else Console(width=FILE_WIDTH)


class Bar:
    """A progress bar on stderr: the report alone is on stdout."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.description:<28}"),
            BarColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._progress.add_task("", total=1.0)

    def __enter__(self) -> Bar:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def show(self, label: str, done: float) -> None:
        """Show what is being done, and how much of it is done, 0 to 1."""
        self._progress.update(self._task, description=label, completed=done)


def require_packages() -> None:
    """Refuse to begin without what the extra `bench` brings.

    Raises:
        BenchError: a package is not installed.
    """
    try:
        import jiwer  # noqa: F401
        import psutil  # noqa: F401
    except ImportError as error:
        raise BenchError(f"{error.name} is missing: pip install 'voice-tutor[bench]'") from error


def require_writable(*paths: Path | None) -> None:
    """Find out before the measurement, not after it, that a result cannot be written.

    Raises:
        BenchError: a folder is missing.
    """
    for path in paths:
        if path and not path.parent.is_dir():
            raise BenchError(f"{path}: there is no folder {path.parent}")


def _write(
    report: BenchReport | OverheadReport | SoakReport | VoiceReport, path: Path | None
) -> None:
    if path:
        path.write_text(report.to_json() + "\n", "utf-8")


def fail(message: str, code: int) -> NoReturn:
    """End the command with one line about what is wrong."""
    sys.stderr.write(f"tutor: {message}\n")
    raise typer.Exit(code)
