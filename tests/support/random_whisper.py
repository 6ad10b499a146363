"""The program that makes Whispers of random weights, for tests that need a model's form alone."""

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.support.places import ROOT


def bench_program(name: str) -> Any:
    """A program of `etc/bench` as a module."""
    folder = str(ROOT / "etc" / "bench")
    if folder not in sys.path:
        sys.path.insert(0, folder)
    return import_module(name)


def random_whisper(folder: Path, shape: str) -> Path:
    """A folder with a Whisper of one of the program's shapes, and without anything that is
    optional."""
    program = bench_program("random_whisper")
    program.make_random_whisper(folder, program.SHAPES[shape])
    return folder
