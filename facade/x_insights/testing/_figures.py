"""Generated figures: plausible, and always the same for the same ID."""

import math
import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from .._endpoints.metrics import spell

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


def compute_totals(tweet_id: str, metrics: Sequence[str]) -> Counts:
    """Return the sums of the whole period, which depend on the ID alone."""
    return {metric: _compute_total(tweet_id, metric) for metric in metrics}


def compute_series(
    tweet_id: str, metrics: Sequence[str], granularity: str, start: datetime, end: datetime
) -> dict[datetime, Counts]:
    """Return the totals, spread over the time buckets between two times so that these add up to the totals."""
    first = start.replace(minute=0, second=0, microsecond=0)
    hours = [first + timedelta(hours=hour) for hour in range(math.ceil((end - first) / timedelta(hours=1)))]
    weights = [_compute_weight(tweet_id, hour) for hour in hours]
    buckets: dict[datetime, Counts] = {_get_bucket(hour, granularity): dict.fromkeys(metrics, 0) for hour in hours}
    for metric in metrics:
        for hour, count in zip(hours, _spread(_compute_total(tweet_id, metric), weights), strict=True):
            buckets[_get_bucket(hour, granularity)][metric] += count
    return buckets


def _compute_total(tweet_id: str, metric: str) -> int:
    name = spell(metric)
    impressions = random.Random(tweet_id).lognormvariate(8, 1.2)
    rate = PER_HUNDRED.get(name, 0.5) / 100 * random.Random(tweet_id + name).uniform(0.7, 1.3)
    return round(impressions * rate)


def _get_bucket(hour: datetime, granularity: str) -> datetime:
    day = hour.replace(hour=0)
    return {"daily": day, "weekly": day - timedelta(days=day.weekday())}.get(granularity.lower(), hour)


def _compute_weight(tweet_id: str, hour: datetime) -> float:
    # A daily rhythm: the most at eight in the evening, and next to nothing twelve hours later.
    rhythm = 1.05 + math.cos((hour.hour - 20) * math.tau / 24)
    return rhythm * random.Random(f"{tweet_id} {hour}").uniform(0.5, 1.5)


def _spread(total: int, weights: Sequence[float]) -> Iterator[int]:
    whole, spent, passed = sum(weights), 0, 0.0
    for weight in weights:
        passed += weight
        count = round(total * passed / whole) - spent
        spent += count
        yield count
