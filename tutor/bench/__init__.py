"""`tutor bench`: latency, accuracy and cost of the live path, measured from outside.

    from tutor.bench import BenchOptions, run_bench

    report = run_bench(BenchOptions(sessions=(1, 2), utterances=3))
    print(report.capacity("product"))

`corpus` reads recordings, `player` speaks them into sessions in real time, `measures` turns what
came back into figures, `server` and `processes` start and watch the servers, `report` holds and
shows the result. `overhead` measures everything that is not recognition, `soak` watches for what
grows, `voice` talks with the tutor, `simulation` says what other machines would do. `tutor chaos`
stands in `chaos`.
"""

from __future__ import annotations

from tutor.bench.heard import VoiceReport
from tutor.bench.options import (
    BenchError,
    BenchOptions,
    OverheadOptions,
    Progress,
    SoakOptions,
    VoiceOptions,
    quiet,
)
from tutor.bench.report import BenchReport, OverheadReport, SoakReport

__all__ = [
    "BenchError",
    "BenchOptions",
    "BenchReport",
    "OverheadOptions",
    "OverheadReport",
    "SoakOptions",
    "SoakReport",
    "VoiceOptions",
    "VoiceReport",
    "run_bench",
    "run_overhead",
    "run_soak",
    "run_voice",
]


def run_bench(options: BenchOptions, progress: Progress = quiet) -> BenchReport:
    """Play recordings into servers and measure; takes about the sum of the sessions' audio.

    Raises:
        BenchError: there is no server, no recording, or an option is wrong; one line says which.
    """
    # Here, not above: a server's own processes import this package with the command line.
    from tutor.bench.run import run

    return run(options, progress)


def run_overhead(options: OverheadOptions, progress: Progress = quiet) -> OverheadReport:
    """Measure everything that is not recognition, on a server with the instant recogniser.

    Raises:
        BenchError: the server did not start or did not answer; one line says which.
    """
    from tutor.bench.overhead.overhead import run

    return run(options, progress)


def run_soak(options: SoakOptions, progress: Progress = quiet) -> SoakReport:
    """Let a server serve for a long time, and tell what grew and what was left behind.

    Raises:
        BenchError: the server did not start or did not answer; one line says which.
    """
    from tutor.bench.soak.soak import run

    return run(options, progress)


def run_voice(options: VoiceOptions, progress: Progress = quiet) -> VoiceReport:
    """Talk with the tutor in real time, interrupt it, and let it hear itself.

    Raises:
        BenchError: the server did not start, did not answer, or has no voice; one line says which.
    """
    from tutor.bench.voice import run

    return run(options, progress)
