"""`GET /2/tweets/analytics`: its requests, and each shape of its responses."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from bodies import IDS
from helpers import TOKEN, get_sync
from werkzeug.wrappers import Response

from x_insights import (
    ALL_METRICS,
    ANALYTICS_METRICS,
    AsyncInsightsClient,
    AuthenticationError,
    EndpointUnavailableError,
    ForbiddenError,
    InsightsClient,
    InvalidRequestError,
    ResponseError,
)

PATH = "/2/tweets/analytics"


@pytest.fixture
def fetch_analytics(httpserver):
    """A function that calls a client with `endpoint="analytics"` against a server that sends this content."""

    def fetch(content, granularity="Total", *, tweet_ids=("1", "2"), metrics=("likes", "url_clicks"), **options):
        httpserver.clear()
        httpserver.expect_request(PATH).respond_with_response(
            Response(json.dumps(content), options.pop("status", 200), content_type="application/json")
        )
        url = httpserver.url_for("").rstrip("/")
        return get_sync(url, tweet_ids, metrics, granularity, endpoint="analytics", **options)

    return fetch


def bucket(time, **metrics):
    return {"timestamp": time, "metrics": metrics}


def test_the_request_has_the_documented_parameters(fetch_analytics, httpserver):
    insights = fetch_analytics({}, "Hourly", metrics=["UrlClicks", "bookmarks"])
    ((request, _),) = httpserver.log
    assert (request.method, request.path) == ("GET", PATH)
    assert request.args["ids"] == "1,2"
    assert request.args["granularity"] == "hourly"
    assert request.args["analytics.fields"] == "id,timestamp,timestamped_metrics,url_clicks,bookmarks"
    assert request.args.keys() == {"ids", "granularity", "analytics.fields", "start_time", "end_time"}
    start, end = insights.period
    assert request.args["start_time"] == f"{start:%Y-%m-%dT%H:%M:%SZ}"
    assert request.args["end_time"] == f"{end:%Y-%m-%dT%H:%M:%SZ}"


def test_the_period_is_28_hours_up_to_ten_seconds_ago(fetch_analytics):
    before = datetime.now(UTC).replace(microsecond=0)
    start, end = fetch_analytics({}).period
    assert before - timedelta(seconds=10) <= end <= datetime.now(UTC) - timedelta(seconds=10)
    assert end.microsecond == 0
    assert end.utcoffset() == timedelta(0)
    assert end - start == timedelta(hours=28)


def test_a_page_has_100_ids(get, sandbox):
    insights = get(sandbox.url, IDS[:250], "likes", endpoint="analytics")
    assert list(insights) == IDS[:250]
    assert sorted(len(request.tweet_ids) for request in sandbox.requests) == [50, 100, 100]
    assert {request.endpoint for request in sandbox.requests} == {"analytics"}
    assert insights.endpoints == ("analytics",)
    assert insights.unavailable == ()


def test_an_iteration_has_one_period_fixed_at_the_call(sandbox):
    with InsightsClient(TOKEN, base_url=sandbox.url, endpoint="analytics") as client:
        pages = client.iter_28hr(IDS[:250], "likes")
        called = datetime.now(UTC)
        periods = {page.period for page in pages}
    ((_, end),) = periods
    assert end <= called - timedelta(seconds=10)


def test_16_metrics_are_shared_and_four_are_only_in_analytics(sandbox):
    assert len(ANALYTICS_METRICS) == 16
    assert set(ANALYTICS_METRICS) < set(ALL_METRICS)
    own = ["bookmarks", "Shares", "UN_FOLLOWS", "unlikes"]
    with InsightsClient(TOKEN, base_url=sandbox.url, endpoint="analytics") as client:
        totals = client.get_28hr("1", [*ANALYTICS_METRICS, *own])["1"]["totals"]
    assert list(totals) == [*ANALYTICS_METRICS, "Bookmarks", "Shares", "Unfollows", "Unlikes"]


@pytest.mark.parametrize("granularity", ["Total", "Hourly", "Daily", "Weekly"])
def test_both_endpoints_have_the_same_figures_for_a_period(sandbox, granularity):
    call = sandbox.url, IDS[:3], ANALYTICS_METRICS, granularity
    analytics = get_sync(*call, endpoint="analytics")
    _, sandbox.now = analytics.period
    assert get_sync(*call) == analytics


@pytest.mark.parametrize("endpoint", ["28hr", "analytics"])
def test_a_metric_of_the_other_endpoint_is_rejected(sandbox, endpoint):
    metric = {"28hr": "unlikes", "analytics": "media_engagements"}[endpoint]
    with (
        InsightsClient(TOKEN, base_url=sandbox.url, endpoint=endpoint) as client,
        pytest.raises(InvalidRequestError) as caught,
    ):
        client.get_28hr("1", ["likes", metric])
    start = f"metrics[1] is {metric!r}, which is not a metric of this endpoint: use one of AppInstallAttempts, "
    assert str(caught.value).startswith(start)
    assert str(caught.value).endswith({"28hr": ", VideoViews", "analytics": ", Shares, Unfollows, Unlikes"}[endpoint])
    assert sandbox.requests == []


def test_a_misspelled_metric_is_rejected_with_the_nearest_one(sandbox):
    with (
        InsightsClient(TOKEN, base_url=sandbox.url, endpoint="analytics") as client,
        pytest.raises(InvalidRequestError, match="did you mean 'Bookmarks'"),
    ):
        client.get_28hr("1", "bokmarks")


TOTALS = {"1": {"Likes": 5, "UrlClicks": 7}}


@pytest.mark.parametrize(
    "item",
    [
        {"likes": 5, "url_clicks": 7},
        {"timestamped_metrics": [bucket("2026-11-22T12:00:00Z", likes=5, url_clicks=7)]},
        {"likes": 4, "url_clicks": 7, "timestamped_metrics": [bucket(None, likes=5)]},
        {"likes": 5, "url_clicks": 0, "timestamped_metrics": [bucket(None, likes=None, url_clicks=7)]},
        {
            "likes": None,
            "timestamp": "2026-11-22T12:00:00Z",
            "timestamped_metrics": [bucket("", Likes="5", UrlClicks=7)],
        },
        {"likes": "5", "URL_CLICKS": 7, "public_metrics": {"likes": 9}, "text": "nine", "lang": "null", "is": True},
    ],
    ids=["next to id", "in a bucket", "in both", "null in the bucket", "null next to id", "with other members"],
)
@pytest.mark.parametrize("wrap", [lambda item: [item], lambda item: item], ids=["list", "object"])
def test_totals_are_read_from_both_places(fetch_analytics, item, wrap):
    insights = fetch_analytics({"data": wrap({"id": "1", **item})})
    assert insights.to_dict()["tweets"] == {"1": {"totals": TOTALS["1"], "series": []}}
    assert insights.missing == ["2"]


def test_several_buckets_for_a_total_remain_a_series(fetch_analytics):
    buckets = [bucket("2026-11-22T12:00:00Z", likes=1), bucket("2026-11-22T13:00:00Z", likes=2)]
    insights = fetch_analytics({"data": [{"id": "1", "likes": 9, "timestamped_metrics": buckets}]})
    assert insights["1"] == {
        "totals": {"Likes": 9},
        "series": [
            {"time": "2026-11-22T12:00:00Z", "metrics": {"Likes": 1}},
            {"time": "2026-11-22T13:00:00Z", "metrics": {"Likes": 2}},
        ],
    }


@pytest.mark.parametrize("time", [{}, {"timestamp": None}], ids=["without a time", "null as the time"])
def test_counters_without_a_time_are_totals_of_a_series_too(fetch_analytics, time):
    buckets = [bucket("t", likes=1, zaps=None)]
    insights = fetch_analytics({"data": [{"id": "1", **time, "likes": 9, "timestamped_metrics": buckets}]}, "Hourly")
    assert insights["1"] == {"totals": {"Likes": 9}, "series": [{"time": "t", "metrics": {"Likes": 1, "zaps": None}}]}


@pytest.mark.parametrize("metrics", [["likes", "replies"], ["likes"]], ids=["exactly those requested", "another one"])
def test_counters_with_a_time_are_a_bucket(fetch_analytics, metrics):
    items = [{"id": "1", "timestamp": f"t{hour}", "likes": hour, "replies": None} for hour in range(2)]
    items.append({"id": "1", "timestamped_metrics": [bucket("t1", likes=5)]})
    for granularity in ("Hourly", "Total"):
        insights = fetch_analytics({"data": items[:2]}, granularity, metrics=metrics)
        assert insights["1"] == {
            "totals": {},
            "series": [{"time": f"t{hour}", "metrics": {"Likes": hour, "Replies": None}} for hour in range(2)],
        }
    insights = fetch_analytics({"data": items}, "Hourly", metrics=metrics)
    assert insights["1"]["series"][1] == {"time": "t1", "metrics": {"Likes": 5, "Replies": None}}


@pytest.mark.parametrize("metrics", [["likes"], ["likes", "replies"]], ids=["exactly those requested", "fewer"])
def test_the_only_item_of_a_post_is_its_total(fetch_analytics, metrics):
    items = [{"id": tweet_id, "timestamp": "t", "likes": 3} for tweet_id in ("1", "2")]
    insights = fetch_analytics({"data": items}, metrics=metrics)
    assert list(insights.values()) == [{"totals": {"Likes": 3}, "series": []}] * 2


def test_counters_in_any_spelling_or_as_text_are_read(fetch_analytics):
    insights = fetch_analytics({"data": [{"id": "1", "LIKES": "5", "brand_new": "6", "newer": 1.5}]}, "Hourly")
    assert insights["1"]["totals"] == {"Likes": 5, "brand_new": 6, "newer": 1.5}


def test_unknown_metrics_are_unchanged_and_nulls_are_kept(fetch_analytics):
    item = {"id": "1", "zap_zaps": 1.5, "likes": None, "timestamped_metrics": [bucket("t", Zip=2)]}
    insights = fetch_analytics({"data": [item]})
    assert insights["1"]["totals"] == {"zap_zaps": 1.5, "Likes": None, "Zip": 2}


@pytest.mark.parametrize(
    "content",
    [
        {"data": None},
        {"data": None, "errors": None},
        {"data": [{"id": "1", "timestamped_metrics": None}], "errors": None},
    ],
)
def test_null_for_an_array_is_as_if_it_were_absent(fetch_analytics, content):
    insights = fetch_analytics(content)
    assert (list(insights), insights.errors) == (["1"] if content["data"] else [], [])


def test_buckets_without_a_time_are_never_merged(fetch_analytics):
    buckets = [bucket(None, likes=1), {"metrics": {"likes": 2}}, {"timestamp": "2026-11-22T12:00:00Z", "metrics": None}]
    insights = fetch_analytics({"data": [{"id": "1", "timestamped_metrics": buckets}]}, "Daily")
    assert insights["1"]["series"] == [
        {"time": None, "metrics": {"Likes": 1}},
        {"time": None, "metrics": {"Likes": 2}},
        {"time": "2026-11-22T12:00:00Z", "metrics": {}},
    ]
    assert [row["time"] for row in insights.to_rows()] == [None, None]


def test_buckets_with_the_same_time_are_merged(fetch_analytics):
    items = [{"id": "1", "timestamped_metrics": [bucket("t", **metrics)]} for metrics in ({"likes": 1}, {"replies": 2})]
    assert fetch_analytics({"data": items}, "Daily")["1"]["series"] == [
        {"time": "t", "metrics": {"Likes": 1, "Replies": 2}}
    ]


@pytest.mark.parametrize("granularity", ["Total", "Weekly"])
@pytest.mark.parametrize("item", [{}, {"timestamped_metrics": []}])
def test_a_post_without_metrics_is_not_missing(fetch_analytics, granularity, item):
    insights = fetch_analytics({"data": [{"id": "1", **item}]}, granularity)
    assert dict(insights) == {"1": {"totals": {}, "series": []}}
    assert (insights.errors, insights.missing) == ([], ["2"])


@pytest.mark.parametrize("granularity", ["Total", "Hourly"])
@pytest.mark.parametrize(
    ("content", "path"),
    [
        ({"data": "x"}, "$.data"),
        ({"data": [{}]}, "`id`"),
        ({"data": {"id": 5}}, "$.data.id"),
        ({"data": [{"id": "1"}, {"id": "2", "LIKES": "x"}]}, "$.data[1].LIKES"),
        ({"data": [{"id": "1", "likes": [1]}]}, "$.data[0].likes"),
        ({"data": [{"id": "1", "brand_new": 2**70}]}, "$.data[0].brand_new"),
        ({"data": [{"id": "1", "timestamped_metrics": {}}]}, "$.data[0].timestamped_metrics"),
        ({"data": [{"id": "1", "timestamped_metrics": [bucket("t", likes="x")]}]}, "$.data[0].timestamped_metrics[0]"),
    ],
)
def test_a_body_of_another_shape_is_a_response_error(fetch_analytics, content, path, granularity):
    with pytest.raises(ResponseError, match=re.escape(path)):
        fetch_analytics(content, granularity)


def test_top_level_problems_are_partial_errors(fetch_analytics):
    problems = [
        {"title": "Not Found Error", "detail": "No [2].", "type": "t", "status": 404, "resource_id": "2", "value": "1"},
        {"title": "Title", "type": "t", "value": "1"},
        {"title": "Forbidden to access 2", "type": "t"},
    ]
    insights = fetch_analytics({"errors": problems})
    assert insights.errors == [
        {"message": "No [2].", "tweet_ids": ["2"], "type": "t", "status": 404},
        {"message": "Title", "tweet_ids": ["1"], "type": "t", "status": None},
        {"message": "Forbidden to access 2", "tweet_ids": [], "type": "t", "status": None},
    ]
    assert insights.missing == []


def test_only_the_requested_fields_are_returned(fetch_analytics):
    content = {"data": [{"id": "1", "likes": 5}], "errors": [{"title": "t", "type": "t", "value": "2"}]}
    errors = fetch_analytics(content, fields="errors")
    assert (dict(errors), errors.errors[0]["tweet_ids"], errors.missing) == ({}, ["2"], ["1"])
    measurement = fetch_analytics(content, fields="measurement")
    assert (list(measurement), measurement.errors, measurement.missing) == (["1"], [], ["2"])


def test_joined_insights_have_the_whole_period_and_all_endpoints(fetch_analytics, sandbox, monkeypatch):
    class Later(datetime):
        @classmethod
        def now(cls, tz):
            return datetime.now(tz) + timedelta(hours=1)

    first = fetch_analytics({})
    monkeypatch.setattr("x_insights._endpoints.tweets_analytics.datetime", Later)
    later = fetch_analytics({})
    other = get_sync(sandbox.url, "1", "likes")
    assert other.period is None
    assert (later | other | first).endpoints == ("analytics", "28hr")
    assert (later | other | first).period == (first | later).period == (first.period[0], later.period[1])


@pytest.mark.parametrize(
    ("status", "content", "error_class", "names_scopes"),
    [
        (401, {"title": "Unauthorized"}, AuthenticationError, True),
        (403, {"title": "Forbidden"}, ForbiddenError, True),
        (403, {"title": "Forbidden", "reason": "client-not-enrolled"}, ForbiddenError, False),
    ],
)
def test_a_401_or_a_403_without_a_reason_names_the_scopes(fetch_analytics, status, content, error_class, names_scopes):
    with pytest.raises(error_class) as caught:
        fetch_analytics(content, status=status)
    assert ("scopes tweet.read and users.read" in str(caught.value)) == names_scopes
    assert content["title"] in str(caught.value)


def test_a_404_without_a_body_is_an_unavailable_endpoint(sandbox):
    sandbox.fail_next(status=404)
    with pytest.raises(EndpointUnavailableError) as caught:
        get_sync(sandbox.url, "1", "likes", endpoint="analytics")
    assert "auto" not in str(caught.value)  # there is no other endpoint to suggest


@pytest.mark.parametrize("client_class", [InsightsClient, AsyncInsightsClient])
def test_an_unknown_endpoint_is_rejected(client_class):
    for endpoint in ("", "28HR", "tweets", None, 28, ["28hr"]):
        with pytest.raises(InvalidRequestError, match=r"^endpoint is .*: pass one of 28hr, analytics, auto$"):
            client_class(TOKEN, endpoint=endpoint)


def test_measurements_that_are_not_requested_are_not_parsed(fetch_analytics):
    content = {"data": [{"id": "1", "likes": "many"}], "errors": [{"title": "t", "type": "t", "value": "2"}]}
    assert fetch_analytics(content, fields="errors").errors[0]["tweet_ids"] == ["2"]
