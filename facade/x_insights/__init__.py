"""Post metrics of the last 28 hours: a client for `GET /2/insights/28hr` of the X API."""

from ._async_client import AsyncInsightsClient
from ._client import InsightsClient
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
from ._metrics import ALL_METRICS, VIDEO_METRICS, Granularity, Metric
from ._rate_limit import RateLimit
from ._results import Insights
from ._shapes import Bucket, InsightsDict, PartialError, Row, TweetInsights

__all__ = [
    "ALL_METRICS",
    "VIDEO_METRICS",
    "ApiError",
    "AsyncInsightsClient",
    "AuthenticationError",
    "Bucket",
    "EndpointUnavailableError",
    "ForbiddenError",
    "Granularity",
    "Insights",
    "InsightsClient",
    "InsightsDict",
    "InvalidRequestError",
    "Metric",
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
