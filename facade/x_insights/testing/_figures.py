"""Made-up figures: plausible, and always the same for the same ID."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

HOURS = 28
"""The period that X looks back over."""

# How many of a hundred impressions lead to one of these. For a metric that is not listed, it is one in two hundred.
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


def create_measurement(
    tweet_ids: Sequence[str], metrics: Sequence[str], granularity: str, end: datetime
) -> dict[str, Any]:
    """Return the figures in the form of X's `measurement`: totals for `Total`, else a series up to `end`."""
    if granularity == "Total":
        totals = {tweet_id: compute_totals(tweet_id, metrics) for tweet_id in tweet_ids}
        return {"metrics_total": [{"tweet_id": each, "value": _format_counts(totals[each])} for each in tweet_ids]}
    return {
        "metrics_time_series": [
            {"tweet_id": each, "value": {"metric_values": _format_counts(counts), "timestamp": _format_time(start)}}
            for each in tweet_ids
            for start, counts in compute_series(each, metrics, granularity, end).items()
        ]
    }


def compute_totals(tweet_id: str, metrics: Sequence[str]) -> Counts:
    """Return the sums over all hours."""
    impressions = random.Random(tweet_id).lognormvariate(8, 1.2)
    return {metric: round(impressions * _compute_rate(tweet_id, metric)) for metric in metrics}


def compute_series(tweet_id: str, metrics: Sequence[str], granularity: str, end: datetime) -> dict[datetime, Counts]:
    """Return the totals, spread over the time buckets of a granularity so that these add up to the totals."""
    hours = [end - timedelta(hours=back) for back in range(HOURS, 0, -1)]
    buckets: dict[datetime, Counts] = {_get_bucket(hour, granularity): dict.fromkeys(metrics, 0) for hour in hours}
    weights = [_compute_weight(tweet_id, hour) for hour in hours]
    for metric, total in compute_totals(tweet_id, metrics).items():
        for hour, count in zip(hours, _spread(total, weights), strict=True):
            buckets[_get_bucket(hour, granularity)][metric] += count
    return buckets


def _compute_rate(tweet_id: str, metric: str) -> float:
    return PER_HUNDRED.get(metric, 0.5) / 100 * random.Random(tweet_id + metric).uniform(0.7, 1.3)


def _get_bucket(hour: datetime, granularity: str) -> datetime:
    day = hour.replace(hour=0)
    return {"Daily": day, "Weekly": day - timedelta(days=day.weekday())}.get(granularity, hour)


def _compute_weight(tweet_id: str, hour: datetime) -> float:
    # A daily rhythm: the most at eight in the evening, and next to nothing twelve hours later.
    rhythm = 1.05 + math.cos((hour.hour - 20) * math.tau / 24)
    return rhythm * random.Random(f"{tweet_id} {hour}").uniform(0.5, 1.5)


def _spread(total: int, weights: Sequence[float]) -> Iterator[int]:
    spent, passed = 0, 0.0
    for weight in weights:
        passed += weight
        count = round(total * passed / sum(weights)) - spent
        spent += count
        yield count


def _format_time(time: datetime) -> dict[str, str]:
    return {"iso8601_time": f"{time:%Y-%m-%dT%H:%M:%SZ}"}


def _format_counts(counts: Counts) -> list[dict[str, Any]]:
    return [{"metric_type": metric, "metric_value": count} for metric, count in counts.items()]
