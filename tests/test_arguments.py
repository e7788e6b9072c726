"""Call arguments: those that are accepted, and those that are rejected before a request is sent."""

from __future__ import annotations

import enum
import re
from contextlib import suppress
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from x_insights import (
    ALL_METRICS,
    VIDEO_METRICS,
    EndpointName,
    Granularity,
    GranularityName,
    InsightsClient,
    InvalidRequestError,
    Metric,
)
from x_insights._endpoints import ENDPOINT_CHOICES
from x_insights._query import validate_query
from x_insights._types import Fields
from x_insights._validation import create_name_parser, validate_ids
from x_insights_api.models import EngagementField


class Name(str):
    __slots__ = ()

    def __str__(self):
        return "another text"


class Integer:
    """An integer that is not an int, such as those of numpy."""

    def __init__(self, number):
        self.number = number

    def __index__(self):
        return self.number


def test_types_of_names_are_those_of_the_enums():
    enum, names = get_args(GranularityName)
    assert enum is Granularity
    assert {*get_args(names)} == {*Granularity, *(member.lower() for member in Granularity)}
    assert get_args(EndpointName) == (*ENDPOINT_CHOICES,)
    assert {*get_args(get_args(Fields)[0])} == {*EngagementField}


@pytest.fixture
def client(sandbox):
    with InsightsClient("any-token", base_url=sandbox.url) as client:
        yield client


@pytest.fixture
def reject(client, sandbox):
    """Call the client with arguments that it rejects. Returns the message."""

    def fetch(*args, **kwargs):
        for call in (client.get_28hr, client.iter_28hr):
            with pytest.raises(InvalidRequestError) as caught:
                call(*args, **kwargs)
            assert isinstance(caught.value, ValueError)
            assert caught.value.partial is None
            assert not caught.value.retryable
        assert sandbox.requests == []
        return str(caught.value)

    return fetch


@pytest.mark.parametrize(
    ("tweet_ids", "start"),
    [
        ([], "tweet_ids is empty: pass at least one"),
        ((), "tweet_ids is empty: pass at least one"),
        (["1", "abc"], "tweet_ids[1] is 'abc', which is not the ID of a Post: "),
        ("abc", "tweet_ids is 'abc', "),
        (["12 "], "tweet_ids[0] is '12 ', "),
        (["12\n"], r"tweet_ids[0] is '12\n', "),
        ([""], "tweet_ids[0] is '', "),
        (["1" * 20], f"tweet_ids[0] is '{'1' * 20}', "),
        ([10**19], f"tweet_ids[0] is {10**19}, "),
        ([10**5000], "tweet_ids[0] is a value of type int with too many digits to print, which is not "),
        (["-1"], "tweet_ids[0] is '-1', "),
        (["+1"], "tweet_ids[0] is '+1', "),
        (-1, "tweet_ids is -1, "),
        (0, "tweet_ids is 0, "),
        ("0", "tweet_ids is '0', "),
        (["1", "000"], "tweet_ids[1] is '000', "),
        (["0" * 18 + "20"], "tweet_ids[0] is '000000000000000000"),
        ([Integer(0)], "tweet_ids[0] is "),
        ([Integer(None)], "tweet_ids[0] is "),  # as an array of numpy
        ([1, 2, True], "tweet_ids[2] is True, "),
        (["١٢٣"], "tweet_ids[0] is '١٢٣', "),
        (None, "tweet_ids is None, "),
        (b"123", "tweet_ids is b'123', "),
        ([["1"]], "tweet_ids[0] is ['1'], "),
    ],
)
def test_invalid_ids_are_rejected(reject, tweet_ids, start):
    message = reject(tweet_ids, "likes")
    assert message.startswith(start)
    assert message.endswith(("an ID has 1 to 19 digits; pass a str or a positive int", "pass at least one"))


@pytest.mark.parametrize("text", ["20,21", " 20 21", "20\n21", "[20, 21]"])
def test_several_ids_in_one_text_are_rejected_with_advice(reject, text):
    message = reject([text], "likes")
    assert message == f"tweet_ids[0] is {text!r}, which is not the ID of a Post: pass several IDs as a list"


@pytest.mark.parametrize(
    "url",
    [
        "https://x.com/name/status/1346889436626259968",
        "http://mobile.twitter.com/i/web/status/1346889436626259968/photo/1",
        "x.com/name/status/1346889436626259968?s=20&t=5",
    ],
)
def test_the_url_of_a_post_is_rejected_with_its_id(reject, url):
    assert reject(url, "likes").endswith(", which is the URL of a Post: pass its ID, '1346889436626259968'")


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/name/status/5",
        "https://x.com/name",
        f"x.com/a/status/{10**19}",
        "https://x.com/a/status/20,https://x.com/a/status/21",
        "https://x.com/a/status/20x",
    ],
)
def test_another_url_is_not_the_url_of_a_post(reject, url):
    assert "URL of a Post" not in reject(url, "likes")


@pytest.mark.parametrize(
    ("tweet_ids", "place"), [([1.0], "tweet_ids[0] is 1.0"), (1.346889436626259968e18, "tweet_ids")]
)
def test_a_float_is_rejected_because_it_loses_digits(reject, tweet_ids, place):
    message = reject(tweet_ids, "likes")
    assert message.startswith(place)
    assert message.endswith(", which is not the ID of a Post: a float loses digits; pass a str or a positive int")


def test_a_member_of_an_int_enum_is_sent_as_its_number(client, sandbox):
    client.get_28hr(enum.Enum("Post", {"FIRST": 20}, type=int).FIRST, "likes")
    assert sandbox.requests[0].tweet_ids == ("20",)


@pytest.mark.parametrize(
    "tweet_ids",
    [
        ["020", 20],
        [Name("20"), Name("0020")],
        [Integer(20), 20],
        Integer(20),
    ],
)
def test_ids_in_other_forms_become_plain_text(client, sandbox, tweet_ids):
    (tweet_id,) = client.get_28hr(tweet_ids, "likes")
    assert (tweet_id, type(tweet_id)) == ("20", str)
    assert sandbox.requests[0].tweet_ids == ("20",)


digits = st.text("0123456789", min_size=1, max_size=19).filter(lambda text: text.strip("0"))


@given(st.lists(digits | st.integers(1, 10**19 - 1), min_size=1, max_size=20))
def test_ids_become_text_without_duplicates_in_order(tweet_ids):
    assert list(validate_ids(tweet_ids)) == list(dict.fromkeys(str(int(each)) for each in tweet_ids))


odd_text = st.text("0123456789abcAB _-+.\n\t\0é\u0661\u0967", max_size=22)  # two digits of other scripts
anything = odd_text | st.integers() | st.floats() | st.binary(max_size=5) | st.booleans() | st.none()


@given(anything | st.lists(anything, max_size=4))
def test_any_value_is_an_id_or_rejected(value):
    with suppress(InvalidRequestError):
        assert all(re.fullmatch("[1-9][0-9]{0,18}", tweet_id) for tweet_id in validate_ids(value))


@pytest.mark.parametrize("spelling", ["UrlClicks", "urlclicks", "url_clicks", "URL_CLICKS", Metric.URL_CLICKS])
def test_a_metric_is_accepted_in_any_spelling(client, sandbox, spelling):
    client.get_28hr("20", spelling)
    client.get_28hr("20", [spelling, "UrlClicks"])
    assert [request.metrics for request in sandbox.requests] == [("UrlClicks",)] * 2


@pytest.mark.parametrize("spelling", ["Hourly", "hourly", "HOURLY", Granularity.HOURLY])
def test_a_granularity_is_accepted_in_any_spelling(client, sandbox, spelling):
    client.get_28hr("20", "likes", spelling)
    assert sandbox.requests[0].granularity == "Hourly"


METRICS = ", ".join(ALL_METRICS)
UNKNOWN = f"is not a metric: use one of {METRICS}"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"metrics": "Impresions"},
            "metrics is 'Impresions', which is not a metric: did you mean 'Impressions'?",
        ),
        (
            {"metrics": ["likes", "video_played_25"]},
            "metrics[1] is 'video_played_25', which is not a metric: did you mean 'VideoPlayed25Percent'?",
        ),
        (
            {"metrics": "video_views_25"},
            "metrics is 'video_views_25', which is not a metric: did you mean 'VideoPlayed25Percent'?",
        ),
        (
            {"metrics": "Views"},
            "metrics is 'Views', which is not a metric: did you mean"
            " 'Impressions' or 'MediaViews' or 'UniqueVideoViews' or 'VideoViews'?",
        ),
        (
            {"metrics": "likes,impressions"},
            "metrics is 'likes,impressions', which is not a metric: pass several as a list",
        ),
        ({"metrics": "all"}, f"metrics is 'all', which is not a metric: use one of {METRICS}"),
        ({"metrics": "foo"}, f"metrics is 'foo', which is not a metric: use one of {METRICS}"),
        ({"metrics": []}, "metrics is empty: pass at least one"),
        ({"metrics": [10**5000]}, f"metrics[0] is a value of type int with too many digits to print, which {UNKNOWN}"),
        ({"metrics": [7]}, f"metrics[0] is 7, which is not a metric: use one of {METRICS}"),
        ({"metrics": None}, f"metrics is None, which is not a metric: use one of {METRICS}"),
        (
            {"granularity": "Hour"},
            "granularity is 'Hour', which is not a granularity: did you mean 'Hourly'?",
        ),
        (
            {"granularity": None},
            "granularity is None, which is not a granularity: use one of Daily, Hourly, Total, Weekly",
        ),
        ({"fields": "error"}, "fields is 'error', which is not a field: did you mean 'errors'?"),
        ({"fields": ["x"]}, "fields[0] is 'x', which is not a field: use one of errors, measurement"),
        ({"fields": []}, "fields is empty: pass at least one"),
    ],
)
def test_an_unknown_name_is_rejected_with_the_nearest_one_or_all(reject, arguments, message):
    assert reject("20", **{"metrics": "likes", **arguments}) == message


@given(odd_text | st.sampled_from([*ALL_METRICS, "like", "Impression"]))
def test_any_text_is_a_metric_or_rejected(name):
    with suppress(InvalidRequestError):
        parse_metric = create_name_parser("metric", ALL_METRICS)
        assert validate_query(parse_metric, "20", name, "Total", None).metrics[0] in ALL_METRICS


def test_the_tuples_of_metrics_are_complete():
    assert set(ALL_METRICS) == set(Metric)
    assert {"UniqueVideoViews", "VideoCompletions", "VideoPlayed25Percent", "VideoViews"} < set(VIDEO_METRICS)
    assert all("Video" in metric for metric in VIDEO_METRICS)
