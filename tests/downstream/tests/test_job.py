import duckdb
from x_insights import InsightsClient
from x_insights.testing import Sandbox

from post_board.job import append

IDS = [str(number) for number in range(1000, 1060)]


def test_pending_posts_are_left_for_the_next_run(x_insights_sandbox: Sandbox) -> None:
    database = duckdb.connect()
    with InsightsClient("any-token", base_url=x_insights_sandbox.url, attempts=1) as client:
        x_insights_sandbox.fail_next(status=503)
        pending = append(database, client, IDS)
        assert pending == tuple(IDS)
        assert append(database, client, pending) == ()
    (counts,) = database.sql(
        "SELECT count(DISTINCT tweet_id), count(*) FILTER (value IS NULL) FROM insights"
    ).fetchall()
    assert counts == (60, 0)


def test_hours_are_in_utc(x_insights_sandbox: Sandbox) -> None:
    database = duckdb.connect()
    with InsightsClient("any-token", base_url=x_insights_sandbox.url) as client:
        append(database, client, "10")
        first = client.get_28hr("10", "impressions", "Hourly")["10"]["series"][0]["time"]
    database.execute("SET TimeZone = 'UTC'")
    (stored,) = database.sql("SELECT strftime(min(time), '%Y-%m-%dT%H:%M:%SZ') FROM insights").fetchall()
    assert stored == (first,)
