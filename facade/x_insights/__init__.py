"""Post metrics of the last 28 hours: a client for `GET /2/insights/28hr` of the X API.

`InsightsClient` and `AsyncInsightsClient` ask, `Insights` is what they give, `XInsightsError` what they raise. `Metric`
and `Granularity` name what can be asked for; `ALL_METRICS` is every metric, `VIDEO_METRICS` those of videos.
"""

from typing import TYPE_CHECKING, Any

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
from ._rate_limit import RateLimit
from ._results import Insights
from ._shapes import Bucket, InsightsDict, PartialError, Row, TweetInsights

if TYPE_CHECKING:
    from ._metrics import ALL_METRICS, VIDEO_METRICS, Granularity, Metric
else:  # a type checker that saw it would take any name for one of ours

    def __getattr__(name: str) -> Any:
        """The enums, on first use (PEP 562): their package, the generated one, is longer to import than ours."""
        if name in {"ALL_METRICS", "VIDEO_METRICS", "Granularity", "Metric"}:
            from . import _metrics

            return getattr(_metrics, name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})


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
