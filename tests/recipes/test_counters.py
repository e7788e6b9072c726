"""Without access: the recipe stores lifetime counters, and its figures are the differences of two readings."""

from __future__ import annotations

import contextlib
import importlib
import itertools
import json
import sqlite3
import sys

import httpx
import pytest
from documents import find_example
from werkzeug import Response

HOUR = 3600
NOW = 1_795_000_000
OLD, YOUNG = "20", str(((NOW - HOUR) * 1000 - 1288834974657) << 22)  # the second was written an hour ago


class X:
    """`GET /2/tweets`: it responds with the counters of the Posts in `posts`, and leaves out any other Post."""

    def __init__(self, httpserver):
        self.now, self.posts, self.requests = NOW, {}, []
        self.url = httpserver.url_for("").rstrip("/")
        httpserver.expect_request("/2/tweets", method="GET").respond_with_handler(self.respond)

    def time(self):
        return self.now

    def respond(self, request):
        self.requests.append(request)
        tweet_ids = request.args["ids"].split(",")
        assert len(tweet_ids) <= 100
        groups = request.args["tweet.fields"].split(",")
        data = [
            {"id": tweet_id, **{group: self.posts[tweet_id][group] for group in groups}}
            for tweet_id in tweet_ids
            if tweet_id in self.posts
        ]
        return Response(json.dumps({"data": data} if data else {"errors": [{}]}), content_type="application/json")

    def set_likes(self, likes, tweet_id=OLD):
        self.posts[tweet_id] = {"public_metrics": {"like_count": likes}}


@pytest.fixture
def x(httpserver):
    return X(httpserver)


@pytest.fixture
def counters(x, tmp_path, monkeypatch):
    """The module of the recipe, with the clock of `x`."""
    (tmp_path / "counters.py").write_text(find_example("# counters.py"))
    monkeypatch.syspath_prepend(tmp_path)
    module = importlib.import_module("counters")
    monkeypatch.setattr(module, "time", x)
    yield module
    del sys.modules["counters"]


@pytest.fixture
def read(x, counters):
    """A function that reads counters at a time. Its `compare` returns the change of the likes in a period."""
    with contextlib.closing(sqlite3.connect(":memory:")) as database, httpx.Client(base_url=x.url) as http_client:

        def read(moment, *tweet_ids, **options):
            x.now = moment
            return counters.read_counters(database, http_client, tweet_ids or (OLD,), **options)

        read.compare = lambda tweet_id, start, end: counters.compare_counters(database, tweet_id, start, end)
        read.compare_likes = lambda start, end: read.compare(OLD, start, end)["Likes"]
        yield read


def test_adjoining_periods_add_up_and_counters_can_fall(x, read):
    for hour, likes in enumerate((100, 130, 90, 0, 7)):
        x.set_likes(likes)
        read(NOW + hour * HOUR + 60 * hour)  # readings are late, and later each time
    times = [NOW, NOW + 1.5 * HOUR, NOW + 2.5 * HOUR, NOW + 5 * HOUR]
    changes = [read.compare_likes(start, end) for start, end in itertools.pairwise(times)]
    assert changes == [30, -40, -83]
    assert read.compare_likes(times[0], times[-1]) == sum(changes) == -93


def test_a_young_post_needs_no_reading_before_the_period(x, read):
    x.set_likes(5, YOUNG)
    read(NOW, YOUNG)
    assert read.compare(YOUNG, NOW - 28 * HOUR, NOW)["Likes"] == 5
    assert read.compare(YOUNG, NOW - HOUR / 2, NOW)["Likes"] is None


def test_an_absent_post_is_named_and_has_no_figures(x, read):
    tweet_ids = [str(number) for number in range(1, 251)]
    for tweet_id in tweet_ids:
        x.set_likes(int(tweet_id), tweet_id)
    assert read(NOW, *tweet_ids) == []
    del x.posts["7"], x.posts["250"]
    assert read(NOW + HOUR, *tweet_ids) == ["7", "250"]
    assert [len(request.args["ids"].split(",")) for request in x.requests] == [100, 100, 50] * 2
    x.posts.clear()
    assert read(NOW + 3 * HOUR, "7", "8") == ["7", "8"]
    assert set(read.compare("7", NOW, NOW + 3 * HOUR).values()) == {None}
    assert read.compare("8", NOW, NOW + 3 * HOUR)["Likes"] == 0


@pytest.mark.parametrize(
    ("start", "end", "likes"), [(0, 28, 30), (2, 28, 30), (2.1, 28, None), (-0.1, 28, None), (0, 30.1, None)]
)
def test_a_missing_or_stale_reading_is_not_zero(x, read, start, end, likes):
    x.set_likes(100)
    read(NOW)
    x.set_likes(130)
    read(NOW + 28 * HOUR)
    assert read.compare_likes(NOW + start * HOUR, NOW + end * HOUR) == likes


@pytest.mark.parametrize("name", ["retweet_count", "repost_count"])
def test_both_names_of_reposts_and_private_counters_are_read(x, read, name):
    own = {"engagements": 9, "impression_count": 50}
    x.posts[YOUNG] = {"public_metrics": {name: 3, "impression_count": 50, "new_count": 1}, "non_public_metrics": own}
    read(NOW, YOUNG, fields="public_metrics,non_public_metrics")
    changes = read.compare(YOUNG, NOW - 28 * HOUR, NOW)
    known = {metric: change for metric, change in changes.items() if change is not None}
    assert known == {"Impressions": 50, "Retweets": 3, "Engagements": 9}


def test_the_program_prints_the_changes_of_28_hours(x, counters, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("X_ACCESS_TOKEN", "SECRET-0123456789")
    program = find_example("# read_counters.py").replace("https://api.x.com", x.url).replace("import time\n", "")
    for x.now, likes in ((NOW, 100), (NOW + 28 * HOUR, 130)):
        x.set_likes(likes)
        names = {"time": x}
        exec(compile(program, "read_counters.py", "exec"), names)
    assert names["changes"][OLD]["Likes"] == 30
    assert set(names["changes"]["1346889436626259968"].values()) == {None}
    assert capsys.readouterr().out.endswith("not in the response: ['1346889436626259968']\n")
    assert {request.headers["Authorization"] for request in x.requests} == {"Bearer SECRET-0123456789"}
