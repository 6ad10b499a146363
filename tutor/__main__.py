"""The command `tutor`, and `python -m tutor`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command; if only the client is installed, say in one line what is missing."""
    try:
        from tutor.shells.cli.environment import prepare_environment

        prepare_environment()
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
