"""How long a learner may go on: until their login expires, or their day's audio is used up."""

from __future__ import annotations

import math

from tutor.core.protocol.errors import ProtocolError
from tutor.core.protocol.messages import SessionExpiring

WARN_S = 60.0
"""Seconds before a login expires at which the client is warned."""


class Standing:
    """The standing of one session's learner; as long as nothing is received it never ends."""

    def __init__(self) -> None:
        self._expires_at: float | None = None
        self._warned = False
        self._left_s: float | None = None
        self.audio_s = 0.0
        """Seconds of audio that were admitted since the session began."""

    def resume_from(self, audio_s: float) -> None:
        """Continue after the audio that another gateway has admitted in the session."""
        self.audio_s = audio_s

    def receive_login(self, expires_in_s: float | None, now: float) -> None:
        """Take a credential of the learner's, valid for so long (None: no end is set)."""
        self._expires_at = None if expires_in_s is None else now + expires_in_s
        self._warned = False

    def receive_logout(self, now: float) -> None:
        """Take note that the learner's credential was revoked."""
        self._expires_at, self._warned = now, True

    def receive_quota(self, left_s: float | None, billed_s: float = 0.0) -> None:
        """Take the seconds of audio left today (None: unlimited), with the session's first
        `billed_s` already counted."""
        self._left_s = None if left_s is None else left_s - (self.audio_s - billed_s)

    def admits(self, audio_s: float) -> bool:
        """Whether so much more audio may come; if so it is counted."""
        if self._left_s is not None:
            if self._left_s < audio_s:
                return False
            self._left_s -= audio_s
        self.audio_s += audio_s
        return True

    def receive_tick(self, now: float) -> SessionExpiring | None:
        """Let time pass; a warning when one is due.

        Raises:
            ProtocolError: `unauthenticated`, the login has expired.
        """
        if self._expires_at is None:
            return None
        left = self._expires_at - now
        if left <= 0:
            raise ProtocolError("unauthenticated")
        if left > WARN_S or self._warned:
            return None
        self._warned = True
        return SessionExpiring(math.ceil(left))
