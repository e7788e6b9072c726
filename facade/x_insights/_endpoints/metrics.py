"""The metrics of both endpoints, and their names."""

from collections.abc import Iterable

from x_insights_api.models import AnalyticsField, Metric

from .._types import Metrics
from .._validation import normalize_name

STRUCTURAL_FIELDS = (AnalyticsField.ID, AnalyticsField.TIMESTAMP, AnalyticsField.TIMESTAMPED_METRICS)
METRIC_FIELDS = {normalize_name(field): field for field in AnalyticsField if field not in STRUCTURAL_FIELDS}
"""The metrics of `GET /2/tweets/analytics` by their normalized names."""

ALL_METRICS: tuple[Metric, ...] = tuple(Metric)
"""Every metric of `GET /2/insights/28hr`."""
VIDEO_METRICS: tuple[Metric, ...] = tuple(metric for metric in Metric if "VIDEO" in metric.name)
"""The metrics of videos: views, starts, quartiles and completions."""
ANALYTICS_METRICS: tuple[Metric, ...] = tuple(metric for metric in Metric if normalize_name(metric) in METRIC_FIELDS)
"""Every `Metric` that `GET /2/tweets/analytics` has as well."""

_fields_by_name = {
    # The rule by which X names a `Metric`, such as `UrlClicks` for `url_clicks`.
    "".join(word.capitalize() for word in field.split("_")): field
    for name, field in METRIC_FIELDS.items()
    if name not in map(normalize_name, Metric)
}
ANALYTICS_NAMES: tuple[str, ...] = (*ANALYTICS_METRICS, *_fields_by_name)
"""The public spelling of every metric of `GET /2/tweets/analytics`."""
SPELLINGS = {
    spelling: name
    for name, snake_case in [*((metric.value, metric.name.lower()) for metric in Metric), *_fields_by_name.items()]
    for spelling in (name, str(snake_case), normalize_name(name))
}
"""The public spelling of every metric by the names that X sends."""


def spell(name: str) -> str:
    """Return the public spelling of a metric, or the name itself if it is unknown."""
    return SPELLINGS.get(name) or SPELLINGS.get(normalize_name(name), name)


def spell_metrics(values: Iterable[tuple[str, int | float | None]]) -> Metrics:
    """Return metrics in their public spelling. If a metric occurs twice, the last value that is not null wins."""
    metrics: Metrics = {}
    for name, value in values:
        spelling = spell(name)
        if value is not None or spelling not in metrics:
            metrics[spelling] = value
    return metrics
