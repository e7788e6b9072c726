"""Figures: made-up insights, plausible, and the same for the same id."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

HOURS = 28
"""The hours that X looks back over."""

# Of a hundred impressions, about so many lead to one of these; to a metric that is not named here, one in two.
PER_HUNDRED = {
    "Impressions": 100.0,
    "MediaViews": 40.0,
    "VideoStarts": 35.0,
    "VideoViews": 30.0,
    "UniqueVideoViews": 25.0,
    "Engagements": 6.0,
    "DetailExpands": 3.0,
    "Likes": 2.0,
    "ProfileVisits": 1.0,
}

Counts = dict[str, int]


def measurement(tweet_ids: Sequence[str], metrics: Sequence[str], granularity: str, end: datetime) -> dict[str, Any]:
    """The figures as X's `measurement` has them: totals for `Total`, else a series up to `end`."""
    if granularity == "Total":
        return {"metrics_total": [{"tweet_id": each, "value": _values(totals(each, metrics))} for each in tweet_ids]}
    return {
        "metrics_time_series": [
            {"tweet_id": each, "value": {"metric_values": _values(counts), "timestamp": _timestamp(start)}}
            for each in tweet_ids
            for start, counts in series(each, metrics, granularity, end).items()
        ]
    }


def totals(tweet_id: str, metrics: Sequence[str]) -> Counts:
    """What was counted in all hours together."""
    impressions = random.Random(tweet_id).lognormvariate(8, 1.2)
    return {metric: round(impressions * _rate(tweet_id, metric)) for metric in metrics}


def series(tweet_id: str, metrics: Sequence[str], granularity: str, end: datetime) -> dict[datetime, Counts]:
    """The totals, spread over the buckets of a granularity so that they add up again."""
    hours = [end - timedelta(hours=back) for back in range(HOURS, 0, -1)]
    buckets: dict[datetime, Counts] = {_start(hour, granularity): dict.fromkeys(metrics, 0) for hour in hours}
    weights = [_weight(tweet_id, hour) for hour in hours]
    for metric, total in totals(tweet_id, metrics).items():
        for hour, count in zip(hours, _spread(total, weights), strict=True):
            buckets[_start(hour, granularity)][metric] += count
    return buckets


def _rate(tweet_id: str, metric: str) -> float:
    return PER_HUNDRED.get(metric, 0.5) / 100 * random.Random(tweet_id + metric).uniform(0.7, 1.3)


def _start(hour: datetime, granularity: str) -> datetime:
    day = hour.replace(hour=0)
    return {"Daily": day, "Weekly": day - timedelta(days=day.weekday())}.get(granularity, hour)


def _weight(tweet_id: str, hour: datetime) -> float:
    # A day's rhythm: the most at eight in the evening, next to nothing twelve hours away from that.
    rhythm = 1.05 + math.cos((hour.hour - 20) * math.tau / 24)
    return rhythm * random.Random(f"{tweet_id} {hour}").uniform(0.5, 1.5)


def _spread(total: int, weights: Sequence[float]) -> Iterator[int]:
    given, passed = 0, 0.0
    for weight in weights:
        passed += weight
        count = round(total * passed / sum(weights)) - given
        given += count
        yield count


def _timestamp(moment: datetime) -> dict[str, str]:
    return {"iso8601_time": f"{moment:%Y-%m-%dT%H:%M:%SZ}"}


def _values(counts: Counts) -> list[dict[str, Any]]:
    return [{"metric_type": metric, "metric_value": count} for metric, count in counts.items()]
