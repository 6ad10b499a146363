"""Settings: logs, metrics and traces."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field, SecretStr


class TelemetrySettings(BaseModel):
    """Logs, metrics and traces."""

    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="least severe log lines shown"
    )
    log_format: Literal["text", "json"] = Field(
        "text", description="`json`: one object a line, with the ids of session and trace"
    )
    metrics_host: str = Field(
        "127.0.0.1", description="address at which worker processes show their metrics"
    )
    metrics_port: int = Field(
        9101,
        ge=0,
        le=65_000,
        description="port of the first of them, the next free one for each other; 0: none",
    )
    metrics_token: SecretStr = Field(
        "",
        validate_default=True,
        description="bearer token that `/metrics` asks for; empty: anybody may read it",
    )
    otlp_endpoint: str = Field(
        "", description="where spans are sent by OTLP/HTTP, up to `/v1/traces`; empty: no tracing"
    )
    trace_sample: float = Field(1.0, ge=0, le=1, description="share of sessions that are traced")
