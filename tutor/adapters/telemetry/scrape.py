"""Metrics as another process shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families


@dataclass(frozen=True)
class Sample:
    """One number of a metric."""

    part: str
    """Part of a histogram: `sum`, `count`, `bucket`, ...; empty where a metric is one number."""
    labels: Mapping[str, str]
    value: float


def samples_of(text: str, metric: str) -> Iterator[Sample]:
    """The samples of one metric in the text of `/metrics`.

    Raises:
        ValueError: the text is none of metrics.
    """
    for family in text_string_to_metric_families(text):
        for sample in family.samples if family.name == metric else ():
            part = sample.name.removeprefix(metric).removeprefix("_")
            yield Sample(part, sample.labels, sample.value)
