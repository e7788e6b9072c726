"""Generated figures: plausible, and always the same for the same Post, metric and hour."""

import math
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import accumulate, pairwise

from .._endpoints.metrics import spell

# The maximum of a metric per hundred impressions. For any other metric, it is 0.5. Posts vary by less than these
# entries differ, so all Posts have the metrics in the same order of size.
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
# Hours are counted from the earliest datetime. It is a Monday, on which weekly buckets begin.
FIRST_HOUR = datetime(1, 1, 1, tzinfo=UTC)
WEEK = 7 * 24
BUCKET_HOURS = {"hourly": 1, "daily": 24, "weekly": WEEK}

Counts = dict[str, int]


def divide_period(start: datetime, end: datetime, granularity: str) -> tuple[list[datetime], list[int]]:
    """Divide a period into buckets. Return their times, and the hours that bound them.

    An hour belongs to the period in which it begins. Adjoining periods neither share an hour nor miss one.
    """
    first, last = (-((FIRST_HOUR - time) // timedelta(hours=1)) for time in (start, end))
    size = BUCKET_HOURS.get(granularity.lower())
    if size is None:  # totals, the default of analytics
        return [start], [first, last]
    hours = sorted({first, last, *range(first - first % size + size, last, size)})
    return [FIRST_HOUR + timedelta(hours=hour - hour % size) for hour in hours[:-1]], hours


def compute_figures(tweet_id: str, metrics: Sequence[str], hours: Sequence[int]) -> list[Counts]:
    """Compute the figures of a Post between each of the `hours` and the next one.

    They repeat weekly, so the figures of several weeks are a product, and buckets may share a dictionary.
    """
    rates = {metric: _compute_rate(tweet_id, spell(metric)) for metric in metrics}
    impressions = _accumulate_impressions(tweet_id)

    @cache
    def compute_bucket(hour: int, length: int) -> Counts:
        weeks, end = divmod(hour + length, WEEK)
        # The sums are rounded instead of their differences, so that no metric exceeds the impressions of a bucket.
        return {
            metric: weeks * int(rate * impressions[WEEK]) + int(rate * impressions[end]) - int(rate * impressions[hour])
            for metric, rate in rates.items()
        }

    return [compute_bucket(hour % WEEK, after - hour) for hour, after in pairwise(hours)]


def _compute_rate(tweet_id: str, name: str) -> float:
    """Compute the value of a metric per impression."""
    if name == "Impressions":
        return 1.0
    return PER_HUNDRED.get(name, 0.5) / 100 * random.Random(tweet_id + name).uniform(0.7, 1.0)


def _accumulate_impressions(tweet_id: str) -> list[int]:
    """Return the cumulative impressions of a week: before each of its hours, and of the whole week."""
    source = random.Random(tweet_id)
    total = source.lognormvariate(9.8, 1.2)
    # A daily rhythm: the peak is at 20:00, and there are almost no impressions at 8:00.
    rhythm = (1.05 + math.cos((hour - 20) * math.tau / 24) for hour in range(WEEK))
    sums = [0.0, *accumulate(weight * source.uniform(0.5, 1.5) for weight in rhythm)]
    return [int(total * passed / sums[WEEK]) for passed in sums]
