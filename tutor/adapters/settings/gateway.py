"""Settings: what a gateway allows browsers, sessions and sockets."""

from __future__ import annotations

from pydantic import BaseModel, Field

from tutor.core.audio.samples import WHISPER_WINDOW_S
from tutor.core.protocol.limits import EVENTS_TTL_S, Limits

FEWEST_CONNECTIONS = 16
"""Requests want some beside the sessions, and one is kept for what workers announce."""

FEWEST_REQUESTS = 1000
"""Connections of the smallest gateway: a class that opens the page at once has six each."""


class GatewaySettings(BaseModel):
    """Limits of sessions and sockets."""

    allowed_origins: str = Field(
        "", description="further browser origins, comma separated; its own is always allowed"
    )
    max_frame_bytes: int = Field(
        Limits.max_frame_bytes, ge=1024, description="bytes of one WebSocket message (else 1009)"
    )
    max_realtime_frame_bytes: int = Field(
        1_048_576, ge=1024, description="the same on `/v1/realtime`, where audio is base64"
    )
    max_session_s: int = Field(Limits.max_session_s, gt=0, description="length of a session")
    max_utterance_ms: int = Field(
        Limits.max_utterance_ms,
        ge=4000,
        le=WHISPER_WINDOW_S * 1000,
        description="length of an utterance; then an endpoint is forced",
    )
    idle_timeout_s: int = Field(
        Limits.idle_timeout_s, gt=0, description="time without any message from the client"
    )
    resume_s: float = Field(
        120,
        ge=0,
        le=EVENTS_TTL_S,
        description="a session whose connection broke waits so long to be resumed",
    )
    drain_s: float = Field(
        30,
        ge=0,
        description="a gateway that stops lets learners speak so long; 0: it ends their sessions",
    )
    gateways: int = Field(
        1,
        ge=1,
        le=64,
        description="gateways that `tutor serve` starts, each on a core of its own and with "
        "`max_sessions`; they share the port",
    )
    reuse_port: bool = Field(
        False, description="several gateways of one machine share the port (SO_REUSEPORT)"
    )
    max_speed: float = Field(Limits.max_speed, ge=1, description="audio seconds per second")
    speed_burst_ms: int = Field(
        Limits.speed_burst_ms, ge=0, description="audio that may come at once on top of it"
    )
    max_messages: int = Field(
        Limits.max_messages,
        gt=0,
        description="text messages of one session in a minute; more are refused, and slowed down",
    )
    max_sessions: int = Field(200, gt=0, description="sockets of one gateway (else HTTP 503)")
    max_detached: int = Field(
        200,
        ge=0,
        description="sessions of one gateway whose connection broke and that wait to be resumed; "
        "the one that waits for longest gives way",
    )
    max_connections: int = Field(
        0,
        ge=0,
        description="connections of one gateway at once, sockets and requests (else HTTP 503). "
        "0: four for each of `max_sessions`, 1,000 at least; never more than its descriptors allow",
    )
    head_timeout_s: float = Field(
        10, gt=0, description="the head of a request must be there so soon (else HTTP 408)"
    )
    body_timeout_s: float = Field(
        30, gt=0, description="so soon its body, longer by what its bytes may take (else HTTP 408)"
    )
    answer_timeout_s: float = Field(
        30,
        gt=0,
        description="so soon a client must take what waits for it of an answer, longer by what its "
        "bytes may take (else it is hung up on)",
    )
    body_rate: int = Field(
        8192,
        gt=0,
        description="bytes of a body, or of an answer, in a second: the least, once that time is "
        "over",
    )
    send_queue: int = Field(256, gt=0, description="events kept for a client that does not read")
    send_timeout_s: float = Field(10, gt=0, description="wait for a client to take an event")
    ping_interval_s: float = Field(
        10, gt=0, description="seconds between pings of WebSockets and streamed transcriptions"
    )
    ping_timeout_s: float = Field(10, gt=0, description="wait for the pong before hanging up")
    store_timeout_s: float = Field(1, gt=0, description="wait for an answer of Redis")
    store_patience_s: float = Field(
        5,
        ge=0,
        description="a session whose store is away holds on so long, then closes with "
        "`unavailable`",
    )
    store_connections: int = Field(
        0,
        ge=0,
        description="connections of one gateway to Redis; who finds all in use waits. "
        "0: one for four of `max_sessions`, 16 at least",
    )

    @property
    def wanted_connections(self) -> int:
        """How many connections a gateway takes, if it has the descriptors for them."""
        return self.max_connections or max(FEWEST_REQUESTS, 4 * self.max_sessions)

    @property
    def connections(self) -> int:
        """How many connections to the store a gateway may have."""
        return self.store_connections or max(FEWEST_CONNECTIONS, self.max_sessions // 4)
