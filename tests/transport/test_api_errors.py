"""Error statuses of X: the error that each known body becomes, its message and its attributes."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from bodies import PROBLEMS, UNAUTHORIZED

from x_insights import (
    ApiError,
    AuthenticationError,
    EndpointUnavailableError,
    ForbiddenError,
    RateLimit,
    RateLimitError,
    ServerError,
    UsageCapError,
)

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
GONE = (
    "not found: X has withdrawn the endpoint, or `base_url` does not point to X;"
    ' a client with endpoint="analytics" or "auto" requests the other endpoint'
)

NOW = datetime(2026, 11, 22, 23, 59, 30, tzinfo=UTC)
RESET = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DATE = {"Date": "Sun, 22 Nov 2026 23:59:30 GMT"}
WINDOW = {"x-rate-limit-limit": "300", "x-rate-limit-remaining": "0", "x-rate-limit-reset": "1795435200"}
PLENTY = {**WINDOW, "x-rate-limit-remaining": "299"}


@pytest.mark.parametrize(
    ("status", "content", "error_class", "reason"),
    [
        (400, INVALID, ApiError, INVALID["detail"]),
        (400, {"errors": INVALID["errors"]}, ApiError, "The `tweet_ids` value [abc] is not valid"),
        (401, UNAUTHORIZED, AuthenticationError, "Unauthorized"),
        (402, CREDITS, UsageCapError, CREDITS["detail"]),
        (402, b"", UsageCapError, "Payment Required"),
        (403, NOT_ENROLLED, ForbiddenError, NOT_ENROLLED["detail"]),
        (403, APP_ONLY, ForbiddenError, APP_ONLY["detail"]),
        (403, LEGACY_453, ForbiddenError, "You currently have access to a subset of X API V2 endpoints."),
        (403, USAGE_CAP, ForbiddenError, USAGE_CAP["detail"]),
        (404, b"", EndpointUnavailableError, GONE),
        (404, b"\r\n", EndpointUnavailableError, GONE),
        (404, {"title": "Not Found", "type": "about:blank"}, ApiError, "Not Found"),
        (418, b"", ApiError, "I'm a Teapot"),
        (429, TOO_MANY, RateLimitError, "Too Many Requests"),
        (429, LEGACY_TOO_MANY, RateLimitError, "Rate limit exceeded"),
        (429, USAGE_CAP, UsageCapError, USAGE_CAP["detail"]),
        (429, {"type": "https://api.x.com/2/problems/usage-capped"}, UsageCapError, "Too Many Requests"),
        (451, b"", ApiError, "Unavailable For Legal Reasons"),
        (499, b"", ApiError, "no reason given"),
        (503, HTML, ServerError, "Service Unavailable"),
        (520, b"", ServerError, "no reason given"),
    ],
)
def test_status_and_problem_type_select_the_error(fetch_failing, httpserver, status, content, *, error_class, reason):
    error = fetch_failing(content, status, PLENTY)
    assert type(error) is error_class
    assert error.status == status
    assert str(error) == f"X responded with {status}: {reason}"
    assert error.retryable is (error_class in (RateLimitError, ServerError))
    assert len(httpserver.log) == (3 if error_class is ServerError else 1)


@pytest.mark.parametrize("content_type", ["application/problem+json", "application/json", "text/html", ""])
def test_problem_is_parsed_whatever_its_content_type(fetch_failing, content_type):
    error = fetch_failing(UNAUTHORIZED, 401, {"x-transaction-id": "0a1b2c"}, content_type=content_type)
    assert type(error) is AuthenticationError
    assert (error.status, error.title, error.detail, error.type) == (401, "Unauthorized", "Unauthorized", "about:blank")
    assert error.request_id == "0a1b2c"
    assert error.problems == (UNAUTHORIZED,)
    assert json.loads(error.body) == UNAUTHORIZED


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 418, 429, 451, 500])
def test_empty_body_leaves_only_the_status(fetch_failing, status):
    error = fetch_failing(b"", status, content_type="")
    assert (error.status, error.body, error.problems) == (status, "", ())
    assert (error.title, error.detail, error.type, error.request_id, error.retry_after) == (None,) * 5


def test_nested_errors_are_the_problems(fetch_failing):
    error = fetch_failing(INVALID, 400)
    assert error.problems == tuple(INVALID["errors"])
    assert (error.title, error.detail, error.type) == (INVALID["title"], INVALID["detail"], INVALID["type"])
    assert fetch_failing({"title": "alone"}, 400).detail is None
    assert fetch_failing(LEGACY_TOO_MANY, 429).problems == ({"code": 88, "message": "Rate limit exceeded"},)


def test_usage_cap_error_has_period_and_scope(fetch_failing):
    error = fetch_failing(USAGE_CAP, 429, PLENTY)
    assert (error.period, error.scope) == ("Monthly", "Product")
    error = fetch_failing(CREDITS, 402, PLENTY)
    assert (error.period, error.scope) == (None, None)
    assert error.problems[0]["account_id"] == 1234567890123456789


def test_forbidden_error_has_reason_and_registration_url(fetch_failing):
    error = fetch_failing(NOT_ENROLLED, 403)
    assert error.reason == "client-not-enrolled"
    assert error.registration_url == "https://developer.x.com/en/docs/projects/overview"
    error = fetch_failing(APP_ONLY, 403)
    assert (error.reason, error.registration_url) == (None, None)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520, 599])
def test_server_errors_are_retryable(fetch_failing, httpserver, status):
    for content in (HTML, b"upstream connect error", {"title": "Service Unavailable"}, b""):
        error = fetch_failing(content, status)
        assert type(error) is ServerError
        assert error.status == status
        assert error.retryable
        assert len(httpserver.log) == 3


@pytest.fixture
def _far_time_zone():
    """Set a local time zone in which a local time that is taken for UTC is wrong."""
    set_time_zone = getattr(time, "tzset", lambda: None)  # Windows has none
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "JST-9")
        set_time_zone()
        yield
    set_time_zone()


@pytest.mark.usefixtures("_far_time_zone")
@pytest.mark.parametrize("content", [TOO_MANY, LEGACY_TOO_MANY, b""])
@pytest.mark.parametrize(
    "date",
    [
        "Sun, 22 Nov 2026 23:59:30 GMT",
        "Sun, 22 Nov 2026 23:59:30 -0000",
        "Mon, 23 Nov 2026 01:59:30 +0200",
        "Sun, 22 Nov 2026 11:22:33 GMT, Sun, 22 Nov 2026 23:59:30 GMT",  # once by a proxy, once by the server
    ],
)
def test_retry_at_follows_the_clock_of_the_server(fetch_failing, content, date):
    error = fetch_failing(content, 429, {**WINDOW, "Date": date})
    assert type(error) is RateLimitError
    assert error.rate_limit == RateLimit(300, 0, RESET)
    assert error.retry_at == RESET
    assert error.retry_after == (RESET - NOW).total_seconds()


@pytest.mark.usefixtures("_far_time_zone")
@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [("120", 120), ("0", 0), ("Mon, 23 Nov 2026 00:01:30 GMT", 120), ("Mon, 23 Nov 2026 00:01:30 -0000", 120)],
)
def test_retry_after_takes_precedence_over_the_rate_limit(fetch_failing, retry_after, seconds):
    error = fetch_failing(TOO_MANY, 429, {**WINDOW, **DATE, "Retry-After": retry_after})
    assert error.retry_after == seconds
    assert error.retry_at == NOW + timedelta(seconds=seconds)
    assert error.rate_limit == RateLimit(300, 0, RESET)


@pytest.mark.parametrize(
    ("lacking", "retry_at"),
    [("limit", RESET), ("remaining", RESET), ("reset", None)],
)
def test_incomplete_headers_give_no_rate_limit(fetch_failing, lacking, retry_at):
    headers = {name: value for name, value in WINDOW.items() if name != f"x-rate-limit-{lacking}"}
    error = fetch_failing(TOO_MANY, 429, {**headers, **DATE})
    assert type(error) is RateLimitError
    assert (error.rate_limit, error.retry_at) == (None, retry_at)


def test_429_without_headers_gives_no_retry_at(fetch_failing):
    error = fetch_failing(LEGACY_TOO_MANY, 429)
    assert type(error) is RateLimitError
    assert (error.rate_limit, error.retry_at, error.retry_after) == (None, None, None)


def test_header_number_has_at_most_19_digits(fetch_failing):
    error = fetch_failing(TOO_MANY, 429, {**WINDOW, **DATE, "x-rate-limit-limit": "9" * 19})
    assert error.rate_limit == RateLimit(10**19 - 1, 0, RESET)
    error = fetch_failing(TOO_MANY, 429, {**WINDOW, **DATE, "x-rate-limit-limit": "1" + "0" * 19})
    assert (error.rate_limit, error.retry_at) == (None, RESET)


@pytest.mark.parametrize("reset", ["9" * 12, "9" * 19])  # ValueError and OverflowError of datetime
def test_reset_beyond_the_years_of_datetime_gives_no_retry_at(fetch_failing, reset):
    error = fetch_failing(TOO_MANY, 429, {**WINDOW, **DATE, "x-rate-limit-reset": reset})
    assert type(error) is RateLimitError
    assert (error.rate_limit, error.retry_at) == (None, None)
    assert error.retry_after == int(reset) - NOW.timestamp()
