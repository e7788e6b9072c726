"""Metrics, granularities and fields: the generated enums, and the spellings that stand for their members."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from x_insights_api.models import EngagementField
from x_insights_api.models import Granularity as Granularity
from x_insights_api.models import Metric as Metric

from ._arguments import fold, member, one, unique

if TYPE_CHECKING:
    from ._response import MetricValue
    from ._shapes import Metrics

ALL_METRICS: tuple[Metric, ...] = tuple(Metric)
"""Every metric that X can be asked for."""
VIDEO_METRICS: tuple[Metric, ...] = tuple(metric for metric in Metric if "VIDEO" in metric.name)
"""The metrics of videos: views, starts, quartiles and completions."""


def checked_metrics(given: str | Iterable[str]) -> tuple[Metric, ...]:
    """The requested metrics, each once; InvalidRequestError names the first that X does not have."""
    return unique("metrics", given, partial(member, Metric))


def checked_granularity(given: str) -> Granularity:
    """The granularity; InvalidRequestError where X does not have it."""
    return one("granularity", given, partial(member, Granularity))


def checked_fields(given: str | Iterable[str] | None) -> tuple[EngagementField, ...]:
    """The fields of an engagement to send: all where None is given, so that partial errors are never lost."""
    if given is None:
        return tuple(EngagementField)
    return unique("fields", given, partial(member, EngagementField))


# Names of metrics as X may send them -> as the spec spells them.
_SPELLING = {
    spelling: metric.value for metric in Metric for spelling in (metric.value, metric.name, fold(metric.value))
}


def by_metric(values: Sequence[MetricValue]) -> Metrics:
    """The values by the spec's spelling of their metric; an unknown metric stays as sent."""
    try:
        # One look-up a value is a tenth of what a page of series costs.
        return {_SPELLING[value.metric_type]: value.metric_value for value in values}
    except KeyError:
        return {_spelled(value.metric_type): value.metric_value for value in values}


def _spelled(name: str) -> str:
    return _SPELLING.get(name) or _SPELLING.get(fold(name), name)
