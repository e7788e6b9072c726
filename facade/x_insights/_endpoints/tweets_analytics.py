"""`GET /2/tweets/analytics`: Posts' metrics of any period. This library asks for the last 28 hours."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, TypeVar

import attrs
import msgspec

from x_insights_api.api.posts import get_posts_analytics
from x_insights_api.models import AnalyticsField, AnalyticsGranularity, EngagementField, Granularity, Metric

from .._query import Query
from .._types import Metrics
from .._validation import normalize_name
from .base import Endpoint, Page, Problem, Value, convert_problem, index_spellings, join_arrays, spell_metrics

T = TypeVar("T")

_LAST_28_HOURS = timedelta(hours=28)
# X's search endpoints reject an end less than ten seconds ago.
_END_DELAY = timedelta(seconds=10)

_STRUCTURAL_FIELDS = (AnalyticsField.ID, AnalyticsField.TIMESTAMP, AnalyticsField.TIMESTAMPED_METRICS)
_METRIC_FIELDS = {normalize_name(field): field for field in AnalyticsField if field not in _STRUCTURAL_FIELDS}

ANALYTICS_METRICS: tuple[Metric, ...] = tuple(metric for metric in Metric if normalize_name(metric) in _METRIC_FIELDS)
"""Every `Metric` that `GET /2/tweets/analytics` has as well."""
# A metric of both endpoints has the spelling of `Metric`, which comes later here.
_SPELLINGS = index_spellings((*_METRIC_FIELDS.values(), *Metric))
_METRICS = (*ANALYTICS_METRICS, *(field for field in _METRIC_FIELDS.values() if _SPELLINGS[field] == field))


class AnalyticsBucket(msgspec.Struct, frozen=True, gc=False):
    metrics: dict[str, Value] | None = None
    timestamp: str | None = None


class Analytics(msgspec.Struct, frozen=True, gc=False):
    id: str
    timestamped_metrics: list[AnalyticsBucket] = []


class AnalyticsBody(msgspec.Struct, frozen=True, gc=False):
    data: list[Analytics] | Analytics = []  # a single object in an older document of X's
    errors: list[Problem] = []


class CountersBody(msgspec.Struct, frozen=True, gc=False):
    """The same body, to read the counters next to `id`, which may be unknown ones."""

    data: list[dict[str, Any]] | dict[str, Any] = []


_decoder = msgspec.json.Decoder(AnalyticsBody, strict=False)
_counters_decoder = msgspec.json.Decoder(CountersBody)


class TweetsAnalytics(Endpoint):
    """`GET /2/tweets/analytics`, for the 28 hours that end at the call."""

    name: ClassVar = "analytics"
    page_size: ClassVar = 100  # `maxItems` of the parameter `ids`
    metrics: ClassVar = _METRICS
    extra_scopes: ClassVar = ("users.read",)

    def adapt_query(self, query: Query) -> Query:
        end = datetime.now(UTC).replace(microsecond=0) - _END_DELAY
        available = tuple(metric for metric in query.metrics if metric in _METRICS)
        unavailable = tuple(metric.value for metric in query.metrics if metric not in available)
        return attrs.evolve(query, metrics=available, period=(end - _LAST_28_HOURS, end), unavailable=unavailable)

    def build_request(self, query: Query) -> dict[str, Any]:
        assert query.period is not None  # set by adapt_query
        start, end = query.period
        metrics = (_METRIC_FIELDS[normalize_name(metric)] for metric in query.metrics)
        arguments = get_posts_analytics._get_kwargs(
            ids=list(query.tweet_ids),
            start_time=start,
            end_time=end,
            granularity=AnalyticsGranularity(query.granularity.lower()),
            analytics_fields=[*_STRUCTURAL_FIELDS, *metrics],
        )
        # The generated code writes `+00:00`, and X documents `Z`.
        arguments["params"] |= {"start_time": f"{start:%Y-%m-%dT%H:%M:%SZ}", "end_time": f"{end:%Y-%m-%dT%H:%M:%SZ}"}
        return join_arrays(arguments)

    def parse_page(self, body: bytes | bytearray, query: Query) -> Page:
        decoded = _decoder.decode(body)
        page = Page(self.name, query.period, query.unavailable)
        if EngagementField.MEASUREMENT in query.fields:
            is_total = query.granularity is Granularity.TOTAL
            items = _as_list(decoded.data)
            counters = _parse_counters(body) if is_total else [{}] * len(items)
            for item, metrics in zip(items, counters, strict=True):
                # A Post without any metric is in the results too.
                page.totals.append((item.id, metrics))
                if is_total and len(item.timestamped_metrics) == 1:
                    # Later values replace earlier ones unless they are null.
                    page.totals.append((item.id, _convert(item.timestamped_metrics[0].metrics)))
                else:
                    buckets = item.timestamped_metrics
                    page.series += [(item.id, bucket.timestamp, _convert(bucket.metrics)) for bucket in buckets]
        if EngagementField.ERRORS in query.fields:
            page.errors += [convert_problem(problem, query.tweet_ids) for problem in decoded.errors]
        return page


def _parse_counters(body: bytes | bytearray) -> Iterator[Metrics]:
    """Yield the top-level metrics of each item: known names, and any other number or null."""
    for position, item in enumerate(_as_list(_counters_decoder.decode(body).data)):
        members = {name: value for name, value in item.items() if name not in _STRUCTURAL_FIELDS}
        kinds = (int, float, type(None))
        counters = {name: value for name, value in members.items() if name in _SPELLINGS or type(value) in kinds}
        try:
            yield _convert(msgspec.convert(counters, dict[str, Value], strict=False))
        except msgspec.ValidationError as error:
            raise ValueError(str(error).replace("`$", f"`$.data[{position}]")) from None


def _convert(metrics: dict[str, Value] | None) -> Metrics:
    if not metrics:
        return {}
    try:
        spelled = {_SPELLINGS[name]: value for name, value in metrics.items()}
    except KeyError:
        spelled = {}
    return spelled if len(spelled) == len(metrics) else spell_metrics(metrics.items(), _SPELLINGS)


def _as_list(data: list[T] | T) -> list[T]:
    return data if isinstance(data, list) else [data]
