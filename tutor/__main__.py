"""The command `tutor`, and `python -m tutor`."""

from __future__ import annotations

import os
import sys

ONE_THREAD = "OPENBLAS_NUM_THREADS"
"""What numpy's library reads when it is loaded: among how many threads it shares a product."""


def main() -> None:
    """Run the command; if only the client is installed, say in one line what is missing."""
    # Our products take microseconds; threads that wait for each other at each of them cost a busy
    # machine many times as much. A core is given to a process instead (decision 0004).
    os.environ.setdefault(ONE_THREAD, "1")
    try:
        from tutor.shells.cli.main import main as run

        run()
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] == "tutor":
            raise
        sys.exit(
            f"tutor: the server is not installed ({error.name} is missing): "
            "pip install 'voice-tutor[server]'"
        )


if __name__ == "__main__":
    main()
