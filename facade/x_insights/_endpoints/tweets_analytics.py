"""`GET /2/tweets/analytics`: Posts' metrics of any period. This library requests the last 28 hours."""

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import attrs

from x_insights_api.api.posts import get_posts_analytics
from x_insights_api.models import AnalyticsGranularity, EngagementField, Granularity, Metric

from .._query import Query
from .._validation import normalize_name
from .analytics_body import METRIC_FIELDS, SPELLINGS, STRUCTURAL_FIELDS, decode_body
from .base import Endpoint, Page, convert_problem, join_arrays

_LAST_28_HOURS = timedelta(hours=28)
# X's search endpoints reject an end less than ten seconds ago.
_END_DELAY = timedelta(seconds=10)

ANALYTICS_METRICS: tuple[Metric, ...] = tuple(metric for metric in Metric if normalize_name(metric) in METRIC_FIELDS)
"""Every `Metric` that `GET /2/tweets/analytics` has as well."""


class TweetsAnalytics(Endpoint):
    """`GET /2/tweets/analytics`, for the 28 hours that end at the call."""

    name: ClassVar = "analytics"
    page_size: ClassVar = 100  # `maxItems` of the parameter `ids`
    metrics: ClassVar = (*ANALYTICS_METRICS, *(field for field in METRIC_FIELDS.values() if SPELLINGS[field] == field))
    extra_scopes: ClassVar = ("users.read",)

    def adapt_query(self, query: Query) -> Query:
        end = datetime.now(UTC).replace(microsecond=0) - _END_DELAY
        available = tuple(metric for metric in query.metrics if metric in self.metrics)
        unavailable = tuple(metric.value for metric in query.metrics if metric not in available)
        return attrs.evolve(query, metrics=available, period=(end - _LAST_28_HOURS, end), unavailable=unavailable)

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
        # The generated code writes `+00:00`, and X documents `Z`.
        arguments["params"] |= {"start_time": f"{start:%Y-%m-%dT%H:%M:%SZ}", "end_time": f"{end:%Y-%m-%dT%H:%M:%SZ}"}
        return join_arrays(arguments)

    def parse_page(self, body: bytes | bytearray, query: Query) -> Page:
        is_total, is_measured = query.granularity is Granularity.TOTAL, EngagementField.MEASUREMENT in query.fields
        items, problems, read_metrics = decode_body(body, query.metrics, with_counters=is_total and is_measured)
        page = Page(self.name, query.period, query.unavailable, read_metrics=read_metrics)
        if is_measured:
            for tweet_id, counters, buckets in items:
                if counters or not buckets:  # a Post without any metric is in the results, too
                    page.totals.append((tweet_id, counters))
                if is_total and len(buckets) == 1:
                    # Later values replace earlier ones unless they are null.
                    page.totals.append((tweet_id, buckets[0].metrics))
                else:
                    page.series += [(tweet_id, bucket.timestamp, bucket.metrics) for bucket in buckets]
        if EngagementField.ERRORS in query.fields:
            page.errors += [convert_problem(problem, query.tweet_ids) for problem in problems]
        return page
