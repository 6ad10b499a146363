"""`tutor chaos`: faults are done to a running product while learners speak, and it is judged.

    from tutor.bench.chaos import ChaosOptions, run_chaos

    report = run_chaos(ChaosOptions(faults=60, seed=1))
    print(report.is_held)

`relay` stands between learners and gateway, `learners` and `errands` are what goes on meanwhile,
`inflict` does the faults of a plan (`tutor.core.chaos`), `run` puts them together, `report` and
`table` hold and show what became of it.
"""

from __future__ import annotations

from tutor.bench.chaos.options import ChaosOptions
from tutor.bench.chaos.report import ChaosReport
from tutor.bench.options import Progress, quiet

__all__ = ["ChaosOptions", "ChaosReport", "run_chaos"]


def run_chaos(options: ChaosOptions, progress: Progress = quiet) -> ChaosReport:
    """Do faults to a product, one after the other; takes about 10 s for each.

    Raises:
        BenchError: there is no server, an option is wrong, or the product does not come back after
            a fault; one line says which.
    """
    # Here, not above: a server's own processes import this package with the command line.
    from tutor.bench.chaos.run import run

    return run(options, progress)
