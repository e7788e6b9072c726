"""Bodies in the shapes of X's document, the IDs in them, and problems that X is known to send."""

from __future__ import annotations

IDS = [str(10**18 + number) for number in range(510)]

PROBLEMS = "https://api.twitter.com/2/problems"
UNAUTHORIZED = {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"}


def build_values(metrics):
    """Return metrics, a mapping or pairs, as X's list."""
    pairs = metrics.items() if isinstance(metrics, dict) else metrics
    return [{"metric_type": name, "metric_value": value} for name, value in pairs]


def build_total(tweet_id, metrics):
    return {"tweet_id": tweet_id, "value": build_values(metrics)}


def build_bucket(tweet_id, time, metrics):
    value = {"timestamp": {"iso8601_time": time}, "metric_values": build_values(metrics)}
    return {"tweet_id": tweet_id, "value": value}


def build_measurement(totals=(), buckets=()):
    """Return an item of `data` with totals as (ID, metrics), and with buckets as (ID, time, metrics)."""
    lists = {
        "metrics_total": [build_total(*total) for total in totals],
        "metrics_time_series": [build_bucket(*bucket) for bucket in buckets],
    }
    return {"measurement": {name: items for name, items in lists.items() if items}}


def build_body(totals=(), buckets=()):
    return {"data": [build_measurement(totals, buckets)]}
