"""The plain data that callers pass and get."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

import attrs

# Before Python 3.12, pydantic and so FastAPI accept only this TypedDict, not the one of `typing`.
from typing_extensions import TypedDict

from x_insights_api.models import Granularity

EndpointName = Literal["28hr", "analytics", "auto"]
GranularityName = Granularity | Literal["Total", "Hourly", "Daily", "Weekly", "total", "hourly", "daily", "weekly"]
Fields = Literal["errors", "measurement"] | Iterable[Literal["errors", "measurement"]] | None

Metrics = dict[str, int | float | None]


class Bucket(TypedDict):
    """The metrics of one Post in one hour, day or week."""

    time: str | None
    """The start of the bucket, unchanged from X's response. None if it has none."""
    metrics: Metrics


class TweetInsights(TypedDict):
    """The insights of one Post. Both keys are always there, and empty if X sent nothing for them."""

    totals: Metrics
    series: list[Bucket]


class PartialError(TypedDict):
    """A dictionary, not an exception: why a response has no insights of some Posts."""

    message: str
    tweet_ids: list[str]
    type: str | None
    status: int | None


class InsightsDict(TypedDict):
    """The whole result of a call, ready for JSON."""

    tweets: dict[str, TweetInsights]
    errors: list[PartialError]
    missing: list[str]
    endpoints: list[str]
    period: list[str] | None
    """The start and the end, as sent to X. None from `28hr`."""
    unavailable: list[str]


class Row(TypedDict):
    """One value of one metric of one Post. `time` is None for a total."""

    tweet_id: str
    time: datetime | None
    metric: str
    value: int | float | None


@attrs.frozen
class RateLimit:
    """A rate limit as one response describes it (https://docs.x.com/x-api/fundamentals/rate-limits)."""

    limit: int
    """The number of requests allowed until the rate limit resets."""
    remaining: int
    """The number of requests remaining."""
    reset: datetime
    """When the rate limit resets, by X's clock, as an aware datetime in UTC."""
