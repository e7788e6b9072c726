"""Results: X's responses in each shape, as dictionaries and as rows."""

from __future__ import annotations

import copy
import json
import pickle
import re
from datetime import UTC, datetime, timedelta

import pytest
from bodies import build_bucket, build_measurement
from helpers import get_sync

from x_insights import ALL_METRICS, ApiError, ResponseError

ID, OTHER = "1346889436626259968", "20"
SOURCE = {"endpoints": ["28hr"], "period": None, "unavailable": []}


def total(tweet_id, **metrics):
    return build_measurement([(tweet_id, metrics)])


def bucket(tweet_id, time, **metrics):
    return build_bucket(tweet_id, time, metrics)


@pytest.fixture
def fetch(answer):
    """A function that calls a client against a server that sends this content, and returns the insights."""

    def get_insights(content, tweet_ids=(ID, OTHER)):
        return get_sync(answer(json.dumps(content)), tweet_ids, ALL_METRICS)

    return get_insights


def test_totals_become_dictionaries_and_rows(fetch):
    insights = fetch({"data": [total(OTHER, Impressions=7), total(ID, Impressions=123, Likes=0)]})
    assert insights.to_dict() == {
        "tweets": {
            ID: {"totals": {"Impressions": 123, "Likes": 0}, "series": []},
            OTHER: {"totals": {"Impressions": 7}, "series": []},
        },
        "errors": [],
        "missing": [],
        **SOURCE,
    }
    assert list(insights.to_dict()["tweets"]) == [ID, OTHER]  # in the order of the call, not of the response
    assert insights.to_rows() == [
        {"tweet_id": ID, "time": None, "metric": "Impressions", "value": 123},
        {"tweet_id": ID, "time": None, "metric": "Likes", "value": 0},
        {"tweet_id": OTHER, "time": None, "metric": "Impressions", "value": 7},
    ]


@pytest.mark.parametrize("count", [28, 29])
def test_series_become_dictionaries_and_rows(fetch, count):
    start = datetime(2026, 11, 21, 12, tzinfo=UTC)
    moments = [start + timedelta(hours=hour) for hour in range(count)]
    times = [f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in moments]
    items = [bucket(ID, time, Impressions=hour) for hour, time in enumerate(times)]
    insights = fetch({"data": [{"measurement": {"metrics_time_series": items}}]}, [ID])
    assert insights.to_dict() == {
        "tweets": {
            ID: {
                "totals": {},
                "series": [{"time": time, "metrics": {"Impressions": hour}} for hour, time in enumerate(times)],
            }
        },
        "errors": [],
        "missing": [],
        **SOURCE,
    }
    assert insights.to_rows() == [
        {"tweet_id": ID, "time": moment, "metric": "Impressions", "value": hour} for hour, moment in enumerate(moments)
    ]


def test_items_of_the_same_post_are_merged(fetch):
    series = [
        {"measurement": {"metrics_time_series": [bucket(ID, "2026-11-22T10:00:00Z", Likes=1)]}},
        {"measurement": {"metrics_time_series": [bucket(ID, "2026-11-22T11:00:00Z", Likes=2)]}},
        {"measurement": {"metrics_time_series": [bucket(ID, "2026-11-22T10:00:00Z", Replies=3)]}},
    ]
    insights = fetch({"data": [total(ID, Likes=3), *series, total(ID, Replies=3), {}]})
    assert insights.to_dict()["tweets"] == {
        ID: {
            "totals": {"Likes": 3, "Replies": 3},
            "series": [
                {"time": "2026-11-22T10:00:00Z", "metrics": {"Likes": 1, "Replies": 3}},
                {"time": "2026-11-22T11:00:00Z", "metrics": {"Likes": 2}},
            ],
        }
    }


@pytest.mark.parametrize("values", [(5, None), (None, 5)])
def test_a_null_does_not_replace_a_number_of_another_item(fetch, values):
    insights = fetch({"data": [total(ID, Likes=value, Replies=None) for value in values]})
    assert insights[ID]["totals"] == {"Likes": 5, "Replies": None}


@pytest.mark.parametrize(
    ("sent", "spelling"),
    [
        ("UrlClicks", "UrlClicks"),
        ("urlclicks", "UrlClicks"),
        ("url_clicks", "UrlClicks"),
        ("URL_CLICKS", "UrlClicks"),
        ("VIDEO_PLAYED_25_PERCENT", "VideoPlayed25Percent"),
        ("BookmarksOfTomorrow", "BookmarksOfTomorrow"),
        ("url-clicks", "url-clicks"),
    ],
)
def test_metric_names_get_the_spelling_of_the_spec_if_they_match(fetch, sent, spelling):
    assert fetch({"data": [total(ID, **{sent: 1})]})[ID]["totals"] == {spelling: 1}


@pytest.mark.parametrize(
    ("sent", "value"),
    [(5, 5), ("5", 5), ("-5", -5), (1.5, 1.5), ("1.5", 1.5), (None, None), (0, 0), (2**62, 2**62)],
)
def test_values_become_numbers_or_none(fetch, sent, value):
    insights = fetch({"data": [total(ID, Likes=sent)]})
    (row,) = insights.to_rows()
    assert row["value"] == insights[ID]["totals"]["Likes"] == value
    assert type(row["value"]) is type(value)


def test_partial_errors_of_both_kinds_are_joined(fetch):
    content = {
        "data": [
            total(ID, Likes=1),
            {"errors": [{"error": "Forbidden to access tweets: 1, 2", "tweets": ["1", "2"]}]},
            {"errors": [{"error": "1 Tweet ID(s) are unavailable"}, {"tweets": ["3"]}]},
        ],
        "errors": [
            {
                "title": "Not Found Error",
                "detail": "Could not find it.",
                "type": "t",
                "status": 404,
                "resource_id": "4",
            },
            {"title": "Invalid", "type": "about:blank", "value": 5},
            {"title": "Field", "type": "about:blank", "value": ["6"], "resource_id": None},
            {},
        ],
    }
    insights = fetch(content, [ID, 1, 2, 3, 4, 5, 6])
    assert insights.to_dict()["errors"] == [
        {"message": "Forbidden to access tweets: 1, 2", "tweet_ids": ["1", "2"], "type": None, "status": None},
        {"message": "1 Tweet ID(s) are unavailable", "tweet_ids": [], "type": None, "status": None},
        {"message": "", "tweet_ids": ["3"], "type": None, "status": None},
        {"message": "Could not find it.", "tweet_ids": ["4"], "type": "t", "status": 404},
        {"message": "Invalid", "tweet_ids": ["5"], "type": "about:blank", "status": None},
        {"message": "Field", "tweet_ids": [], "type": "about:blank", "status": None},
        {"message": "", "tweet_ids": [], "type": None, "status": None},
    ]
    assert insights.errors == insights.to_dict()["errors"]
    assert insights.missing == insights.to_dict()["missing"] == ["6"]


@pytest.mark.parametrize("content", [{}, {"data": []}, {"data": [{}]}, {"data": [{"measurement": {}}], "errors": []}])
def test_an_empty_response_leaves_all_ids_missing(fetch, content):
    insights = fetch(content)
    assert insights.to_dict() == {"tweets": {}, "errors": [], "missing": [ID, OTHER], **SOURCE}
    assert insights.to_rows() == []
    assert len(insights) == 0


def test_unknown_members_are_ignored_and_unrequested_ids_are_kept(fetch):
    item = total("99", Likes=1)
    item["measurement"]["metrics_total"][0]["new"] = [1]
    insights = fetch({"data": [item, total(ID, Likes=2)], "meta": {"result_count": 1}})
    assert list(insights) == [ID, "99"]


def test_insights_are_a_mapping_from_id(fetch):
    insights = fetch({"data": [total(OTHER, Likes=1)]})
    assert insights[OTHER] == insights[20] == {"totals": {"Likes": 1}, "series": []}
    assert OTHER in insights
    assert ID not in insights
    assert insights.get(20) == insights.get("20", 5) == insights["20"]
    assert insights.get(ID) is None
    assert insights.get(int(ID), 5) == 5
    assert dict(insights) == insights.to_dict()["tweets"]
    assert "1 Post, 0 errors, 1 missing" in repr(insights)


def test_notebooks_show_a_table_of_the_first_20_posts(fetch):
    series = build_measurement((), [("1", "<t>", {"Likes": 1234, "<b>": None})])
    content = {"data": [series, *(total(str(number), Impressions=number) for number in range(1, 30))]}
    html = fetch(content, range(1, 30))._repr_html_()
    assert html.startswith("<table><caption>Insights of 29 Posts, 0 errors, 0 missing</caption>")
    lines = re.findall("<tr>(.*?)</tr>", html)
    assert [re.findall("<t[hd]>(.*?)</t[hd]>", line) for line in lines[:4]] == [
        ["Post", "Time", "Impressions", "Likes", "&lt;b&gt;"],
        ["1", "", "1", "", ""],
        ["1", "&lt;t&gt;", "", "1,234", ""],
        ["2", "", "2", "", ""],
    ]
    assert len(lines) == 1 + 1 + 20


def test_returned_dictionaries_and_errors_are_copies(fetch):
    content = {
        "data": [total(ID, Likes=1), build_measurement((), [(ID, "t", {"Likes": 1})])],
        "errors": [{"title": "t", "type": "about:blank"}],
    }
    insights = fetch(content)
    before = copy.deepcopy(insights.to_dict())
    handed_out = insights.to_dict()
    handed_out["tweets"][ID]["totals"]["Likes"] = 9
    handed_out["errors"][0]["tweet_ids"].append(ID)
    handed_out["missing"].clear()
    handed_out["endpoints"].clear()
    insights[ID]["totals"]["Likes"] = insights.get(ID)["series"][0]["metrics"]["Likes"] = 9
    insights[ID]["series"].clear()
    next(iter(insights.values())).clear()
    insights.errors[0]["tweet_ids"].append(ID)
    insights.errors[0]["message"] = "changed"
    insights.errors.clear()
    insights.missing.clear()
    assert insights.to_dict() == before
    assert dict(insights) == before["tweets"]


def test_insights_are_equal_if_metrics_errors_and_missing_ids_are(fetch):
    problem = {"title": "t", "type": "about:blank", "value": OTHER}
    contents = ([total(ID, Likes=1)], []), ([total(ID, Likes=2)], []), ([total(ID, Likes=1)], [problem])
    results = [fetch({"data": data, "errors": errors}, ids) for data, errors in contents for ids in ([ID], [ID, OTHER])]
    assert all((first == second) == (first is second) for first in results for second in results)
    assert results[0] == fetch({"data": [total(ID, Likes=1)]}, [ID])
    assert results[0] != dict(results[0])


def test_insights_can_be_pickled_copied_and_compared(fetch):
    content = {"data": [total(ID, Likes=1)], "errors": [{"title": "t", "type": "x", "value": [[1]]}]}
    insights = fetch(content)
    assert pickle.loads(pickle.dumps(insights)) == copy.deepcopy(insights) == insights
    assert insights != fetch({})
    assert insights != 1


def test_insights_can_be_joined(fetch):
    first = fetch({"data": [total(ID, Likes=1)]}, [ID])
    second = fetch({"data": [total(OTHER, Likes=2)]}, [OTHER, "7"])
    both = first | second
    assert both == fetch({"data": [total(OTHER, Likes=2), total(ID, Likes=1)]}, [ID, OTHER, "7"])
    assert both.missing == ["7"]
    assert both.tweet_ids == (ID, OTHER, "7")
    assert (second | first | second).tweet_ids == (OTHER, "7", ID)
    assert list(second | first) == [OTHER, ID]
    with pytest.raises(TypeError):
        first | {}


def test_raise_for_errors_raises_only_for_partial_errors(fetch):
    fine = fetch({"data": [total(ID, Likes=1)]})
    assert fine.raise_for_errors() is fine
    partly = fetch({"data": [total(ID, Likes=1), {"errors": [{"error": "Forbidden", "tweets": [OTHER]}]}]})
    with pytest.raises(ApiError, match="Forbidden") as caught:
        partly.raise_for_errors()
    error = caught.value
    assert str(error) == "X responded only in part: Forbidden"
    assert error.partial is partly
    assert (error.status, error.body, error.pending) == (200, "", ())
    assert error.problems == tuple(partly.errors)


@pytest.mark.parametrize(
    ("sent", "moment"),
    [
        ("2026-11-22T12:00:00Z", datetime(2026, 11, 22, 12, tzinfo=UTC)),
        ("2026-11-22T12:00:00.000Z", datetime(2026, 11, 22, 12, tzinfo=UTC)),
        ("2026-11-22T14:00:00+02:00", datetime(2026, 11, 22, 12, tzinfo=UTC)),
        ("2026-11-22T12:00:00", datetime(2026, 11, 22, 12, tzinfo=UTC)),
    ],
)
def test_times_of_rows_are_in_utc(fetch, sent, moment):
    insights = fetch({"data": [{"measurement": {"metrics_time_series": [bucket(ID, sent, Likes=1)]}}]})
    assert insights[ID]["series"][0]["time"] == sent
    (row,) = insights.to_rows()
    assert row["time"] == moment
    assert row["time"].tzinfo is UTC


@pytest.mark.parametrize("sent", ["soon", "", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00+14:00"])
def test_a_time_that_is_not_iso_8601_fails_in_rows_only(fetch, sent):
    insights = fetch({"data": [{"measurement": {"metrics_time_series": [bucket(ID, sent, Likes=1)]}}]})
    assert insights[ID]["series"][0]["time"] == sent
    with pytest.raises(ResponseError, match="to_dict"):
        insights.to_rows()
