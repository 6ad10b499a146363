"""The few kinds of panels that our dashboards are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grafana_foundation_sdk.builders import common, heatmap, prometheus, stat, timeseries
from grafana_foundation_sdk.builders.dashboard import (
    Dashboard,
    DashboardLink,
    QueryVariable,
    Row,
    ThresholdsConfig,
)
from grafana_foundation_sdk.models.common import (
    BigValueColorMode,
    BigValueGraphMode,
    GraphTresholdsStyleMode,
    LegendDisplayMode,
    LegendPlacement,
    StackingMode,
    TooltipDisplayMode,
)
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    DashboardLinkType,
    DataSourceRef,
    Threshold,
    ThresholdsMode,
    VariableOption,
    VariableRefresh,
)
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

PROMETHEUS = DataSourceRef(type_val="prometheus", uid="prometheus")

Query = tuple[str, str]
"""PromQL and the legend of its series."""

Steps = Sequence[float]
"""From where on a value is amber, and from where on red; one number: red."""

Panel = timeseries.Panel | stat.Panel | heatmap.Panel


@dataclass(frozen=True)
class Section:
    """A row of a dashboard with its panels, left to right."""

    title: str
    panels: Sequence[Panel]


def number(
    title: str, description: str, expr: str, unit: str = "short", steps: Steps = (), width: int = 4
) -> stat.Panel:
    """One figure of now, with the line that led to it."""
    return (
        stat.Panel()
        .title(title)
        .description(description)
        .datasource(PROMETHEUS)
        .with_target(_target(expr, ""))
        .unit(unit)
        .color_mode(BigValueColorMode.VALUE)
        .graph_mode(BigValueGraphMode.AREA)
        .thresholds(_thresholds(steps))
        .height(5)
        .span(width)
    )


def graph(
    title: str,
    description: str,
    *queries: Query,
    unit: str = "s",
    steps: Steps = (),
    stacked: bool = False,
    exemplars: bool = False,
    width: int = 8,
) -> timeseries.Panel:
    """Lines over time; `exemplars`: dots that open the trace of one utterance."""
    panel = (
        timeseries.Panel()
        .title(title)
        .description(description)
        .datasource(PROMETHEUS)
        .unit(unit)
        .min(0)
        .fill_opacity(25 if stacked else 8)
        .line_width(1)
        .legend(
            common.VizLegendOptions()
            .display_mode(LegendDisplayMode.LIST)
            .placement(LegendPlacement.BOTTOM)
            .show_legend(True)
        )
        .tooltip(common.VizTooltipOptions().mode(TooltipDisplayMode.MULTI))
        .thresholds(_thresholds(steps))
        .thresholds_style(
            common.GraphThresholdsStyleConfig().mode(
                GraphTresholdsStyleMode.DASHED if steps else GraphTresholdsStyleMode.OFF
            )
        )
        .height(8)
        .span(width)
    )
    if stacked:
        panel.stacking(common.StackingConfig().mode(StackingMode.NORMAL).group("A"))
    for index, (expr, legend) in enumerate(queries):
        panel.with_target(_target(expr, legend, ref="ABCDEFGH"[index], exemplars=exemplars))
    return panel


def heat(title: str, description: str, expr: str, unit: str = "s", width: int = 8) -> heatmap.Panel:
    """A histogram over time: the darker, the more."""
    return (
        heatmap.Panel()
        .title(title)
        .description(description)
        .datasource(PROMETHEUS)
        .with_target(_target(expr, "{{le}}").format(PromQueryFormat.HEATMAP))
        .unit(unit)
        .height(8)
        .span(width)
    )


def quantile(share: float, metric: str, by: str = "", where: str = "") -> str:
    """A quantile of a histogram over the last while."""
    labels = f"le, {by}" if by else "le"
    rate = f"rate({metric}_bucket{{{where}}}[$__rate_interval])"
    return f"histogram_quantile({share}, sum by ({labels}) ({rate}))"


def quantiles(metric: str, where: str = "") -> list[Query]:
    """Median, 95 % and 99 %."""
    return [
        (quantile(share, metric, where=where), f"p{share * 100:.0f}") for share in (0.5, 0.95, 0.99)
    ]


def mean(metric: str, by: str, where: str = "") -> str:
    """The mean of a histogram over the last while."""
    total, count = (
        f"rate({metric}_{part}{{{where}}}[$__rate_interval])" for part in ("sum", "count")
    )
    return f"sum by ({by}) ({total}) / sum by ({by}) ({count})"


def per_second(metric: str, by: str = "", where: str = "") -> str:
    """How fast a counter grows."""
    rate = f"rate({metric}{{{where}}}[$__rate_interval])"
    return f"sum by ({by}) ({rate})" if by else f"sum({rate})"


def increase(metric: str, by: str, where: str = "") -> str:
    """By how much a counter has grown over the last while."""
    return f"sum by ({by}) (increase({metric}{{{where}}}[$__rate_interval]))"


def board(uid: str, title: str, description: str, *sections: Section) -> Dashboard:
    """A dashboard of ours, with links to the others."""
    dashboard = (
        Dashboard(title)
        .uid(uid)
        .description(description)
        .tags(["voice-tutor"])
        .time("now-1h", "now")
        .refresh("10s")
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .readonly()
        .link(
            DashboardLink("Voice Tutor")
            .type(DashboardLinkType.DASHBOARDS)
            .tags(["voice-tutor"])
            .include_vars(True)
            .keep_time(True)
        )
        .with_variable(
            QueryVariable("gateway")
            .label("Gateway")
            .description("Which gateways to look at")
            .datasource(PROMETHEUS)
            .query('label_values(up{job="gateway"}, instance)')
            .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
            .multi(True)
            .include_all(True)
            .all_value(".*")
            .current(VariableOption(True, "All", "$__all"))
        )
    )
    for section in sections:
        dashboard.with_row(Row(section.title))
        for panel in section.panels:
            dashboard.with_panel(panel)
    return dashboard


def _target(
    expr: str, legend: str, ref: str = "A", *, exemplars: bool = False
) -> prometheus.Dataquery:
    query = prometheus.Dataquery().expr(expr).legend_format(legend or "__auto").ref_id(ref).range()
    return query.exemplar(True) if exemplars else query


def _thresholds(steps: Steps) -> ThresholdsConfig:
    colours = ("orange", "red")[-len(steps) :] if steps else ()
    colours = colours if list(steps) == sorted(steps) else ("orange", "green")
    first = "red" if colours == ("orange", "green") else "green"
    marks = [Threshold(None, first)]
    marks += [
        Threshold(value, colour) for value, colour in zip(sorted(steps), colours, strict=True)
    ]
    return ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(marks)
