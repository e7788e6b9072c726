"""`GET /2/insights/28hr`: Posts' metrics of the last 28 hours."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

import msgspec

from x_insights_api.api.tweets import get_insights_28_hr
from x_insights_api.models import Metric

from .._query import Query
from .._types import Metrics, PartialError
from .base import MAX_ERRORS, Endpoint, Page, Problems, Value, convert_problem, join_arrays
from .metrics import ALL_METRICS, SPELLINGS, spell_metrics


# The structs mirror the schemas of the fragment, and require only what gives a value its place. They hold nothing that
# could form a cycle; without the garbage collector's bookkeeping a large page decodes a quarter faster.
class MetricValue(msgspec.Struct, frozen=True, gc=False):
    metric_type: str
    metric_value: Value = None


class Timestamp(msgspec.Struct, frozen=True, gc=False):
    iso8601_time: str


class TimeSeriesValue(msgspec.Struct, frozen=True, gc=False):
    timestamp: Timestamp
    metric_values: list[MetricValue] = []


class TimeSeriesItem(msgspec.Struct, frozen=True, gc=False):
    tweet_id: str
    value: TimeSeriesValue


class TotalItem(msgspec.Struct, frozen=True, gc=False):
    tweet_id: str
    value: list[MetricValue] = []


class EngagementMeasurement(msgspec.Struct, frozen=True, gc=False):
    metrics_time_series: list[TimeSeriesItem] = []
    metrics_total: list[TotalItem] = []


class EngagementError(msgspec.Struct, frozen=True, gc=False):
    error: str = ""
    tweets: list[str] = []


class Engagement(msgspec.Struct, frozen=True, gc=False):
    errors: Annotated[list[EngagementError], MAX_ERRORS] = []
    measurement: EngagementMeasurement = msgspec.field(default_factory=EngagementMeasurement)


class InsightsBody(msgspec.Struct, frozen=True, gc=False):
    data: list[Engagement] = []
    errors: Problems = []


_decoder = msgspec.json.Decoder(InsightsBody, strict=False)


class Insights28hr(Endpoint):
    """`GET /2/insights/28hr`."""

    name: ClassVar = "28hr"
    page_size: ClassVar = 25  # `maxItems` of the parameter `tweet_ids`
    metrics: ClassVar = ALL_METRICS

    def build_request(self, query: Query) -> dict[str, Any]:
        # The generated module's public functions also send and parse, and take every error response for the same one.
        arguments = get_insights_28_hr._get_kwargs(
            tweet_ids=list(query.tweet_ids),
            granularity=query.granularity,
            requested_metrics=[Metric(name) for name in query.metrics],
            engagement_fields=list(query.fields),
        )
        return join_arrays(arguments)

    def parse_page(self, body: bytes | bytearray, query: Query) -> Page:
        decoded = _decoder.decode(body)
        page = Page(self.name)
        for engagement in decoded.data:
            measurement = engagement.measurement
            page.totals += [(item.tweet_id, _convert_values(item.value)) for item in measurement.metrics_total]
            page.series += [
                (item.tweet_id, item.value.timestamp.iso8601_time, _convert_values(item.value.metric_values))
                for item in measurement.metrics_time_series
            ]
            page.errors += [
                PartialError(message=error.error, tweet_ids=error.tweets, type=None, status=None)
                for error in engagement.errors
            ]
        page.errors += [convert_problem(problem, query.tweet_ids) for problem in decoded.errors]
        return page


def _convert_values(values: Sequence[MetricValue]) -> Metrics:
    try:  # a plain lookup per value, because there are tens of thousands
        metrics = {SPELLINGS[value.metric_type]: value.metric_value for value in values}
    except KeyError:
        metrics = {}
    if len(metrics) == len(values):
        return metrics
    return spell_metrics((value.metric_type, value.metric_value) for value in values)
