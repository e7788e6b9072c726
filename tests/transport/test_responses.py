"""Bodies that are not what they should be, or only in part.

With a success status, such a body is a ResponseError. With an error status, the error is still that of the status.
"""

from __future__ import annotations

import gzip
import json
import re

import pytest
from bodies import build_body, build_measurement
from helpers import assert_plain, get_sync

from x_insights import ApiError, ResponseError, ServerError

DEEP = b"[" * 10_000 + b"]" * 10_000


def total(metrics):
    return build_measurement([("1", metrics)])


@pytest.fixture
def answer_any(httpserver):
    """Set the response to every request to either endpoint. Returns the server's address."""

    def set_response(content, status=200):
        httpserver.clear()
        httpserver.expect_request(re.compile("/2/")).respond_with_json(content, status)
        return httpserver.url_for("").rstrip("/")

    return set_response


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"null", "object"),
        (b"[]", "object"),
        (b'"text"', "object"),
        (b"1", "object"),
        (b'{"data": nope}', "malformed"),
        (b" <!DOCTYPE html>", "is HTML, not JSON: it is from a proxy or a login page"),
        (b'{"data": null}', "$.data"),
        (b'{"data": [null]}', "$.data[0]"),
        (b'{"data": "' + b"\xff" + b'"}', "$.data"),
        (b'{"data": [{"errors": [{"error": "\xff"}]}]}', "utf-8"),
        ({"data": [{"measurement": {"metrics_total": [{"tweet_id": 5}]}}]}, "metrics_total[0].tweet_id"),
        ({"data": [{"measurement": {"metrics_total": [{"value": []}]}}]}, "tweet_id"),
        ({"data": [{"measurement": {"metrics_time_series": [{"tweet_id": "5"}]}}]}, "value"),
        pytest.param(b'{"data": ' + DEEP + b"}", "$.data[0]", id="deep data"),
        pytest.param(b'{"new": ' + DEEP + b"}", "deep", id="deep"),
        pytest.param(gzip.compress(b"{}" * 500)[:20], "malformed", id="gzip"),
    ],
)
def test_body_that_is_not_a_page_is_a_response_error(fetch_failing, httpserver, content, words):
    error = fetch_failing(content)
    assert type(error) is ResponseError
    assert words in str(error)
    sent = content if isinstance(content, bytes) else json.dumps(content).encode()
    assert error.body == sent.decode(errors="replace")[:500]
    assert not error.retryable
    assert len(httpserver.log) == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            {"data": [{"measurement": {"metrics_total": [{"tweet_id": "1", "value": None}]}}]},
            "the body of the 200 response does not match X's document: Expected `array`, got `null`"
            " - at `$.data[0].measurement.metrics_total[0].value`",
        ),
        pytest.param(b'{"new": ' + DEEP + b"}", "the body of the 200 response is nested too deeply", id="deep"),
    ],
)
def test_message_of_a_response_error_names_the_place(fetch_failing, content, message):
    assert str(fetch_failing(content)) == message


@pytest.mark.parametrize("endpoint", ["28hr", "analytics"])
def test_number_of_errors_in_a_body_is_bounded(answer_any, endpoint):
    assert len(get_sync(answer_any({"errors": [{}] * 10_000}), "1", "likes", endpoint=endpoint).errors) == 10_000
    with pytest.raises(ResponseError, match=r"length <= 10000 - at `\$\.errors`"):
        get_sync(answer_any({"errors": [{}] * 10_001}), "1", "likes", endpoint=endpoint)


@pytest.mark.parametrize("value", ["x", "", "nan", "inf", "-Infinity", True, [], {}, 2**63, -(2**63) - 1, 10**400])
def test_value_that_is_not_a_number_is_a_response_error(fetch_failing, value):
    error = fetch_failing({"data": [total({"Likes": value})]})
    assert type(error) is ResponseError
    assert "metrics_total[0].value[0].metric_value" in str(error) or value == 10**400


@pytest.mark.parametrize("place", ["next to `id`", "in a bucket"])
def test_number_of_metrics_in_one_place_is_bounded(answer_any, place):
    metrics = {f"metric_{number}": number for number in range(1001)}
    metrics = metrics if place == "next to `id`" else {"timestamped_metrics": [{"metrics": metrics}]}
    with pytest.raises(ResponseError, match="length <= 1000"):
        get_sync(answer_any({"data": [{"id": "1", **metrics}]}), "1", "likes", endpoint="analytics")


@pytest.mark.parametrize("status", [204, 205])
def test_success_without_a_body_is_a_response_error(fetch_failing, status):
    error = fetch_failing(b"", status)
    assert type(error) is ResponseError
    assert str(error).startswith(f"the body of the {status} response ")
    assert error.body == ""


@pytest.mark.parametrize("status", [200, 400])
def test_body_of_an_error_is_truncated_to_500_characters(fetch_failing, status):
    assert fetch_failing("é".encode() * 9000, status).body == "é" * 500


@pytest.mark.parametrize(
    "content",
    [b"[]", b'"text"', b"null", b"12345678901234567890123", b'{"errors": 5}', b'{"errors": [5]}', b'{"title": 5}'],
)
def test_body_that_is_not_a_problem_adds_no_title(fetch_failing, content):
    error = fetch_failing(content, 400)
    assert type(error) is ApiError
    assert (error.title, str(error)) == (None, "X responded with 400: Bad Request")
    assert error.body == content.decode()


@pytest.mark.parametrize(
    ("content", "kept"),
    [
        ('{"a": {"a": {"a": {"a": {"a": {"a": 1}}}}}}', {"a": {"a": {"a": {"a": {"a": {"a": 1}}}}}}),
        ('{"a": {"a": {"a": {"a": {"a": {"a": {"a": 1}}}}}}}', {"a": {"a": {"a": {"a": {"a": {"a": {}}}}}}}),
        ('{"a": [[[[[1]]]]]}', {"a": [[[[[1]]]]]}),
        ('{"a": [[[[[[1]]]]]]}', {"a": [[[[[[]]]]]]}),
    ],
)
def test_problem_keeps_six_levels(fetch_failing, content, kept):
    assert fetch_failing(content, 400).problems == (kept,)


def test_deeply_nested_body_is_still_an_api_error(fetch_failing):
    error = fetch_failing(b'{"title": "t", "deep": ' + b'[{"a":' * 300 + b"1" + b"}]" * 300 + b"}", 400)
    assert error.title == "t"
    error = fetch_failing(DEEP, 400)
    assert (type(error), error.title, error.problems) == (ApiError, None, ())


@pytest.mark.parametrize("endpoint", ["28hr", "analytics"])
@pytest.mark.parametrize("status", [200, 201, 202, 206])
@pytest.mark.parametrize("content", [{"code": 88, "message": "Rate limit exceeded"}, {"title": "Gone", "status": 410}])
def test_body_of_an_error_with_a_success_status_is_a_response_error(answer_any, endpoint, status, content):
    with pytest.raises(ResponseError, match="neither `data` nor `errors`") as caught:
        get_sync(answer_any(content, status), [1, 2], "likes", endpoint=endpoint)
    assert json.loads(caught.value.body) == content
    assert caught.value.pending == ("1", "2")
    assert_plain(caught.value)


@pytest.mark.parametrize("endpoint", ["28hr", "analytics"])
@pytest.mark.parametrize("content", [{}, {"data": []}, {"errors": []}, {"data": [], "meta": {}}])
def test_body_that_measures_nothing_leaves_the_posts_missing(answer_any, endpoint, content):
    assert get_sync(answer_any(content), [1, 2], "likes", endpoint=endpoint).missing == ["1", "2"]


@pytest.mark.parametrize("endpoint", ["28hr", "analytics"])
@pytest.mark.parametrize(
    ("error", "message"),
    [
        ({"code": 89, "message": "Invalid or expired token."}, "Invalid or expired token."),
        ({"code": 89, "message": 5}, ""),
        ({"message": "old", "title": "new"}, "new"),
    ],
)
def test_legacy_error_in_a_success_keeps_its_message(answer_any, endpoint, error, message):
    insights = get_sync(answer_any({"errors": [error]}), "1", "likes", endpoint=endpoint)
    assert insights.errors == [{"message": message, "tweet_ids": [], "type": None, "status": None}]


OTHER_POST = {
    "28hr": [total({"Likes": 7})],
    "analytics": [{"id": "1", "likes": 7}],
}


@pytest.mark.parametrize("endpoint", OTHER_POST)
def test_body_that_measures_other_posts_only_is_a_response_error(answer_any, endpoint):
    url = answer_any({"data": OTHER_POST[endpoint]})
    with pytest.raises(ResponseError, match="measures other Posts") as caught:
        get_sync(url, [2, 3], "likes", endpoint=endpoint)
    assert caught.value.pending == ("2", "3")
    assert set(get_sync(url, [1, 2], "likes", endpoint=endpoint)) == {"1"}


def test_body_that_measures_a_thousand_other_posts_is_a_response_error(answer_any):
    totals = [(str(number), {}) for number in range(1, 1002)]
    assert len(get_sync(answer_any(build_body(totals[:1000])), "1", "likes")) == 1000
    with pytest.raises(ResponseError, match="measures 1,001 Posts"):
        get_sync(answer_any(build_body(totals)), "1", "likes")


SERIES_OF_OTHER_POST = {
    "28hr": [
        {"measurement": {"metrics_time_series": [{"tweet_id": "1", "value": {"timestamp": {"iso8601_time": "t"}}}]}}
    ],
    "analytics": [{"id": "1", "timestamped_metrics": [{"timestamp": "t", "metrics": {"likes": 7}}]}],
}


@pytest.mark.parametrize("endpoint", SERIES_OF_OTHER_POST)
def test_series_of_other_posts_only_is_a_response_error(answer_any, endpoint):
    url = answer_any({"data": SERIES_OF_OTHER_POST[endpoint]})
    with pytest.raises(ResponseError, match="measures other Posts"):
        get_sync(url, "2", "likes", "Hourly", endpoint=endpoint)


@pytest.mark.parametrize(
    ("values", "value"), [([5, None], 5), ([None, 5], 5), ([5, 6], 6), ([5, None, 6, None], 6), ([None, None], None)]
)
@pytest.mark.parametrize("names", [("Likes",), ("Likes", "likes", "LIKES", "li_kes")])
def test_value_of_a_metric_that_comes_twice_replaces_null(answer_any, values, value, names):
    names = [names[position % len(names)] for position in range(len(values))]
    pairs = list(zip(names, values, strict=True))
    assert get_sync(answer_any({"data": [total(pairs)]}), "1", "likes")["1"]["totals"] == {"Likes": value}
    if len(set(names)) == len(names):
        bucket = {"timestamp": "t", "metrics": dict(zip(names, values, strict=True))}
        url = answer_any({"data": [{"id": "1", "timestamped_metrics": [bucket]}]})
        series = get_sync(url, "1", "likes", "Hourly", endpoint="analytics")["1"]["series"]
        assert series == [{"time": "t", "metrics": {"Likes": value}}]


@pytest.mark.parametrize("status", [201, 299])  # Python's list of statuses does not have 299
def test_every_2xx_is_a_success(answer, status):
    assert get_sync(answer(b"{}", status), "1", "likes").missing == ["1"]


def test_encoded_body_is_decoded(answer):
    content = gzip.compress(json.dumps({"data": [total({"Likes": 7})]}).encode())
    assert get_sync(answer(content, headers={"Content-Encoding": "gzip"}), "1", "likes")["1"]["totals"] == {"Likes": 7}


@pytest.mark.parametrize(("status", "error_class"), [(200, ResponseError), (503, ServerError)])
@pytest.mark.parametrize(
    ("content", "body"),
    [
        pytest.param(b"not gzip", "not gzip", id="not gzip"),
        pytest.param(gzip.compress(b"{}" * 5000)[:-12], "{}" * 250, id="truncated"),
    ],
)
def test_broken_content_encoding_is_the_error_of_the_status(fetch_failing, status, error_class, content, body):
    error = fetch_failing(content, status, {"Content-Encoding": "gzip"})
    assert type(error) is error_class
    assert error.body == body


def test_body_without_the_encoding_of_its_header_is_read_as_it_is(fetch_failing):
    error = fetch_failing({"title": "Not Found"}, 404, {"Content-Encoding": "gzip"})
    assert type(error) is ApiError
    assert error.title == "Not Found"


@pytest.fixture
def serve_in_chunks(serve_connections):
    """A function that starts a server, which responds in HTTP chunks of ten bytes, and returns its address."""

    def serve(content, status=200):
        body = json.dumps(content).encode()
        parts = [body[start : start + 10] for start in range(0, len(body), 10)]

        def treat(connection):
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 %d Any\r\nTransfer-Encoding: chunked\r\n\r\n" % status)
            for part in (*parts, b""):
                connection.sendall(b"%x\r\n%b\r\n" % (len(part), part))

        return f"http://{serve_connections(treat)}"

    return serve


def test_page_in_several_chunks_is_joined(get, serve_in_chunks):
    url = serve_in_chunks({"data": [total({"Likes": 7})]})
    assert get(url, "1", "likes")["1"]["totals"] == {"Likes": 7}


@pytest.mark.parametrize(("status", "error_class"), [(400, ApiError), (200, ResponseError)])
def test_error_body_in_several_chunks_is_joined(get, serve_in_chunks, status, error_class):
    content = {"title": "Invalid Request", "data": "not a list"}
    with pytest.raises(error_class) as caught:
        get(serve_in_chunks(content, status), "1", "likes")
    assert json.loads(caught.value.body) == content
    assert_plain(caught.value)


@pytest.fixture
def partly_answered(answer):
    content = {
        "data": [
            total({"Likes": 7}),
            {"errors": [{"error": "Forbidden to access tweets: 2", "tweets": ["2"]}]},
        ],
        "errors": [{"title": "Not Found Error", "detail": "1 Tweet ID(s) are unavailable", "resource_id": "3"}],
    }
    return get_sync(answer(json.dumps(content)), [1, 2, 3], "likes")


def test_raise_for_errors_describes_the_partial_errors(partly_answered):
    with pytest.raises(ApiError) as caught:
        partly_answered.raise_for_errors()
    error = caught.value
    assert type(error) is ApiError
    assert str(error) == "X responded only in part: Forbidden to access tweets: 2; 1 Tweet ID(s) are unavailable"
    assert (error.status, error.body) == (200, "")
    assert error.problems == tuple(partly_answered.errors)
    assert [problem["tweet_ids"] for problem in error.problems] == [["2"], ["3"]]
    assert error.partial is partly_answered
    assert (error.pending, error.retryable) == ((), False)
