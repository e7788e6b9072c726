"""Insights of any period: `get_historical` and `iter_historical`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import anyio
import pytest
from bodies import IDS
from helpers import TOKEN
from hypothesis import given
from hypothesis import strategies as st

from x_insights import (
    ALL_METRICS,
    ANALYTICS_METRICS,
    AsyncInsightsClient,
    EndpointUnavailableError,
    InsightsClient,
    InvalidRequestError,
    RateLimitError,
    ServerError,
)
from x_insights._endpoints import validate_period

START, END = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 8, tzinfo=UTC)
WEEK = (START, END)


class Nowhere(tzinfo):
    """A time zone that has no offset, so that its times are naive by Python's definition."""

    def utcoffset(self, moment):
        return None


@pytest.fixture
def client(sandbox):
    with InsightsClient(TOKEN, base_url=sandbox.url) as client:
        yield client


def test_a_period_is_requested_from_analytics(open_client, sandbox):
    client, run = open_client(TOKEN, base_url=sandbox.url, endpoint="28hr")
    insights = run(client.get_historical, IDS[:150], ["likes", "bookmarks"], START, END, "Daily")
    assert {request.endpoint for request in sandbox.requests} == {"analytics"}
    assert sorted(len(request.tweet_ids) for request in sandbox.requests) == [50, 100]
    assert list(insights) == IDS[:150]
    times = [bucket["time"] for bucket in insights[IDS[0]]["series"]]
    assert times == [f"2026-11-0{day}T00:00:00Z" for day in range(1, 8)]
    assert insights[IDS[0]]["series"][0]["metrics"].keys() == {"Likes", "Bookmarks"}
    assert (insights.endpoints, insights.period) == (("analytics",), WEEK)
    assert insights.to_dict()["period"] == ["2026-11-01T00:00:00Z", "2026-11-08T00:00:00Z"]
    run(client.close)


def test_a_period_is_sent_in_utc_and_whole_seconds(httpserver):
    httpserver.expect_request("/2/tweets/analytics").respond_with_json({"data": [{"id": "1", "likes": 1}]})
    start = datetime(2026, 11, 1, 1, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=1)))
    with InsightsClient(TOKEN, base_url=httpserver.url_for("").rstrip("/")) as client:
        insights = client.get_historical("1", "likes", start, "2026-11-07T19:00:00.5-05:00")
    ((request, _),) = httpserver.log
    sent = {name: request.args[name] for name in ("start_time", "end_time", "granularity")}
    assert sent == {"start_time": "2026-11-01T00:00:00Z", "end_time": "2026-11-08T00:00:00Z", "granularity": "total"}
    assert insights.period == WEEK


def test_a_period_ends_ten_seconds_ago_by_default():
    before = datetime.now(UTC).replace(microsecond=0)
    start, end = validate_period("2026-11-01T00:00:00Z", None)
    assert start == START
    assert before <= end + timedelta(seconds=10) <= datetime.now(UTC)


EARLIEST, LATEST = (START.replace(year=year, tzinfo=None) for year in (1990, 2100))
times = st.datetimes(EARLIEST, LATEST, timezones=st.timezones())


@given(times, times)
def test_valid_periods_are_the_times_in_utc(start, end):
    first, last = (time.astimezone(UTC).replace(microsecond=0) for time in (start, end))
    if first < last:
        assert validate_period(start, end) == validate_period(start.isoformat(), end) == (first, last)
    else:
        with pytest.raises(InvalidRequestError, match=r"^start_time is .*: pass one before end_time, "):
            validate_period(start, end)


def test_calendar_days_of_a_time_zone_are_a_period():
    zone = ZoneInfo("America/New_York")
    start, end = validate_period(datetime(2026, 11, 1, tzinfo=zone), datetime(2026, 11, 2, tzinfo=zone))
    assert end - start == timedelta(hours=25)  # the clocks change on that day


@pytest.mark.parametrize(
    ("start", "end", "message"),
    [
        (START.replace(tzinfo=None), END, "start_time is 2026-11-01 00:00:00, which is a time without a time zone"),
        ("2026-11-01", END, "start_time is '2026-11-01', which is a time without a time zone: add one"),
        (START, "2026-11-08T00:00:00", "end_time is '2026-11-08T00:00:00', which is a time without a time zone"),
        ("yesterday", END, "start_time is 'yesterday', which is not a time: pass a datetime with a time zone"),
        (START, 1793491200, "end_time is 1793491200, which is not a time"),
        (START.date(), END, "which is not a time"),
        (None, END, "start_time is None, which is not a time"),
        (END, END, "start_time is 2026-11-08T00:00:00Z: pass one before end_time, 2026-11-08T00:00:00Z"),
        (END, START, "pass one before end_time, 2026-11-01T00:00:00Z"),
        (START, START + timedelta(microseconds=1), "pass one before end_time, 2026-11-01T00:00:00Z"),
        ("2999-01-01T00:00:00Z", None, "pass one before the latest `end_time` that X accepts, 20"),
        ("9999-12-31T24:00:00Z", END, "start_time is "),  # dateutil 2.7 takes it for the start of that day
        (START.replace(tzinfo=Nowhere()), END, "which is a time without a time zone"),
        (datetime.min.replace(tzinfo=timezone(timedelta(hours=1))), END, "outside the range of a datetime in UTC"),
    ],
)
def test_an_invalid_period_is_rejected_before_sending(start, end, message):
    with InsightsClient(TOKEN, base_url="http://127.0.0.1:1") as client:  # where nothing listens
        for method in (client.get_historical, client.iter_historical):
            with pytest.raises(InvalidRequestError, match=re.escape(message)):
                method("20", "likes", start, end)


def test_metrics_are_those_of_analytics(client, sandbox):
    with pytest.raises(InvalidRequestError, match=r"^metrics\[1\] is 'VideoViews', which is not a metric of this endp"):
        client.get_historical("20", ["likes", ALL_METRICS[-1]], START)
    assert sandbox.requests == []


def test_pages_are_yielded_by_both_clients(sandbox):
    with InsightsClient(TOKEN, base_url=sandbox.url) as client:
        pages = client.iter_historical(IDS[:250], "likes", *WEEK)
        assert (len(pages), [len(page) for page in pages]) == (3, [100, 100, 50])

    async def collect():
        async with AsyncInsightsClient(TOKEN, base_url=sandbox.url) as client:
            pages = client.iter_historical(IDS[:250], "likes", *WEEK)
            return len(pages), [list(page) async for page in pages]

    assert anyio.run(collect) == (3, [IDS[:100], IDS[100:200], IDS[200:250]])


def test_partial_results_and_resuming(open_client, sandbox):
    client, run = open_client(TOKEN, base_url=sandbox.url, attempts=1)
    expected = run(client.get_historical, IDS[:250], "likes", *WEEK)
    sandbox.fail_next(status=500)
    with pytest.raises(ServerError) as caught:
        run(client.get_historical, IDS[:250], "likes", *WEEK)
    assert len(caught.value.pending) in (50, 100, 250)
    whole = caught.value.partial | run(client.get_historical, caught.value.pending, "likes", *WEEK)
    assert (whole == expected, whole.period) == (True, WEEK)
    assert whole.to_arrow().num_rows == 250
    run(client.close)


def test_a_period_neither_switches_auto_nor_falls_back(sandbox, caplog):
    with InsightsClient(TOKEN, base_url=sandbox.url, endpoint="auto") as client:
        assert client.get_historical("20", "likes", *WEEK).endpoints == ("analytics",)
        assert client.get_28hr("20", "likes").endpoints == ("28hr",)
        sandbox.fail_next(status=404)
        with pytest.raises(EndpointUnavailableError) as caught:
            client.get_historical("20", "likes", *WEEK)
        assert client.get_28hr("20", "likes").endpoints == ("28hr",)
    assert caught.value.pending == ("20",)
    assert not [record for record in caplog.records if record.levelname == "WARNING"]


def test_rate_limits_are_those_of_analytics_and_of_the_account(sandbox):
    sandbox.rate_limit = 1
    with InsightsClient(TOKEN, base_url=sandbox.url, endpoint="analytics", max_wait=0) as client:
        client.get_28hr("20", "likes")
        with pytest.raises(RateLimitError):
            client.get_historical("20", "likes", *WEEK)
        assert list(client.with_token("other-token").get_historical("20", "likes", *WEEK)) == ["20"]


@pytest.mark.parametrize(
    ("days", "granularity", "size"),
    [(28 / 24, "Hourly", 100), (7, "Hourly", 100), (3650, "Total", 100), (365, "Daily", 100), (3650, "Weekly", 100)],
)
def test_a_page_of_short_series_has_100_ids(client, days, granularity, size):
    pages = client.iter_historical(IDS[:101], "likes", END - timedelta(days=days), END, granularity)
    assert len(pages) == -(-101 // size)


@pytest.mark.parametrize("days", [90, 365, 36500])
def test_a_page_of_long_series_stays_well_under_the_bound_of_a_body(client, sandbox, days):
    start = END - timedelta(days=days)
    for metrics in (["likes"], ANALYTICS_METRICS):
        length = len(client.iter_historical(IDS[:100], metrics, start, END, "Hourly"))
        per_page = -(-100 // length)
        bucket = '{"timestamp":"2026-11-01T00:00:00Z","metrics":{}},' + '"user_profile_clicks":1000000,' * len(metrics)
        assert per_page == 1 or per_page * days * 24 * len(bucket) < 32 * 1024 * 1024
    assert len(client.iter_historical(IDS[:100], "likes", start, END, "Total")) == 1
