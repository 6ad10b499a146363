"""How long a request may take to come, and its answer to go."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Patience:
    """How long a gateway waits for a request, or for its answer to be taken, in seconds of its
    clock.

    A whole body may take the longer the more of it has come, so that a slow line uploads a large
    recording and nobody holds a connection with a byte now and then (as Apache's mod_reqtimeout).
    The same holds for what waits to be sent.
    """

    head_s: float
    """For the whole head, from the connection on or, of later requests, from the first byte."""
    body_s: float
    """For a body, and on top of it what its bytes may take."""
    body_rate: int
    """Bytes of a body, or of an answer, in a second: the least that goes on."""
    answer_s: float
    """For what waits to be sent, and on top of it what its bytes may take."""

    def until_head(self, began: float) -> float:
        """When a head that began then must be there."""
        return began + self.head_s

    def until_body(self, began: float, taken: int) -> float:
        """When a body must be there whose head was there at `began`, with so many bytes so far."""
        return began + self.body_s + taken / self.body_rate

    def until_taken(self, began: float, taken: int) -> float:
        """When all must be taken of what waited to be sent at `began`, with so many bytes so
        far."""
        return began + self.answer_s + taken / self.body_rate
