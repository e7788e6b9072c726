"""What X really answers when it fails: each body that is known, and each that could be, as the error it calls for."""

from __future__ import annotations

import contextlib
import copy
import gzip
import json
import pickle
import socket
import threading
import traceback
from datetime import UTC, datetime
from functools import partial

import httpx
import pytest
from anyio.from_thread import start_blocking_portal
from conftest import TOKEN
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer
from werkzeug.wrappers import Response

from x_insights import (
    ApiError,
    AsyncInsightsClient,
    AuthenticationError,
    EndpointUnavailableError,
    ForbiddenError,
    Insights,
    InsightsClient,
    RateLimit,
    RateLimitError,
    ResponseError,
    ServerError,
    TransportError,
    UsageCapError,
    XInsightsError,
)

PROBLEMS = "https://api.twitter.com/2/problems"
UNAUTHORIZED = {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"}
TOO_MANY = {"title": "Too Many Requests", "type": "about:blank", "status": 429, "detail": "Too Many Requests"}
LEGACY_TOO_MANY = {"errors": [{"code": 88, "message": "Rate limit exceeded"}]}
USAGE_CAP = {
    "title": "UsageCapExceeded",
    "type": f"{PROBLEMS}/usage-capped",
    "period": "Monthly",
    "scope": "Product",
    "detail": "Usage cap exceeded: Monthly product cap",
    "account_id": 1234567890123456789,
}
CREDITS = {
    "title": "CreditsDepleted",
    "type": "https://api.x.com/2/problems/credits",
    "detail": "Your enrolled account does not have any credits to fulfill this request.",
    "account_id": 1234567890123456789,
}
NOT_ENROLLED = {
    "title": "Client Forbidden",
    "type": f"{PROBLEMS}/client-forbidden",
    "reason": "client-not-enrolled",
    "registration_url": "https://developer.x.com/en/docs/projects/overview",
    "detail": "When authenticating requests to the X API v2 endpoints, you must use keys from a developer App.",
}
APP_ONLY = {
    "title": "Unsupported Authentication",
    "type": f"{PROBLEMS}/unsupported-authentication",
    "status": 403,
    "detail": "Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint.",
}
LEGACY_453 = {"errors": [{"code": 453, "message": "You currently have access to a subset of X API V2 endpoints."}]}
INVALID = {
    "title": "Invalid Request",
    "type": "https://api.x.com/2/problems/invalid-request",
    "detail": "One or more parameters to your request was invalid.",
    "errors": [{"parameters": {"tweet_ids": ["abc"]}, "message": "The `tweet_ids` value [abc] is not valid"}],
}
HTML = b"<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>"

WINDOW = {"x-rate-limit-limit": "300", "x-rate-limit-remaining": "0", "x-rate-limit-reset": "1795435200"}
PLENTY = {**WINDOW, "x-rate-limit-remaining": "299"}


def body(content):
    return content if isinstance(content, bytes) else json.dumps(content).encode()


@pytest.fixture
def failure(get, answer):
    """The error that X's answer makes, once it has been shown to keep the promises of every error."""

    def failure(content=b"", status=200, headers=None, **kwargs):
        url = answer(body(content), status, headers, **kwargs)
        with pytest.raises(XInsightsError) as caught:
            get(url, [1, 2], "likes", max_wait=0)
        assert_plain(caught.value)
        assert isinstance(caught.value.partial, Insights)
        assert caught.value.pending == ("1", "2")
        return caught.value

    return failure


def assert_plain(error):
    """No request, response or token; the same again after pickle and copy."""
    assert error.__cause__ is None
    assert error.__context__ is None
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(again) is type(error)
        assert again.args == error.args
        assert vars(again) == vars(error)
    stack = traceback.TracebackException.from_exception(error, capture_locals=True).stack
    printed = "".join(
        traceback.StackSummary.from_list([each for each in stack if "/x_insights/" in each.filename]).format()
    )
    assert "_client.py" in printed
    for text in (str(error), repr(error), repr(vars(error)), printed, repr(pickle.dumps(error))):
        assert TOKEN not in text


@pytest.mark.parametrize("content_type", ["application/problem+json", "application/json", "text/html", ""])
def test_401(failure, content_type):
    error = failure(UNAUTHORIZED, 401, {"x-transaction-id": "0a1b2c"}, content_type=content_type)
    assert type(error) is AuthenticationError
    assert (error.status, error.title, error.detail, error.type) == (401, "Unauthorized", "Unauthorized", "about:blank")
    assert error.request_id == "0a1b2c"
    assert error.problems == (UNAUTHORIZED,)
    assert json.loads(error.body) == UNAUTHORIZED
    assert not error.retryable
    assert str(error) == "X answered 401: Unauthorized"


@pytest.mark.parametrize("content", [TOO_MANY, LEGACY_TOO_MANY, b""])
def test_429_of_a_window(failure, content):
    error = failure(content, 429, {**WINDOW, "Date": "Sun, 22 Nov 2026 23:59:30 GMT"})
    assert type(error) is RateLimitError
    reset = datetime.fromtimestamp(1795435200, UTC)
    assert error.rate_limit == RateLimit(300, 0, reset)
    assert error.retry_at == reset
    assert error.retry_after == reset.timestamp() - datetime(2026, 11, 22, 23, 59, 30, tzinfo=UTC).timestamp()
    assert error.retryable


def test_429_without_any_header(failure):
    error = failure(LEGACY_TOO_MANY, 429)
    assert type(error) is RateLimitError
    assert (error.rate_limit, error.retry_at, error.retry_after) == (None, None, None)
    assert error.problems == ({"code": 88, "message": "Rate limit exceeded"},)
    assert str(error) == "X answered 429: Rate limit exceeded"


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [("120", 120), ("0", 0), ("Mon, 23 Nov 2026 00:01:30 GMT", 120), ("Mon, 23 Nov 2026 00:01:30 -0000", 120)],
)
def test_429_with_retry_after(failure, retry_after, seconds):
    error = failure(TOO_MANY, 429, {**WINDOW, "Retry-After": retry_after, "Date": "Sun, 22 Nov 2026 23:59:30 GMT"})
    assert error.retry_after == seconds
    assert error.retry_at == datetime.fromtimestamp(1795391970 + seconds, UTC)


@pytest.mark.parametrize(("content", "status"), [(USAGE_CAP, 429), (CREDITS, 402), (b"", 402)])
def test_a_usage_cap(failure, httpserver, content, status):
    error = failure(content, status, PLENTY)
    assert type(error) is UsageCapError
    assert not error.retryable
    assert len(httpserver.log) == 1
    if content is USAGE_CAP:
        assert (error.period, error.scope) == ("Monthly", "Product")
    if content is CREDITS:
        assert error.problems[0]["account_id"] == 1234567890123456789


def test_403_of_an_app_that_is_not_enrolled(failure):
    error = failure(NOT_ENROLLED, 403)
    assert type(error) is ForbiddenError
    assert error.reason == "client-not-enrolled"
    assert error.registration_url == "https://developer.x.com/en/docs/projects/overview"


@pytest.mark.parametrize("content", [APP_ONLY, LEGACY_453])
def test_403(failure, content):
    error = failure(content, 403)
    assert type(error) is ForbiddenError
    assert (error.reason, error.registration_url) == (None, None)
    assert "endpoint" in str(error)


def test_400_with_nested_errors(failure):
    error = failure(INVALID, 400)
    assert type(error) is ApiError
    assert error.problems == tuple(INVALID["errors"])
    assert error.type == INVALID["type"]


def test_404(failure):
    gone = failure(b"", 404, content_type="")
    assert type(gone) is EndpointUnavailableError
    assert not gone.retryable
    assert type(failure({"title": "Not Found", "type": "about:blank"}, 404)) is ApiError


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520, 599])
@pytest.mark.parametrize("content", [HTML, b"upstream connect error", {"title": "Service Unavailable"}, b""])
def test_5xx(failure, httpserver, status, content):
    error = failure(content, status)
    assert type(error) is ServerError
    assert error.status == status
    assert error.retryable
    assert len(httpserver.log) == 3


@pytest.mark.parametrize(("status", "kind"), [(404, EndpointUnavailableError), (418, ApiError), (451, ApiError)])
def test_empty_bodies(failure, status, kind):
    assert type(failure(b"", status)) is kind


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed(failure, httpserver, status):
    elsewhere = httpserver.url_for("/elsewhere")
    error = failure(b"", status, {"Location": elsewhere})
    assert type(error) is ApiError
    assert error.status == status
    assert [request.path for request, _ in httpserver.log] == ["/2/insights/28hr"]


def test_a_redirect_is_never_followed_by_a_client_of_the_callers_either(answer, httpserver):
    url = answer(b"", 307, {"Location": httpserver.url_for("/elsewhere")})
    with (
        httpx.Client(follow_redirects=True) as http_client,
        InsightsClient(TOKEN, base_url=url, http_client=http_client) as client,
        pytest.raises(ApiError, match="307"),
    ):
        client.get_28hr("1", "likes")
    assert len(httpserver.log) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "truncated"),
        (b"null", "object"),
        (b"[]", "object"),
        (b'"text"', "object"),
        (b"1", "object"),
        (b"<html>", "malformed"),
        (b'{"data": [{"measurement"', "truncated"),
        (b'{"data": null}', "$.data"),
        (b'{"data": [null]}', "$.data[0]"),
        (b'{"data": "' + b"\xff" + b'"}', "$.data"),
        (b'{"data": [{"errors": [{"error": "\xff"}]}]}', "utf-8"),
        ({"data": [{"measurement": {"metrics_total": [{"tweet_id": 5}]}}]}, "metrics_total[0].tweet_id"),
        ({"data": [{"measurement": {"metrics_total": [{"value": []}]}}]}, "tweet_id"),
        ({"data": [{"measurement": {"metrics_time_series": [{"tweet_id": "5"}]}}]}, "value"),
        (b'{"data": ' + b"[" * 10_000 + b"]" * 10_000 + b"}", "$.data[0]"),
        (b'{"new": ' + b"[" * 10_000 + b"]" * 10_000 + b"}", "deep"),
        (gzip.compress(b"{}" * 500)[:20], "malformed"),
    ],
)
def test_a_200_that_is_no_page(failure, httpserver, content, words):
    error = failure(content, 200)
    assert type(error) is ResponseError
    assert words in str(error)
    assert len(error.body) <= 500
    assert not error.retryable
    assert len(httpserver.log) == 1


@pytest.mark.parametrize("value", ["x", "", "nan", "inf", "-Infinity", True, [], {}, 2**63, -(2**63) - 1, 10**400])
def test_values_that_are_no_numbers(failure, value):
    content = {"data": [{"measurement": {"metrics_total": [{"tweet_id": "1", "value": [{"metric_type": "Likes"}]}]}}]}
    content["data"][0]["measurement"]["metrics_total"][0]["value"][0]["metric_value"] = value
    error = failure(content)
    assert type(error) is ResponseError
    assert "metrics_total[0].value[0].metric_value" in str(error) or value == 10**400


@pytest.mark.parametrize("status", [204, 205])
def test_a_success_without_a_body(failure, status):
    assert type(failure(b"", status)) is ResponseError


def test_a_success_that_python_does_not_know(get, answer):
    assert get(answer(b"{}", 299), "1", "likes").missing == ["1"]


@pytest.mark.parametrize("status", [200, 503])
@pytest.mark.parametrize("content", [b"not gzip", gzip.compress(b"{}" * 5000)[:-12]])
def test_a_broken_content_encoding(failure, status, content):
    error = failure(content, status, {"Content-Encoding": "gzip"})
    assert type(error) is (ResponseError if status == 200 else ServerError)


@pytest.mark.parametrize(
    "content",
    [b"[]", b'"text"', b"null", b"12345678901234567890123", b'{"errors": 5}', b'{"errors": [5]}', b'{"title": 5}'],
)
def test_error_bodies_of_other_kinds(failure, content):
    error = failure(content, 400)
    assert type(error) is ApiError
    assert (error.title, str(error)) == (None, "X answered 400: Bad Request")


def test_error_bodies_that_are_nested_deeply(failure):
    error = failure(b'{"title": "t", "deep": ' + b'[{"a":' * 300 + b"1" + b"}]" * 300 + b"}", 400)
    assert error.title == "t"
    assert type(failure(b"[" * 10_000 + b"]" * 10_000, 400)) is ApiError


def test_a_body_is_cut_to_500_characters(failure):
    assert failure("é".encode() * 9000, 400).body == "é" * 500


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 429, 503])
def test_a_token_that_is_echoed_is_not_kept(failure, status):
    error = failure(f'{{"title": "You sent {TOKEN}", "data": "{TOKEN}"', status)
    assert "[token]" in error.body
    assert TOKEN not in failure({"title": f"You sent {TOKEN}", "data": [TOKEN]}, status).body


def test_a_token_that_is_echoed_with_backslashes_is_not_kept(get, answer):
    token = 'a/b"c\\d'
    echo = json.dumps({"title": token}).replace("/", "\\/")
    with pytest.raises(ApiError) as caught:
        get(answer(echo, 400), "1", "likes", token=token)
    assert caught.value.title == "[token]"
    assert caught.value.body == '{"title": "[token]"}'


def test_a_token_that_breaks_the_answers_headers_is_not_quoted(get):
    def respond():
        connection, _ = server.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(f"HTTP/1.1 200 OK\r\nAuthorization : Bearer {TOKEN}\r\n\r\n".encode())

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=respond).start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(TransportError, match=r"illegal header line: .*\[token\]") as caught:
            get(url, "1", "likes", attempts=1)
    assert_plain(caught.value)


def test_a_404_whose_body_is_not_encoded_as_it_says_is_not_an_empty_one(failure):
    error = failure({"title": "Not Found"}, 404, {"Content-Encoding": "gzip"})
    assert type(error) is ApiError
    assert error.title == "Not Found"


def test_nobody_answers(get, httpserver):
    with HTTPServer() as server:
        url = server.url_for("").rstrip("/")
    with pytest.raises(TransportError, match="ConnectError") as caught:
        get(url, "1", "likes")
    assert_plain(caught.value)
    assert caught.value.retryable


def test_a_header_that_cannot_be_sent_is_not_quoted(answer):
    class Broken(httpx.Auth):
        def auth_flow(self, request):
            request.headers["Authorization"] = f"Bearer {TOKEN}\n"
            yield request

    with (
        InsightsClient(Broken(), base_url=answer(b"{}")) as client,
        pytest.raises(TransportError, match="LocalProtocolError") as caught,
    ):
        client.get_28hr("1", "likes")
    assert_plain(caught.value)


def test_a_signature_in_another_header_leaves_the_body_alone(get, answer):
    class Signer(httpx.Auth):
        def auth_flow(self, request):
            request.headers["X-Signature"] = TOKEN
            yield request

    with pytest.raises(ApiError, match="400") as caught:
        get(answer(b"why", 400), "1", "likes", token=Signer())
    assert caught.value.body == "why"


def test_what_holds_a_token_does_not_show_it(sandbox):
    for kind in (InsightsClient, AsyncInsightsClient):
        for token in (TOKEN, lambda: TOKEN):
            client = kind(token, base_url=sandbox.url)
            assert TOKEN not in f"{client!r} {client} {vars(client)} {client._core.auth!r}"
            with pytest.raises((TypeError, AttributeError, pickle.PicklingError)):
                pickle.dumps(client)
            with contextlib.suppress(TypeError, AttributeError, pickle.PicklingError):
                assert TOKEN.encode() not in pickle.dumps(client._core.auth)


# Whatever comes back: an Insights or an XInsightsError, and in bounded time.

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(), children, max_size=3),
    max_leaves=8,
)
known_keys = st.sampled_from(
    ["data", "errors", "title", "type", "detail", "status", "measurement", "metrics_total", "value"]
)
bodies = st.one_of(
    st.binary(max_size=200),
    json_values.map(lambda value: json.dumps(value).encode()),
    st.dictionaries(known_keys, json_values, max_size=4).map(lambda value: json.dumps(value).encode()),
)
header_values = st.one_of(
    st.integers(-(10**25), 10**25).map(str),
    st.sampled_from(["", "nan", "1e9", "0", "-1", "Sun, 22 Nov 2026 23:59:30 GMT", "Sun, 99 Nov 2026", "1" * 5000]),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30),
)
header_names = st.sampled_from(
    [
        "x-rate-limit-limit",
        "x-rate-limit-remaining",
        "x-rate-limit-reset",
        "retry-after",
        "date",
        "x-transaction-id",
        "content-encoding",
        "content-type",
    ]
)
statuses = st.one_of(st.integers(200, 999), st.sampled_from([200, 401, 403, 404, 429, 503]))


def test_whatever_x_answers(httpserver):
    made = []
    httpserver.expect_request("/2/insights/28hr").respond_with_handler(lambda _: made[-1])
    options = {"base_url": httpserver.url_for("").rstrip("/"), "timeout": 5, "attempts": 2}

    with contextlib.ExitStack() as stack:
        client = stack.enter_context(InsightsClient(TOKEN, **options))
        portal = stack.enter_context(start_blocking_portal())
        async_client = stack.enter_context(portal.wrap_async_context_manager(AsyncInsightsClient(TOKEN, **options)))

        @settings(max_examples=2000, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
        @given(statuses, st.dictionaries(header_names, header_values, max_size=4), bodies)
        def run(status, headers, content):
            made.append(Response(content, status, headers))
            for get in (client.get_28hr, partial(portal.call, async_client.get_28hr)):
                try:
                    insights = get([1, 2], "likes")
                except XInsightsError as error:
                    assert_plain(error)
                else:
                    json.dumps(insights.to_dict(), allow_nan=False)
            httpserver.clear_log()

        run()
    assert len(made) >= 2000
