"""The command line as a person uses it."""

import os
import subprocess
import sys

from tests.support.house import SOON_S


def tutor(*arguments: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    """Run the command to its end."""
    env = os.environ | {f"TUTOR_{name.upper()}": value for name, value in settings.items()}
    return subprocess.run(
        [sys.executable, "-m", "tutor", *arguments],
        env=env,
        capture_output=True,
        text=True,
        timeout=2 * SOON_S,
    )


def bench(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run `tutor bench` to its end."""
    return subprocess.run(
        [sys.executable, "-m", "tutor", "bench", *arguments],
        capture_output=True,
        text=True,
        timeout=240,
    )
