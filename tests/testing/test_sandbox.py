"""The sandbox responds as X does."""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections import Counter
from datetime import datetime
from importlib.resources import files
from itertools import pairwise

import httpx
import pytest
from bodies import IDS
from openapi_core import Config, OpenAPI
from openapi_core.testing import MockRequest, MockResponse

from x_insights import ALL_METRICS, ForbiddenError, Granularity, InsightsClient, InvalidRequestError
from x_insights.testing import Sandbox

TWEET_IDS = IDS[:3]


@pytest.fixture
def client(sandbox):
    with InsightsClient("any-token", base_url=sandbox.url, attempts=1) as client:
        yield client


def fetch(sandbox, query, path="/2/insights/28hr", **headers):
    return httpx.get(f"{sandbox.url}{path}?{query}", headers={"Authorization": "Bearer any"} | headers)


VALID = "tweet_ids=1,2&granularity=Total&requested_metrics=Likes,Replies&engagement.fields=errors,measurement"


def test_the_same_id_has_the_same_figures_everywhere(client):
    insights = client.get_28hr(TWEET_IDS, ALL_METRICS)
    with Sandbox() as other, InsightsClient("another", base_url=other.url) as elsewhere:
        assert elsewhere.get_28hr(TWEET_IDS[::-1], ALL_METRICS) == insights
    assert insights[TWEET_IDS[0]] != insights[TWEET_IDS[1]]


@pytest.mark.parametrize(("granularity", "buckets"), [("Hourly", 28), ("Daily", 2), ("Weekly", 1)])
def test_series_add_up_to_the_totals(client, granularity, buckets):
    totals = client.get_28hr(TWEET_IDS, ALL_METRICS, Granularity.TOTAL)
    insights = client.get_28hr(TWEET_IDS, ALL_METRICS, granularity)
    for tweet_id in TWEET_IDS:
        assert totals[tweet_id]["series"] == []
        assert insights[tweet_id]["totals"] == {}
        series = insights[tweet_id]["series"]
        assert len(series) == buckets
        for metric, total in totals[tweet_id]["totals"].items():
            assert sum(bucket["metrics"][metric] for bucket in series) == total


def test_a_series_ends_now_and_follows_the_time_of_day(sandbox, client):
    series = client.get_28hr(range(1, 26), "impressions", "hourly").to_rows()
    for now in ("2026-11-22T17:30:00+01:30", "2026-11-22T15:20:00"):
        sandbox.now = datetime.fromisoformat(now)
        assert client.get_28hr(range(1, 26), "impressions", "hourly").to_rows() == series
    assert max(row["time"] for row in series).isoformat() == "2026-11-22T15:00:00+00:00"
    by_hour = {hour: sum(row["value"] for row in series if row["time"].hour == hour) for hour in (8, 20)}
    assert by_hour[20] > 5 * by_hour[8]


def test_forbid_and_hide_make_partial_errors_of_two_kinds(sandbox, client):
    sandbox.forbid(TWEET_IDS[0], 7)
    sandbox.hide(TWEET_IDS[1])
    insights = client.get_28hr([*TWEET_IDS, 7], "likes")
    assert list(insights) == [TWEET_IDS[2]]
    assert [(error["message"], error["tweet_ids"]) for error in insights.errors] == [
        (f"Forbidden to access tweets: {TWEET_IDS[0]}, 7", [TWEET_IDS[0], "7"]),
        ("1 Tweet ID(s) are unavailable", [TWEET_IDS[1]]),
    ]
    assert insights.missing == []


def test_forbid_and_hide_reject_invalid_ids(sandbox):
    for make in (sandbox.forbid, sandbox.hide):
        with pytest.raises(InvalidRequestError, match="tweet_ids"):
            make(["20"])


def test_a_response_has_only_the_requested_fields(sandbox, client):
    sandbox.forbid(TWEET_IDS[0])
    assert client.get_28hr(TWEET_IDS, "likes", fields="errors").missing == TWEET_IDS[1:]
    assert client.get_28hr(TWEET_IDS, "likes", fields="measurement").missing == TWEET_IDS[:1]
    assert client.get_28hr(TWEET_IDS[0], "likes", fields="measurement").to_dict()["tweets"] == {}


def test_a_request_without_fields_gets_all_of_them(sandbox):
    sandbox.forbid("2")
    (engagement,) = fetch(sandbox, VALID.replace("&engagement.fields=errors,measurement", "")).json()["data"]
    assert engagement.keys() == {"measurement", "errors"}


def test_received_requests_are_listed_without_the_token(sandbox):
    fetch(sandbox, VALID, **{"X-Trace": "7"})
    (request,) = sandbox.requests
    assert (request.tweet_ids, request.metrics) == (("1", "2"), ("Likes", "Replies"))
    assert (request.granularity, request.fields) == ("Total", ("errors", "measurement"))
    assert request.headers["X-Trace"] == "7"
    assert "any" not in request.headers.values()


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        (VALID.replace("1,2", "abc"), "tweet_ids"),
        (VALID.replace("1,2", "20%0A"), "tweet_ids"),
        (VALID.replace("1,2", "1,1"), "tweet_ids"),
        (VALID.replace("1,2", ",".join(map(str, range(26)))), "tweet_ids"),
        (VALID.replace("1,2", "1&tweet_ids=2"), "tweet_ids"),
        (VALID.replace("Total", "total"), "granularity"),
        (VALID.replace("Likes", "likes"), "requested_metrics"),
        (VALID.replace("&requested_metrics=Likes,Replies", ""), "requested_metrics"),
        (VALID + "&expansions=author", "expansions"),
    ],
)
def test_an_invalid_request_gets_the_400_of_x(sandbox, query, parameter):
    response = fetch(sandbox, query)
    assert response.status_code == 400
    problem = response.json()
    assert problem["type"].endswith("/problems/invalid-request")
    assert [list(error["parameters"]) for error in problem["errors"]] == [[parameter]]
    assert response.headers["x-transaction-id"]
    assert response.headers["x-rate-limit-limit"] == "300"


PATH = "/2/tweets/analytics"
ANALYTICS = (
    "ids=1,2&granularity=hourly&analytics.fields=id,timestamped_metrics,likes"
    "&start_time=2026-11-21T12:30:00Z&end_time=2026-11-22T16:30:00Z"
)


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        (ANALYTICS.replace("1,2", "abc"), "ids"),
        (ANALYTICS.replace("1,2", ",".join(map(str, range(101)))), "ids"),
        (ANALYTICS.replace("hourly", "Hourly"), "granularity"),
        (ANALYTICS.replace("likes", "Likes"), "analytics.fields"),
        (ANALYTICS.replace("2026-11-21T12:30:00Z", "yesterday"), "start_time"),
        (ANALYTICS.replace("&end_time=2026-11-22T16:30:00Z", ""), "end_time"),
        (ANALYTICS + "&tweet_ids=1", "tweet_ids"),
        (ANALYTICS.replace("2026-11-22T16:30:00Z", "2026-11-21T12:30:00Z"), "end_time"),
        (ANALYTICS.replace("2026-11-21T12:30:00Z", "0001-01-01T00:00:00%2B14:00"), "start_time"),
    ],
)
def test_an_invalid_request_for_analytics_gets_the_400_of_x(sandbox, query, parameter):
    response = fetch(sandbox, query, path=PATH)
    assert response.status_code == 400
    problem = response.json()
    assert problem["type"] == "https://api.x.com/2/problems/invalid-request"
    assert parameter in {name for error in problem["errors"] for name in error["parameters"]}


def test_analytics_has_the_hours_that_begin_in_the_period(sandbox):
    for series in fetch(sandbox, ANALYTICS, path=PATH).json()["data"]:
        buckets = series["timestamped_metrics"]
        assert [buckets[0]["timestamp"], buckets[-1]["timestamp"]] == ["2026-11-21T13:00:00Z", "2026-11-22T16:00:00Z"]
        assert len(buckets) == 28
    request = sandbox.requests[0]
    assert (request.endpoint, request.tweet_ids, request.metrics) == ("analytics", ("1", "2"), ("likes",))
    assert (request.granularity, request.fields) == ("hourly", ("id", "timestamped_metrics", "likes"))


def sum_up(sandbox, start, end, granularity):
    """Return the figures of two Posts in a period, as sums of the buckets."""
    fields = "timestamped_metrics,likes,impressions,unlikes"
    query = f"ids=1,2&start_time={start}&end_time={end}&granularity={granularity}&analytics.fields={fields}"
    sums = Counter()
    for post in fetch(sandbox, query, path=PATH).json()["data"]:
        for bucket in post["timestamped_metrics"]:
            sums.update({(post["id"], metric): count for metric, count in bucket["metrics"].items()})
    return sums


def test_adjoining_periods_add_up_in_every_granularity(sandbox):
    days = ["01T00:00:00", "01T00:00:01", "09T13:30:00", "09T14:00:00", "09T14:20:00", "30T09:10:00"]
    times = [f"2026-11-{day}Z" for day in days]
    whole = sum_up(sandbox, times[0], times[-1], "total")
    assert len(whole) == 6
    for granularity in ("total", "weekly", "daily", "hourly"):
        parts = [sum_up(sandbox, *period, granularity) for period in pairwise(times)]
        assert sum(parts, Counter()) == sum_up(sandbox, times[0], times[-1], granularity) == whole


def test_totals_add_up_over_the_whole_calendar(sandbox):
    times = ["0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "2026-11-22T16:00:00Z", "9999-12-31T23:59:59Z"]
    parts = [sum_up(sandbox, *period, "total") for period in pairwise(times)]
    assert sum(parts, Counter()) == sum_up(sandbox, times[0], times[-1], "total")


def test_no_hour_has_more_of_a_metric_than_impressions(client):
    insights = client.get_28hr(range(1, 26), ALL_METRICS, "hourly")
    for tweet in insights.values():
        for bucket in tweet["series"]:
            assert 0 <= min(bucket["metrics"].values()) <= max(bucket["metrics"].values())
            assert max(bucket["metrics"].values()) == bucket["metrics"]["Impressions"]


def test_a_series_is_limited_to_a_year_and_totals_are_not(sandbox):
    def fetch_series(granularity, start):
        query = ANALYTICS.replace("&granularity=hourly", granularity).replace("2026-11-21T12:30:00Z", start)
        return fetch(sandbox, query, path=PATH)

    for granularity in ("hourly", "daily", "weekly"):
        assert fetch_series(f"&granularity={granularity}", "2025-11-21T16:30:00Z").status_code == 200
        response = fetch_series(f"&granularity={granularity}", "2025-11-21T16:29:59Z")
        assert (response.status_code, response.json()["title"]) == (400, "Invalid Request")
        (error,) = response.json()["errors"]
        assert error == {
            "parameters": {"granularity": [granularity]},
            "message": "The query parameter [granularity] must be [total] for more than 366 days",
        }
    for total in ("&granularity=total", ""):
        assert fetch_series(total, "2016-11-22T16:30:00Z").status_code == 200


@pytest.mark.parametrize("start", ["2026-11-21t12:30:00z", "2026-11-21T14:00:00%2B01:30"])
def test_the_period_may_have_any_form_of_rfc_3339(sandbox, start):
    query = ANALYTICS.replace("2026-11-21T12:30:00Z", start)
    assert fetch(sandbox, query, path=PATH).json() == fetch(sandbox, ANALYTICS, path=PATH).json()


def test_counters_are_next_to_the_id_unless_buckets_are_requested(sandbox):
    query = ANALYTICS.replace("hourly", "daily")
    buckets = [
        {"id": post["id"], "timestamp": bucket["timestamp"], **bucket["metrics"]}
        for post in fetch(sandbox, query, path=PATH).json()["data"]
        for bucket in post["timestamped_metrics"]
    ]
    items = fetch(sandbox, query.replace("timestamped_metrics", "timestamp"), path=PATH).json()["data"]
    assert items == buckets
    assert len(items) == 4
    for item in items:
        del item["timestamp"]
    assert fetch(sandbox, query.replace("timestamped_metrics,", ""), path=PATH).json()["data"] == items
    total = query.replace("daily", "total").replace("id,timestamped_metrics,", "")
    assert fetch(sandbox, total, path=PATH).json()["data"][0] == {
        "id": "1",
        "likes": items[0]["likes"] + items[1]["likes"],
    }


def test_responses_conform_to_the_openapi_document(sandbox):
    document = json.loads(files("x_insights.testing").joinpath("openapi.json").read_text("utf-8"))
    config = Config(extra_media_type_deserializers={"application/problem+json": json.loads})
    openapi = OpenAPI.from_dict(document | {"servers": [{"url": "/"}]}, config=config)

    def check(path, query, status=200):
        response = fetch(sandbox, query, path=path)
        assert response.status_code == status
        content_type = response.headers["Content-Type"].partition(";")[0]
        request = MockRequest("http://localhost", "get", path)
        openapi.validate_response(request, MockResponse(response.content, status, content_type=content_type))

    sandbox.forbid("1")
    sandbox.hide("2")
    for granularity in ("Total", "Hourly"):
        check("/2/insights/28hr", VALID.replace("1,2", "1,2,3").replace("Total", granularity))
        for fields in ("id,timestamped_metrics,likes", "timestamp,likes,unlikes", "id"):
            query = ANALYTICS.replace("hourly", granularity.lower()).replace("id,timestamped_metrics,likes", fields)
            check(PATH, query.replace("1,2", "1,2,3"))
    check(PATH, ANALYTICS.replace("1,2", "a"), 400)
    sandbox.unenroll()
    check(PATH, ANALYTICS, 403)
    sandbox.revoke("any")
    check(PATH, ANALYTICS, 401)


@pytest.mark.parametrize("endpoint", ["28hr", "analytics"])
def test_partial_errors_are_the_same_from_both_endpoints(sandbox, endpoint):
    sandbox.forbid(TWEET_IDS[0])
    sandbox.hide(TWEET_IDS[1])
    with InsightsClient("any-token", base_url=sandbox.url, endpoint=endpoint) as client:
        insights = client.get_28hr(TWEET_IDS, "likes")
    assert list(insights) == [TWEET_IDS[2]]
    assert [(error["message"], error["tweet_ids"]) for error in insights.errors] == [
        (f"Forbidden to access tweets: {TWEET_IDS[0]}", [TWEET_IDS[0]]),
        ("1 Tweet ID(s) are unavailable", [TWEET_IDS[1]]),
    ]
    host = {"28hr": "api.twitter.com", "analytics": "api.x.com"}[endpoint]
    assert insights.errors[1]["type"] == f"https://{host}/2/problems/resource-not-found"


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Basic dTpw", "token", "bearer any", "OAuth", 'OAuth oauth_token=""', 'OAuth xoauth_token="a"'],
)
def test_a_request_without_a_token_gets_a_401(sandbox, authorization):
    response = fetch(sandbox, VALID, Authorization=authorization)
    assert (response.status_code, response.json()["title"]) == (401, "Unauthorized")


def test_an_oauth_1_signature_is_a_token(sandbox):
    headers = {"Authorization": 'OAuth oauth_consumer_key="a", oauth_token="b", oauth_signature="c"'}
    assert fetch(sandbox, VALID, **headers).status_code == 200
    sandbox.revoke("b")
    assert fetch(sandbox, VALID, **headers).status_code == 401


def test_another_path_gets_an_empty_404(sandbox):
    gone = fetch(sandbox, VALID, path="/2/insights/historical")
    assert (gone.status_code, gone.content, gone.headers.get("Content-Type")) == (404, b"", None)
    assert sandbox.requests[0].endpoint == ""


def test_another_method_gets_a_405(sandbox):
    response = httpx.post(f"{sandbox.url}/2/insights/28hr?{VALID}", headers={"Authorization": "Bearer any"})
    assert (response.status_code, response.headers["Allow"]) == (405, "GET")


def test_only_the_withdrawn_endpoint_gets_an_empty_404(sandbox):
    sandbox.withdraw()
    gone = fetch(sandbox, VALID)
    assert (gone.status_code, gone.content, gone.headers.get("Content-Type")) == (404, b"", None)
    assert fetch(sandbox, ANALYTICS, path=PATH).status_code == 200


def test_an_app_that_is_not_enrolled_gets_a_403_from_analytics(sandbox):
    sandbox.unenroll()
    with InsightsClient("any", base_url=sandbox.url) as client:
        assert client.get_28hr("1", "likes").endpoints == ("28hr",)
    with (
        InsightsClient("any", base_url=sandbox.url, endpoint="analytics") as client,
        pytest.raises(ForbiddenError) as caught,
    ):
        client.get_28hr("1", "likes")
    error = caught.value
    assert (error.status, error.title, error.reason) == (403, "Client Forbidden", "client-not-enrolled")
    assert error.type == "https://api.x.com/2/problems/client-forbidden"
    assert error.registration_url == "https://developer.x.com/en/docs/projects/overview"
    assert client.rate_limit.remaining == 299
    sandbox.revoke("any")
    assert fetch(sandbox, ANALYTICS, path=PATH).status_code == 401


def test_a_revoked_token_gets_a_401_and_another_one_does_not(sandbox):
    sandbox.revoke("any")
    assert fetch(sandbox, VALID).status_code == 401
    assert fetch(sandbox, VALID, Authorization="Bearer other").status_code == 200


def test_each_token_and_endpoint_has_its_own_rate_limit():
    with Sandbox(rate_limit=1) as sandbox:
        assert fetch(sandbox, VALID).status_code == 200
        assert fetch(sandbox, VALID).status_code == 429
        assert fetch(sandbox, VALID, Authorization="Bearer other").status_code == 200
        assert fetch(sandbox, ANALYTICS, path=PATH).status_code == 200


def test_line_breaks_in_a_path_are_escaped_in_the_log(sandbox, caplog):
    with caplog.at_level("INFO", "x_insights.testing"):
        fetch(sandbox, VALID, path="/a%0aGET%20/b%1b")
    assert r"GET /a\nGET /b\x1b?" in caplog.text


def test_responses_have_the_version_of_the_api(sandbox):
    assert fetch(sandbox, VALID).headers["api-version"] == "2.167"


def test_an_exceeded_rate_limit_resets(monkeypatch):
    with Sandbox(rate_limit=2, window=600) as sandbox:
        statuses = [fetch(sandbox, VALID) for _ in range(3)]
        assert [response.status_code for response in statuses] == [200, 200, 429]
        assert [response.headers["x-rate-limit-remaining"] for response in statuses] == ["1", "0", "0"]
        later = time.time() + 600
        monkeypatch.setattr(time, "time", lambda: later)
        assert fetch(sandbox, VALID).status_code == 200


def test_latency_delays_responses():
    with Sandbox(latency=0.2) as sandbox:
        begun = time.monotonic()
        fetch(sandbox, VALID)
        assert time.monotonic() - begun >= 0.2


def test_without_its_extra_the_test_kit_names_the_missing_module(monkeypatch):
    monkeypatch.setitem(sys.modules, "openapi_core", None)
    for name in [name for name in sys.modules if name.startswith("x_insights.testing")]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(ModuleNotFoundError, match=r"openapi_core is missing: .*x-insights-28hr\[testing\]"):
        importlib.import_module("x_insights.testing")
    monkeypatch.setattr(sys, "argv", ["-m"])
    monkeypatch.setattr(sys, "orig_argv", [sys.executable, "-m", "x_insights.testing"])
    with pytest.raises(SystemExit, match=r"^x_insights\.testing: openapi_core is missing: "):
        importlib.import_module("x_insights.testing")


@pytest.mark.parametrize("endpoint", ["28hr", "analytics"])
def test_a_post_that_is_hidden_and_forbidden_is_hidden(sandbox, endpoint):
    sandbox.forbid("20")
    sandbox.hide("20")
    with InsightsClient("any", base_url=sandbox.url, endpoint=endpoint) as client:
        insights = client.get_28hr(["10", "20"], "likes")
    host = {"28hr": "api.twitter.com", "analytics": "api.x.com"}[endpoint]
    assert insights.errors == [
        {
            "message": "1 Tweet ID(s) are unavailable",
            "tweet_ids": ["20"],
            "type": f"https://{host}/2/problems/resource-not-found",
            "status": None,
        }
    ]


@pytest.mark.parametrize(
    ("make", "name", "title"),
    [
        ("hide", "resource-not-found", "Not Found Error"),
        ("forbid", "not-authorized-for-resource", "Authorization Error"),
    ],
)
def test_the_problem_of_a_post_has_all_members_that_x_sends(sandbox, make, name, title):
    getattr(sandbox, make)("20")
    query = (
        "ids=20&start_time=2026-11-21T00:00:00Z&end_time=2026-11-22T00:00:00Z&granularity=total&analytics.fields=likes"
    )
    headers = {"Authorization": "Bearer any"}
    body = httpx.get(f"{sandbox.url}/2/tweets/analytics?{query}", headers=headers, trust_env=False).json()
    (problem,) = body["errors"]
    assert problem.pop("detail")
    assert problem == {
        "title": title,
        "type": f"https://api.x.com/2/problems/{name}",
        "parameter": "ids",
        "resource_type": "tweet",
        "resource_id": "20",
        "value": "20",
    }
