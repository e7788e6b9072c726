"""The board's archive: a table of DuckDB, to which each run appends insights."""

from collections.abc import Iterable

from duckdb import DuckDBPyConnection
from x_insights import VIDEO_METRICS, Granularity, InsightsClient, Metric, XInsightsError

METRICS = (Metric.IMPRESSIONS, *VIDEO_METRICS)


def append(database: DuckDBPyConnection, client: InsightsClient, tweet_ids: Iterable[str]) -> tuple[str, ...]:
    """Append the hourly insights of these Posts. Return the pending IDs, for the next run."""
    try:
        insights = client.get_28hr(tweet_ids, METRICS, Granularity.HOURLY)
        pending: tuple[str, ...] = ()
    except XInsightsError as error:
        if error.partial is None:
            raise
        insights, pending = error.partial, error.pending
    database.execute("CREATE TABLE IF NOT EXISTS insights (tweet_id TEXT, time TIMESTAMPTZ, metric TEXT, value DOUBLE)")
    if rows := insights.to_rows():
        database.execute("INSERT INTO insights SELECT unnest($1, recursive := true)", [rows])
    return pending
