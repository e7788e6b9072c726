"""Results as rows, as an Arrow table and as HTML."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from html import escape
from typing import Any

from ._errors import ResponseError
from ._types import Metrics, Row, TweetInsights


def build_rows(tweets: Mapping[str, TweetInsights]) -> list[Row]:
    """Build one row per metric. Raises ResponseError if a time is not ISO 8601."""
    return [
        {"tweet_id": tweet_id, "time": time, "metric": metric, "value": value}
        for tweet_id, time, metrics in _parse_times(tweets)
        for metric, value in metrics.items()
    ]


def build_table(tweets: Mapping[str, TweetInsights]) -> Any:
    """Build a `pyarrow.Table` with one row per metric.

    Raises ResponseError if a time is not ISO 8601, and ImportError if pyarrow cannot be imported.
    """
    try:
        import pyarrow as pa
        from pyarrow.compute import call_function
    except ImportError as error:
        message = 'Arrow tables need pyarrow, which cannot be imported: `pip install "x-insights-28hr[arrow]"`'
        raise ImportError(message, name=error.name) from error

    tweet_ids: list[str] = []
    times: list[datetime | None] = []
    run_ends: list[int] = []
    metrics: list[str] = []
    values: list[int | float | None] = []
    for tweet_id, time, group in _parse_times(tweets):
        if group:  # Arrow has no empty runs
            metrics += group
            values += group.values()
            tweet_ids.append(tweet_id)
            times.append(time)
            run_ends.append(len(metrics))

    def repeat(items: Sequence[Any], data_type: Any) -> Any:
        # Converting an ID and a time from Python for each row would make the whole table three times as expensive.
        runs = pa.RunEndEncodedArray.from_arrays(pa.array(run_ends, pa.int64()), pa.array(items, data_type))
        return call_function("run_end_decode", [runs])  # a type checker does not see `pyarrow.compute.run_end_decode`

    try:
        numbers = pa.array(values, pa.float64())
    except pa.ArrowInvalid:  # pyarrow rejects integers beyond 2**53, because a double may not hold them exactly
        numbers = pa.array([value if value is None else float(value) for value in values], pa.float64())
    return pa.table(
        {
            "tweet_id": repeat(tweet_ids, pa.string()),
            "time": repeat(times, pa.timestamp("us", "UTC")),
            "metric": pa.array(metrics, pa.string()),
            "value": numbers,
        }
    )


def build_html(tweets: Mapping[str, TweetInsights], caption: str) -> str:
    """Build a table for a notebook, with one row per Post and time, for the first 20 Posts."""
    groups = [group for group in _iterate_metrics(dict(itertools.islice(tweets.items(), 20))) if group[2]]
    names = dict.fromkeys(name for *_, metrics in groups for name in metrics)
    rows = [("Post", "Time", *names)]
    for tweet_id, time, metrics in groups:
        values = (metrics.get(name) for name in names)
        rows.append((tweet_id, time or "", *("" if value is None else f"{value:,}" for value in values)))
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><caption>{caption}</caption>{body}</table>"


def format_count(count: int, noun: str) -> str:
    """Return a number of things, such as `1 Post` and `2 Posts`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _iterate_metrics(tweets: Mapping[str, TweetInsights]) -> Iterator[tuple[str, str | None, Metrics]]:
    """Yield the metrics of each Post by time, which is None for its totals."""
    for tweet_id, tweet in tweets.items():
        yield tweet_id, None, tweet["totals"]
        for bucket in tweet["series"]:
            yield tweet_id, bucket["time"], bucket["metrics"]


def _parse_times(tweets: Mapping[str, TweetInsights]) -> Iterator[tuple[str, datetime | None, Metrics]]:
    for tweet_id, time, metrics in _iterate_metrics(tweets):
        try:
            yield tweet_id, None if time is None else _parse_time(time), metrics
        except (ValueError, OverflowError):
            # The text stays out of the error, because it may be an echo of the token.
            message = f"a time of the Post {tweet_id} is not ISO 8601: to_dict() returns it unchanged"
            raise ResponseError(message) from None


@lru_cache(maxsize=1024)  # every Post has the same hours
def _parse_time(time: str) -> datetime:
    from dateutil.parser import isoparse  # slow to import, and needed for rows only

    moment = isoparse(time)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
