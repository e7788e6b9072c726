"""Generated figures: plausible, and always the same for the same Post, metric and hour."""

import math
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import accumulate, pairwise

from .._endpoints.metrics import spell

# The most of a metric that a hundred impressions lead to; of any other, half of one. Posts vary by less than these
# entries differ, so their order is the same for all.
PER_HUNDRED = {
    "MediaViews": 45.0,
    "VideoStarts": 30.0,
    "VideoViews": 20.0,
    "UniqueVideoViews": 13.0,
    "Engagements": 6.0,
    "DetailExpands": 3.0,
    "Likes": 2.0,
    "ProfileVisits": 1.0,
}
# Hours are counted from here, the earliest time. It is a Monday, on which weekly buckets begin.
FIRST_HOUR = datetime(1, 1, 1, tzinfo=UTC)
WEEK = 7 * 24
BUCKET_HOURS = {"hourly": 1, "daily": 24, "weekly": WEEK}

Counts = dict[str, int]


def divide_period(start: datetime, end: datetime, granularity: str) -> tuple[list[datetime], list[int]]:
    """Divide a period into buckets. Return their times, and the hours at which they begin and the last one ends.

    An hour belongs to the period in which it begins. Adjoining periods neither share an hour nor miss one.
    """
    first, last = (-((FIRST_HOUR - time) // timedelta(hours=1)) for time in (start, end))
    size = BUCKET_HOURS.get(granularity.lower())
    if size is None:  # totals, the default of analytics
        return [start], [first, last]
    hours = sorted({first, last, *range(first - first % size + size, last, size)})
    return [FIRST_HOUR + timedelta(hours=hour - hour % size) for hour in hours[:-1]], hours


def compute_figures(tweet_id: str, metrics: Sequence[str], hours: Sequence[int]) -> list[Counts]:
    """Return the figures of a Post between each hour and the next one of `hours`.

    They repeat weekly, so that those of any number of weeks are a product, and buckets may share a dictionary.
    """
    rates = {metric: _compute_rate(tweet_id, spell(metric)) for metric in metrics}
    impressions = _accumulate_impressions(tweet_id)

    @cache
    def compute_bucket(hour: int, length: int) -> Counts:
        weeks, end = divmod(hour + length, WEEK)
        # Because the sums are rounded, not their differences, no bucket has more of a metric than impressions.
        return {
            metric: weeks * int(rate * impressions[WEEK]) + int(rate * impressions[end]) - int(rate * impressions[hour])
            for metric, rate in rates.items()
        }

    return [compute_bucket(hour % WEEK, after - hour) for hour, after in pairwise(hours)]


def _compute_rate(tweet_id: str, name: str) -> float:
    """Return how many of a metric an impression leads to."""
    if name == "Impressions":
        return 1.0
    return PER_HUNDRED.get(name, 0.5) / 100 * random.Random(tweet_id + name).uniform(0.7, 1.0)


def _accumulate_impressions(tweet_id: str) -> list[int]:
    """Return the impressions of a week before each of its hours, and those of the whole week."""
    source = random.Random(tweet_id)
    total = source.lognormvariate(9.8, 1.2)
    # A daily rhythm: the most at eight in the evening, and next to nothing twelve hours later.
    rhythm = (1.05 + math.cos((hour - 20) * math.tau / 24) for hour in range(WEEK))
    sums = [0.0, *accumulate(weight * source.uniform(0.5, 1.5) for weight in rhythm)]
    return [int(total * passed / sums[WEEK]) for passed in sums]
