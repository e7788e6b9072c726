"""Shapes: the plain dictionaries that results are."""

from __future__ import annotations

from datetime import datetime

# Before Python 3.12 pydantic, and so FastAPI, takes no other TypedDict than this one.
from typing_extensions import TypedDict

Metrics = dict[str, int | float | None]


class Bucket(TypedDict):
    """What was counted in one hour, day or week."""

    time: str
    metrics: Metrics


class TweetInsights(TypedDict):
    """The insights of one Post; both parts are there, empty where X sent none."""

    totals: Metrics
    series: list[Bucket]


class PartialError(TypedDict):
    """Why some Posts of an otherwise answered request have no insights."""

    message: str
    tweet_ids: list[str]
    type: str | None
    status: int | None


class InsightsDict(TypedDict):
    """All that a call returned, ready for JSON."""

    tweets: dict[str, TweetInsights]
    errors: list[PartialError]
    missing: list[str]


class Row(TypedDict):
    """One value of one metric of one Post; `time` is None for a total."""

    tweet_id: str
    time: datetime | None
    metric: str
    value: int | float | None
