from tutor.adapters.telemetry.gateway import GatewayMetrics
from tutor.adapters.telemetry.registry import expose, observe


def test_exemplars_are_shown_to_who_understands_them() -> None:
    """OpenMetrics by the Accept header has them, the older text format has not."""
    metrics = GatewayMetrics()
    observe(metrics.final_after_speech, 0.4, "ab" * 16)
    text, content_type = expose(metrics.registry, "application/openmetrics-text; version=1.0.0")
    assert f'# {{trace_id="{"ab" * 16}"}} 0.4' in text.decode()
    assert content_type.startswith("application/openmetrics-text")
    text, content_type = expose(metrics.registry, "*/*")
    assert b"trace_id" not in text
    assert content_type.startswith("text/plain")
