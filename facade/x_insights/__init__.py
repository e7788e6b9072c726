"""Post metrics of the last 28 hours: a client for `GET /2/insights/28hr` and `GET /2/tweets/analytics` of the X API.

`InsightsClient` and `AsyncInsightsClient` fetch `Insights`, and raise `XInsightsError`.

`Metric` is the enum of the metrics of `28hr`, such as `Metric.URL_CLICKS`, whose value is X's name for it, `UrlClicks`.
`Granularity` is the enum of `TOTAL`, `HOURLY`, `DAILY` and `WEEKLY`. Wherever a member is accepted, its name is too.
`ALL_METRICS` is a tuple of every `Metric`, `VIDEO_METRICS` of those that are about videos, and `ANALYTICS_METRICS` of
those that `analytics` has as well. `analytics` has four more, by name: `Bookmarks`, `Shares`, `Unfollows`, `Unlikes`.
The guide "Metrics", `docs/metrics.md` in the repository, says what each metric counts.
"""

import logging

from x_insights_api.models import Granularity, Metric

from ._async_client import AsyncInsightsClient
from ._client import InsightsClient
from ._endpoints.metrics import ALL_METRICS, ANALYTICS_METRICS, VIDEO_METRICS
from ._errors import (
    ApiError,
    AuthenticationError,
    EndpointUnavailableError,
    ForbiddenError,
    InvalidRequestError,
    RateLimitError,
    ResponseError,
    ServerError,
    TransportError,
    UsageCapError,
    XInsightsError,
)
from ._iterators import AsyncPageIterator, PageIterator
from ._results import Insights
from ._types import Bucket, EndpointName, GranularityName, InsightsDict, PartialError, RateLimit, Row, TweetInsights
from ._version import __version__ as __version__

# Python prints the warnings of loggers without a handler on standard error.
logging.getLogger(__name__).addHandler(logging.NullHandler())

__all__ = [
    "ALL_METRICS",
    "ANALYTICS_METRICS",
    "VIDEO_METRICS",
    "ApiError",
    "AsyncInsightsClient",
    "AsyncPageIterator",
    "AuthenticationError",
    "Bucket",
    "EndpointName",
    "EndpointUnavailableError",
    "ForbiddenError",
    "Granularity",
    "GranularityName",
    "Insights",
    "InsightsClient",
    "InsightsDict",
    "InvalidRequestError",
    "Metric",
    "PageIterator",
    "PartialError",
    "RateLimit",
    "RateLimitError",
    "ResponseError",
    "Row",
    "ServerError",
    "TransportError",
    "TweetInsights",
    "UsageCapError",
    "XInsightsError",
]

# Tracebacks and documentation show where to import a class from.
for _name in __all__:
    if getattr(globals()[_name], "__module__", "").startswith(f"{__name__}."):
        globals()[_name].__module__ = __name__
