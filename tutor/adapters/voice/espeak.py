"""Other languages' sounds from espeak-ng, where it is installed: a program by itself (GPL-3).

Piper's voices were taught with it; nothing of it is loaded into this process.
"""

from __future__ import annotations

import re
import shutil
import subprocess

from tutor.adapters.voice.voice import VoiceError

PROGRAM = "espeak-ng"

TIMEOUT_S = 5.0
"""Seconds for one clause, which takes some milliseconds."""

_PUNCTUATION = re.compile(r"([,.!?;:]+)")


class EspeakSounds:
    """Makes IPA of text in one of espeak-ng's languages. Safe to share between threads."""

    def __init__(self, voice: str) -> None:
        """`voice`: espeak-ng's name of the language, as a Piper voice's configuration has it.

        Raises:
            VoiceError: the program is not installed.
        """
        program = shutil.which(PROGRAM)
        if program is None:
            raise VoiceError(
                f"its language ({voice}) needs the program {PROGRAM}, which is not installed"
            )
        self._command = (program, "-q", "--ipa", "-v", voice, "--stdin")

    def ipa(self, text: str) -> str:
        """A clause as IPA with its punctuation.

        Raises:
            VoiceError: the program failed.
        """
        parts = _PUNCTUATION.split(text)
        said = [self._say(part) if n % 2 == 0 else part[0] + " " for n, part in enumerate(parts)]
        return "".join(said).strip()

    def _say(self, part: str) -> str:
        if not any(character.isalnum() for character in part):
            return ""
        try:
            found = subprocess.run(
                self._command,
                input=part.encode(),
                capture_output=True,
                timeout=TIMEOUT_S,
                check=True,
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise VoiceError(f"{PROGRAM} failed: {error}") from error
        ipa = re.sub(r"\([a-z-]+\)", "", found.stdout.decode("utf-8", "replace"))  # (en)…(de)
        return " ".join(ipa.split())
