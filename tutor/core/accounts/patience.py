"""How long a request may take to come."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Patience:
    """How long a gateway waits for a request, in seconds of its clock.

    A whole body may take the longer the more of it has come, so that a slow line uploads a large
    recording and nobody holds a connection with a byte now and then (as Apache's mod_reqtimeout).
    """

    head_s: float
    """For the whole head, from the connection on or, of later requests, from the first byte."""
    body_s: float
    """For a body, and on top of it what its bytes may take."""
    body_rate: int
    """Bytes of a body in a second, the least that goes on."""

    def until_head(self, began: float) -> float:
        """When a head that began then must be there."""
        return began + self.head_s

    def until_body(self, began: float, taken: int) -> float:
        """When a body must be there whose head was there at `began`, with so many bytes so far."""
        return began + self.body_s + taken / self.body_rate
