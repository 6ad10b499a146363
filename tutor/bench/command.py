"""The command line of `tutor bench`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

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
from tutor.bench.arguments import read_baseline, read_counts, read_settings
from tutor.bench.options import TurnOptions
from tutor.bench.terminal import (
    Bar,
    console,
    end_as_by_ctrl_c,
    fail,
    require_packages,
    require_writable,
)


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
            read_baseline(baseline),
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


def _folder(data: Path | None) -> str | None:
    return str(data) if data else None


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
    from tutor.bench.simulation.simulate import show_simulation, simulate, write_simulation
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
    if report.faults:
        raise typer.Exit(1)


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


def _write(
    report: BenchReport | OverheadReport | SoakReport | VoiceReport, path: Path | None
) -> None:
    if path:
        path.write_text(report.to_json() + "\n", "utf-8")
