"""What is refused before anything is sent, and how the refusal reads."""

from __future__ import annotations

import enum
import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from x_insights import (
    ALL_METRICS,
    VIDEO_METRICS,
    AsyncInsightsClient,
    Granularity,
    InsightsClient,
    InvalidRequestError,
    Metric,
    XInsightsError,
)
from x_insights._ids import checked_ids
from x_insights._metrics import checked_metrics


@pytest.fixture
def client(sandbox):
    with InsightsClient("any-token", base_url=sandbox.url) as client:
        yield client


def refusal(call, *args, **kwargs):
    with pytest.raises(InvalidRequestError) as caught:
        call(*args, **kwargs)
    assert isinstance(caught.value, ValueError)
    assert caught.value.partial is None
    assert not caught.value.retryable
    return str(caught.value)


@pytest.mark.parametrize(
    ("tweet_ids", "place", "value"),
    [
        ([], "tweet_ids", "empty"),
        ((), "tweet_ids", "empty"),
        (["1", "abc"], "tweet_ids[1]", "'abc'"),
        ("abc", "tweet_ids", "'abc'"),
        (["12 "], "tweet_ids[0]", "'12 '"),
        (["12\n"], "tweet_ids[0]", r"'12\n'"),
        ([""], "tweet_ids[0]", "''"),
        (["1" * 20], "tweet_ids[0]", "1" * 20),
        ([10**19], "tweet_ids[0]", str(10**19)),
        ([10**5000], "tweet_ids[0]", "int"),
        (["-1"], "tweet_ids[0]", "'-1'"),
        (["+1"], "tweet_ids[0]", "'+1'"),
        (-1, "tweet_ids", "-1"),
        (0, "tweet_ids", "0"),
        ([1, 2, True], "tweet_ids[2]", "True"),
        ([1.0], "tweet_ids[0]", "1.0"),
        (1.0, "tweet_ids", "1.0"),
        (["١٢٣"], "tweet_ids[0]", "'١٢٣'"),
        (None, "tweet_ids", "None"),
        (b"123", "tweet_ids", "b'123'"),
        ([["1"]], "tweet_ids[0]", "['1']"),
    ],
)
def test_ids_that_are_none(client, sandbox, tweet_ids, place, value):
    for call in (client.get_28hr, client.iter_28hr):
        message = refusal(call, tweet_ids, "likes")
        assert message.startswith(f"{place} is ")
        assert value in message
    assert sandbox.requests == []


def test_a_float_is_refused_for_what_it_loses(client):
    assert "loses digits" in refusal(client.get_28hr, [1.346889436626259968e18], "likes")


def test_an_enum_of_ints_is_its_number(client, sandbox):
    client.get_28hr(enum.Enum("Post", {"FIRST": 20}, type=int).FIRST, "likes")
    assert sandbox.requests[0].tweet_ids == ("20",)


@given(st.lists(st.one_of(st.from_regex("[0-9]{1,19}", fullmatch=True), st.integers(1, 10**19 - 1)), min_size=1))
def test_ids_go_out_as_text_once_and_in_order(tweet_ids):
    assert list(checked_ids(tweet_ids)) == list(dict.fromkeys(map(str, tweet_ids)))


@given(st.one_of(st.text(), st.integers(), st.floats(), st.binary(), st.booleans(), st.none(), st.lists(st.text())))
def test_whatever_is_given_as_ids_is_taken_or_refused(anything):
    with suppress(InvalidRequestError):
        assert all(re.fullmatch("[0-9]{1,19}", each) for each in checked_ids(anything))


@pytest.mark.parametrize("spelling", ["UrlClicks", "urlclicks", "url_clicks", "URL_CLICKS", Metric.URL_CLICKS])
def test_spellings_of_a_metric(client, sandbox, spelling):
    client.get_28hr("20", spelling)
    client.get_28hr("20", [spelling, "UrlClicks"])
    assert [request.metrics for request in sandbox.requests] == [("UrlClicks",)] * 2


@pytest.mark.parametrize("spelling", ["Hourly", "hourly", "HOURLY", Granularity.HOURLY])
def test_spellings_of_a_granularity(client, sandbox, spelling):
    client.get_28hr("20", "likes", spelling)
    assert sandbox.requests[0].granularity == "Hourly"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"metrics": "Impresions"}, ["metrics is 'Impresions'", "'Impressions'"]),
        ({"metrics": ["likes", "video_played_25"]}, ["metrics[1]", "'VideoPlayed25Percent'"]),
        ({"metrics": "x"}, ["metrics is 'x'", "AppOpens, ", "VideoViews"]),
        ({"metrics": []}, ["metrics is empty"]),
        ({"metrics": [7]}, ["metrics[0] is 7"]),
        ({"metrics": None}, ["metrics is None"]),
        ({"metrics": "likes", "granularity": "Hour"}, ["granularity is 'Hour'", "'Hourly'"]),
        ({"metrics": "likes", "granularity": None}, ["granularity is None", "Daily, ", "Weekly"]),
        ({"metrics": "likes", "fields": "error"}, ["fields is 'error'", "'errors'"]),
        ({"metrics": "likes", "fields": []}, ["fields is empty"]),
    ],
)
def test_names_that_x_does_not_have(client, sandbox, arguments, words):
    message = refusal(client.get_28hr, "20", **arguments)
    assert all(word in message for word in words), message
    assert sandbox.requests == []


@given(st.text())
def test_whatever_is_given_as_a_metric_is_taken_or_refused(name):
    with suppress(InvalidRequestError):
        assert checked_metrics(name)[0] in ALL_METRICS


def test_ready_made_metrics():
    assert set(ALL_METRICS) == set(Metric)
    assert {"UniqueVideoViews", "VideoCompletions", "VideoPlayed25Percent", "VideoViews"} < set(VIDEO_METRICS)
    assert all("Video" in metric for metric in VIDEO_METRICS)


@pytest.mark.parametrize("kind", [InsightsClient, AsyncInsightsClient])
@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"base_url": "http://api.x.com"}, ["base_url is 'http://api.x.com'", "https"]),
        ({"base_url": "http://127.0.0.1.example.com"}, ["base_url"]),
        ({"base_url": "http://10.0.0.1"}, ["base_url"]),
        ({"base_url": "ftp://api.x.com"}, ["base_url"]),
        ({"base_url": "api.x.com"}, ["base_url is 'api.x.com'"]),
        ({"base_url": "https://"}, ["base_url"]),
        ({"base_url": "https://user:word@api.x.com"}, ["base_url has more than a scheme, a host and a path"]),
        ({"base_url": "https://api.x.com?"}, ["base_url has more than a scheme, a host and a path"]),
        ({"base_url": "https://api.x.com?a=b"}, ["base_url has more than a scheme, a host and a path"]),
        ({"base_url": "https://a:b:c"}, ["base_url", "no URL"]),
        ({"base_url": 7}, ["base_url is 7"]),
        ({"timeout": 0}, ["timeout is 0", "seconds"]),
        ({"timeout": None}, ["timeout is None"]),
        ({"timeout": float("nan")}, ["timeout is nan"]),
        ({"timeout": True}, ["timeout is True"]),
        ({"attempts": 0}, ["attempts is 0"]),
        ({"attempts": 2.5}, ["attempts is 2.5"]),
        ({"max_wait": -1}, ["max_wait is -1"]),
        ({"max_wait": "60"}, ["max_wait is '60'"]),
        ({"http_client": "client"}, ["http_client is 'client'"]),
    ],
)
def test_options_that_cannot_be(kind, options, words):
    message = refusal(kind, "any-token", **options)
    assert all(word in message for word in words), message


def test_concurrency_that_cannot_be():
    assert "max_concurrency is 0" in refusal(AsyncInsightsClient, "any-token", max_concurrency=0)


@pytest.mark.parametrize(
    "url", ["http://localhost:1", "http://127.0.0.2:1", "http://[::1]:1", "https://example.com/x/"]
)
def test_addresses_that_may_be(url):
    with InsightsClient("any-token", base_url=url) as client:
        assert client.rate_limit is None


def test_every_refusal_is_one_of_ours():
    assert issubclass(InvalidRequestError, XInsightsError)
