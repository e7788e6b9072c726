"""Retries: what is retried, how often, and after which wait."""

from __future__ import annotations

import gzip
import itertools
import json
import logging
import socket
import subprocess
import sys
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from bodies import IDS, build_body
from helpers import TOKEN, assert_plain, get_sync

from x_insights import (
    ApiError,
    RateLimitError,
    ResponseError,
    ServerError,
    TransportError,
    UsageCapError,
    XInsightsError,
)
from x_insights.testing import skip_waits

PAGE = json.dumps(build_body([("1", {"Likes": 5})])).encode()


@pytest.mark.parametrize("fault", ["fail_next", "drop_next", "truncate_next"])
def test_server_errors_and_broken_responses_are_retried(get, sandbox, fault):
    getattr(sandbox, fault)(2)
    assert len(get(sandbox.url, "1", "likes")) == 1
    assert len(sandbox.requests) == 3


@pytest.mark.parametrize("status", [408, 425])
def test_requests_that_came_too_late_or_too_early_are_retried(sandbox, status):
    sandbox.fail_next(2, status=status)
    assert len(get_sync(sandbox.url, "1", "likes")) == 1
    sandbox.fail_next(3, status=status)
    with pytest.raises(ApiError) as caught:
        get_sync(sandbox.url, "1", "likes")
    assert (type(caught.value), caught.value.status, caught.value.retryable) == (ApiError, status, True)
    assert len(sandbox.requests) == 6


def test_attempts_limits_the_number_of_requests(get, sandbox):
    sandbox.fail_next(2)
    with pytest.raises(ServerError):
        get(sandbox.url, "1", "likes", attempts=2)
    assert len(sandbox.requests) == 2


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 409])
def test_client_errors_are_not_retried(sandbox, status):
    sandbox.fail_next(status=status)
    with pytest.raises(ApiError):
        get_sync(sandbox.url, "1", "likes")
    assert len(sandbox.requests) == 1


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        ("identity", b""),
        ("identity", b"\r\n"),
        ("identity", PAGE[:-1]),
        ("gzip", gzip.compress(PAGE)[:5]),
        ("gzip", gzip.compress(PAGE)[:-12]),
        ("deflate", zlib.compress(PAGE)[:-12]),
    ],
    ids=["empty", "a line break", "cut", "part of the header of gzip", "cut gzip", "cut deflate"],
)
def test_bodies_that_end_early_are_retried(sandbox, encoding, content):
    fault = {"status": 200, "body": content, "headers": {"Content-Encoding": encoding}}
    sandbox.fail_next(2, **fault)
    assert len(get_sync(sandbox.url, "1", "likes")) == 1
    sandbox.fail_next(3, **fault)
    with pytest.raises(ResponseError, match=r"^the body of the 200 response is empty or truncated$") as caught:
        get_sync(sandbox.url, "1", "likes")
    assert caught.value.retryable
    assert_plain(caught.value)
    assert len(sandbox.requests) == 6


def test_invalid_bodies_and_usage_caps_are_not_retried(sandbox):
    sandbox.fail_next(status=200, body=b'{"data": nope}')
    with pytest.raises(ResponseError, match="malformed"):
        get_sync(sandbox.url, "1", "likes")
    sandbox.fail_next(status=429, body=b'{"type": "https://api.x.com/2/problems/usage-capped"}')
    with pytest.raises(UsageCapError):
        get_sync(sandbox.url, "1", "likes")
    assert len(sandbox.requests) == 2


def test_a_silent_server_is_given_up_after_attempts_times_timeout(get):
    with socket.create_server(("127.0.0.1", 0)) as server:
        begun = time.monotonic()
        with pytest.raises(TransportError, match="ReadTimeout"):
            get(f"http://127.0.0.1:{server.getsockname()[1]}", "1", "likes", timeout=0.1, attempts=2)
        assert time.monotonic() - begun >= 0.2


def test_a_timeout_may_be_an_httpx_timeout():
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(TransportError, match="ReadTimeout"):
            get_sync(url, "1", "likes", timeout=httpx.Timeout(60, read=0.05), attempts=1)


def test_backoff_grows_up_to_five_seconds(sandbox, clock):
    sandbox.fail_next(9)
    get_sync(sandbox.url, "1", "likes", attempts=10)
    assert len(clock.sleeps) == 9
    assert 0.1 <= clock.sleeps[0] <= 1.1
    assert 1.6 <= clock.sleeps[4] <= 2.6
    assert max(clock.sleeps) <= 5
    assert sum(clock.sleeps[-2:]) > sum(clock.sleeps[:2])


def test_backoff_is_never_longer_than_max_wait(sandbox, clock):
    sandbox.fail_next(5)
    get_sync(sandbox.url, "1", "likes", attempts=6, max_wait=0.5)
    assert max(clock.sleeps) == 0.5


def test_each_wait_is_logged_once_without_token_and_ids(get, kind, sandbox, caplog, clock):
    sandbox.fail_next(status=503, body=f'{{"detail": "no {IDS[0]}"}}'.encode(), headers={"Retry-After": "7"})
    sandbox.drop_next(2 if kind == "aiohttp" else 1)  # aiohttp repeats a request whose connection breaks
    with caplog.at_level(logging.INFO):
        get(sandbox.url, IDS[0], "likes")
    records = [record for record in caplog.records if record.name == "x_insights"]
    assert [record.levelname for record in records] == ["INFO", "INFO"]
    after_503, after_drop = clock.sleeps
    assert after_503 >= 7
    assert [record.getMessage() for record in records] == [
        f"ServerError 503: attempt 2 of 3 in {after_503:.1f} s",
        f"TransportError: attempt 3 of 3 in {after_drop:.1f} s",
    ]
    assert TOKEN not in caplog.text


def test_nothing_is_printed_unless_the_program_configures_logging(sandbox):
    sandbox.withdraw()
    sandbox.fail_next()
    code = f"""if True:
        from x_insights import InsightsClient
        from x_insights.testing import skip_waits
        with InsightsClient("any-token", base_url={sandbox.url!r}, endpoint="auto") as client, skip_waits():
            print(client.get_28hr("20", "likes").endpoints)
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("('analytics',)\n", "")


@pytest.fixture
def failing_filter():
    """Let the logger raise an exception for every record."""

    def fail(record):
        raise LookupError("why")

    logger = logging.getLogger("x_insights")
    level = logger.level
    logger.addFilter(fail)
    logger.setLevel(logging.INFO)
    yield
    logger.removeFilter(fail)
    logger.setLevel(level)


@pytest.mark.usefixtures("failing_filter")
@pytest.mark.parametrize("fault", ["fail_next", "withdraw"])
def test_exception_of_a_logging_filter_loses_no_pages(get, sandbox, fault):
    getattr(sandbox, fault)()
    with pytest.raises(XInsightsError, match="LookupError was raised") as caught:
        get(sandbox.url, IDS, "likes", endpoint="auto")
    assert str(caught.value.__cause__) == "why"
    assert {*caught.value.partial, *caught.value.pending} == set(IDS)


def test_skipped_waits_are_not_slept_on_any_thread(sandbox, clock):
    def fetch(tweet_id):
        return get_sync(sandbox.url, tweet_id, "likes", attempts=20)

    sandbox.fail_next(9, status=429, headers={"Retry-After": "50"})
    sandbox.fail_next(9)
    with skip_waits(), ThreadPoolExecutor(4) as pool:
        assert all(pool.map(fetch, IDS[:4]))
    assert clock.sleeps == []
    sandbox.fail_next()
    fetch("1")
    assert len(clock.sleeps) == 1


def test_skipped_wait_longer_than_max_wait_still_raises(sandbox):
    sandbox.fail_next(status=429, headers={"Retry-After": "61"})
    with skip_waits(), pytest.raises(RateLimitError):
        get_sync(sandbox.url, "1", "likes")
    assert len(sandbox.requests) == 1


SERVER_TIME = datetime(2031, 1, 1, tzinfo=UTC)  # years ahead of the local clock
DATE = format_datetime(SERVER_TIME, usegmt=True)


@pytest.mark.parametrize(
    "headers",
    [
        {"x-rate-limit-reset": f"{SERVER_TIME.timestamp() + 20:.0f}", "Date": DATE},
        {"Retry-After": "20"},
        {"Retry-After": format_datetime(SERVER_TIME + timedelta(seconds=20), usegmt=True), "Date": DATE},
    ],
    ids=["reset", "seconds", "date"],
)
def test_a_429_is_retried_at_the_reset_by_the_servers_clock(sandbox, clock, headers):
    sandbox.fail_next(status=429, headers=headers)
    assert len(get_sync(sandbox.url, "1", "likes")) == 1
    (wait,) = clock.sleeps
    assert 20 < wait <= 21  # with jitter


@pytest.mark.parametrize("status", [429, 503])
def test_a_retry_after_as_long_as_max_wait_is_waited_for(sandbox, clock, status):
    sandbox.fail_next(status=status, headers={"Retry-After": "5"})
    assert len(get_sync(sandbox.url, "1", "likes", max_wait=5)) == 1
    assert clock.sleeps == [5]


@pytest.mark.parametrize("status", [429, 503])
def test_a_retry_after_longer_than_max_wait_raises_at_once(sandbox, clock, status):
    sandbox.fail_next(status=status, headers={"Retry-After": "6"})
    with pytest.raises(ApiError) as caught:
        get_sync(sandbox.url, "1", "likes", max_wait=5)
    assert caught.value.retry_after == 6
    assert caught.value.retryable
    assert clock.sleeps == []
    assert len(sandbox.requests) == 1


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "0"}, {"Retry-After": "Sun, 22 Nov 2020 23:59:30 GMT"}])
def test_a_429_without_a_wait_is_retried_after_a_second_or_two(sandbox, clock, headers):
    sandbox.fail_next(status=429, headers=headers)
    assert len(get_sync(sandbox.url, "1", "likes")) == 1
    (wait,) = clock.sleeps
    assert 1 <= wait <= 2


@pytest.mark.parametrize("reset", ["0", "-5", "soon", "1" * 4000, ""])
def test_an_odd_reset_header_makes_no_wait_negative_or_long(sandbox, clock, reset):
    sandbox.fail_next(status=429, headers={"x-rate-limit-reset": reset, "x-rate-limit-remaining": "0"})
    assert len(get_sync(sandbox.url, "1", "likes", max_wait=2)) == 1
    (wait,) = clock.sleeps
    assert 1 <= wait <= 2


def test_a_reset_header_beyond_all_years_raises_at_once(sandbox, clock):
    sandbox.fail_next(status=429, headers={"x-rate-limit-reset": "9" * 18})
    with pytest.raises(RateLimitError) as caught:
        get_sync(sandbox.url, "1", "likes")
    assert caught.value.retry_at is None
    assert clock.sleeps == []


@pytest.mark.usefixtures("clock")
def test_any_number_of_attempts_can_be_made():
    statuses = itertools.chain([503] * 1030, [200])  # the backoff doubles, and 2.0 ** 1024 overflows
    transport = httpx.MockTransport(lambda _: httpx.Response(next(statuses), content=b"{}"))
    with httpx.Client(transport=transport) as http_client:
        get_sync("https://x", "1", "likes", attempts=1040, deadline=None, http_client=http_client)
    assert next(statuses, None) is None
