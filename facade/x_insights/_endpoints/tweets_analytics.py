"""`GET /2/tweets/analytics`: Posts' metrics of any period."""

import math
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import attrs

from x_insights_api.api.posts import get_posts_analytics
from x_insights_api.models import AnalyticsGranularity, EngagementField, Granularity

from .._errors import InvalidRequestError
from .._query import Period, Query, format_time
from .._validation import normalize_name, parse_time, validate_value
from .analytics_body import decode_body
from .base import Endpoint, Page, convert_problem, join_arrays
from .metrics import ANALYTICS_NAMES, METRIC_FIELDS, STRUCTURAL_FIELDS

_LAST_28_HOURS = timedelta(hours=28)
# X's search endpoints reject an end less than ten seconds ago.
_END_DELAY = timedelta(seconds=10)
_BUCKETS = {
    Granularity.HOURLY: timedelta(hours=1),
    Granularity.DAILY: timedelta(days=1),
    Granularity.WEEKLY: timedelta(weeks=1),
}
# A quarter of the largest body that is accepted, because the size of a bucket is an estimate.
_MAX_PAGE_BYTES = 16 * 1024 * 1024
_BUCKET_BYTES, _VALUE_BYTES = 64, 32


class TweetsAnalytics(Endpoint):
    """`GET /2/tweets/analytics`, by default for the 28 hours that end at the call."""

    name: ClassVar = "analytics"
    page_size: ClassVar = 100  # `maxItems` of the parameter `ids`
    metrics: ClassVar = ANALYTICS_NAMES
    extra_scopes: ClassVar = ("users.read",)

    def adapt_query(self, query: Query) -> Query:
        end = _find_latest_end()
        available = tuple(metric for metric in query.metrics if metric in self.metrics)
        unavailable = tuple(str(metric) for metric in query.metrics if metric not in available)
        period = query.period or (end - _LAST_28_HOURS, end)
        return attrs.evolve(query, metrics=available, period=period, unavailable=unavailable)

    def compute_page_size(self, query: Query) -> int:
        return min(max(1, _MAX_PAGE_BYTES // _estimate_size(query)), self.page_size)

    def compute_max_values(self, query: Query) -> int:
        # Four times as many as in a page of the estimated size, but no more than in a century of hourly buckets.
        estimate = len(query.tweet_ids) * _estimate_size(query) * 4 // _VALUE_BYTES
        return min(max(super().compute_max_values(query), estimate), 3_600_000)

    def build_request(self, query: Query) -> dict[str, Any]:
        assert query.period is not None  # set by adapt_query
        start, end = query.period
        metrics = (METRIC_FIELDS[normalize_name(metric)] for metric in query.metrics)
        arguments = get_posts_analytics._get_kwargs(
            ids=list(query.tweet_ids),
            start_time=start,
            end_time=end,
            granularity=AnalyticsGranularity(query.granularity.lower()),
            analytics_fields=[*STRUCTURAL_FIELDS, *metrics],
        )
        arguments["params"] |= {"start_time": format_time(start), "end_time": format_time(end)}
        return join_arrays(arguments)

    def parse_page(self, body: bytes | bytearray, query: Query) -> Page:
        is_total, is_measured = query.granularity is Granularity.TOTAL, EngagementField.MEASUREMENT in query.fields
        items, problems, read_metrics = decode_body(body, query.metrics, with_counters=is_measured)
        page = Page(self.name, query.period, query.unavailable, read_metrics=read_metrics)
        if is_measured:
            item_counts = Counter(item.id for item in items)
            for item in items:
                if item.counters and item.timestamp and not (is_total and item_counts[item.id] == 1):
                    page.series.append((item.id, item.timestamp, item.counters))
                elif item.counters or not item.buckets:  # a Post without any metric is in the results, too
                    page.totals.append((item.id, item.counters))
                if is_total and len(item.buckets) == 1:
                    # Later values replace earlier ones unless they are null.
                    page.totals.append((item.id, item.buckets[0].metrics))
                else:
                    page.series += [(item.id, bucket.timestamp, bucket.metrics) for bucket in item.buckets]
        if EngagementField.ERRORS in query.fields:
            page.errors += [convert_problem(problem, query.tweet_ids) for problem in problems]
        return page


def validate_period(start_time: object, end_time: object) -> Period:
    """Return a period in UTC and in whole seconds, up to the present if `end_time` is None.

    Raises InvalidRequestError if a time is invalid, or if the period does not end after it starts.
    """
    start = validate_value("start_time", start_time, parse_time)
    end = _find_latest_end() if end_time is None else validate_value("end_time", end_time, parse_time)
    if start >= end:
        name = "the latest `end_time` that X accepts" if end_time is None else "end_time"
        raise InvalidRequestError(f"start_time is {format_time(start)}: pass one before {name}, {format_time(end)}")
    return start, end


def _estimate_size(query: Query) -> int:
    """Estimate the bytes that one Post has in the body."""
    assert query.period is not None  # set by adapt_query
    start, end = query.period
    buckets = math.ceil((end - start) / _BUCKETS.get(query.granularity, end - start)) + 1
    return buckets * (_BUCKET_BYTES + _VALUE_BYTES * len(query.metrics))


def _find_latest_end() -> datetime:
    return datetime.now(UTC).replace(microsecond=0) - _END_DELAY
