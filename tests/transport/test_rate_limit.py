"""The gate: once a rate limit is exceeded, it holds all requests of a client until it resets."""

from __future__ import annotations

import logging
import random
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.utils import format_datetime

import anyio
import httpx
import pytest
from bodies import IDS
from helpers import GET, TOKEN

from x_insights import AsyncInsightsClient, InsightsClient, RateLimitError, ServerError
from x_insights._transport import Options, retry
from x_insights.testing import skip_waits

NOW = datetime(2026, 11, 22, 23, 59, 30, tzinfo=UTC)


def window(seconds, remaining=0):
    """The headers of a response whose request window resets after some seconds."""
    return {
        "Date": format_datetime(NOW, usegmt=True),
        "x-rate-limit-limit": "300",
        "x-rate-limit-remaining": str(remaining),
        "x-rate-limit-reset": f"{NOW.timestamp() + seconds:.0f}",
    }


def test_the_rate_limit_is_that_of_the_last_response_that_described_it(sandbox):
    with InsightsClient(TOKEN, base_url=sandbox.url) as client:
        assert client.rate_limit is None
        client.get_28hr(IDS[:60], "likes")
        known = client.rate_limit
        assert (known.limit, known.remaining) == (300, 297)
        assert known.reset.utcoffset() is not None
        sandbox.fail_next(status=404)
        with pytest.raises(Exception, match="404"):
            client.get_28hr("20", "likes")
        assert client.rate_limit == known


@pytest.mark.anyio
async def test_the_async_client_has_the_rate_limit_too(sandbox):
    async with AsyncInsightsClient(TOKEN, base_url=sandbox.url) as client:
        assert client.rate_limit is None
        await client.get_28hr("20", "likes")
        assert (client.rate_limit.limit, client.rate_limit.remaining) == (300, 299)


# With a single attempt, no retry can hide that the gate itself did not wait.


@pytest.mark.parametrize("options", [{}, {"max_concurrency": 1}], ids=["sync", "async"])
def test_an_exhausted_rate_limit_blocks_the_next_request(sandbox, clock, caplog, options):
    get = GET["asyncio" if options else "sync"]
    sandbox.fail_next(status=200, body=b"{}", headers=window(30))
    with caplog.at_level(logging.INFO, "x_insights"):
        get(sandbox.url, IDS[:26], "likes", attempts=1, **options)
    (wait,) = clock.sleeps
    assert 30 < wait <= 31  # with jitter
    assert f"rate limited: request held for {wait:.1f} s" in caplog.text
    assert len(sandbox.requests) == 2


@pytest.mark.parametrize("headers", [window(30, remaining=1), {**window(30), "x-rate-limit-limit": "many"}])
def test_an_incomplete_or_available_rate_limit_blocks_nothing(sandbox, clock, headers):
    sandbox.fail_next(status=200, body=b"{}", headers=headers)
    with InsightsClient(TOKEN, base_url=sandbox.url, attempts=1) as client:
        client.get_28hr(IDS[:26], "likes")
    assert clock.sleeps == []


def test_a_rate_limit_as_long_as_max_wait_is_waited_for(sandbox, clock):
    sandbox.fail_next(status=200, body=b"{}", headers=window(30))
    with InsightsClient(TOKEN, base_url=sandbox.url, attempts=1, max_wait=30) as client:
        client.get_28hr(IDS[:26], "likes")
    assert clock.sleeps == [30]


def test_a_rate_limit_longer_than_max_wait_sends_nothing(sandbox, clock):
    sandbox.fail_next(status=200, body=b"{}", headers=window(31))
    with InsightsClient(TOKEN, base_url=sandbox.url, attempts=1, max_wait=30) as client:
        client.get_28hr(IDS[0], "likes")
        with pytest.raises(RateLimitError) as caught:
            client.get_28hr(IDS[:26], "likes")
        assert len(sandbox.requests) == 1
        error = caught.value
        assert str(error) == "not sent: rate limited for another 31 s"
        assert (error.status, error.retry_after) == (None, 31)
        assert error.retry_at == error.rate_limit.reset == client.rate_limit.reset
        assert error.retryable
        assert error.pending == tuple(IDS[:26])
        with skip_waits():
            assert len(client.get_28hr(IDS[:26], "likes")) == 26
    assert clock.sleeps == []


def hold(seconds):
    """The error of a request that the gate holds."""
    error = RateLimitError("", status=None)
    error.retry_after = seconds
    return error


def test_a_rate_limit_prolonged_beyond_max_wait_uses_up_an_attempt(monkeypatch, clock):
    monkeypatch.setattr(random, "uniform", lambda _, highest: highest)
    options = Options("https://x", 10, attempts=2, max_wait=3, deadline=None, endpoint="28hr")
    budget = retry.Budget(options, can_renew_token=False)
    assert budget.find_pause(hold(1)) == 2
    assert budget.find_pause(hold(0.5)) == 1  # with less jitter, for 3 s in all
    assert budget.find_pause(hold(2.5)) == 3  # that would be too long: the first attempt is over, the second begins
    assert budget.find_pause(hold(2)) == 3
    assert budget.find_pause(hold(2.5)) is None


def test_each_attempt_may_be_held_for_max_wait(clock):
    options = Options("https://x", 10, attempts=2, max_wait=3, deadline=1.5, endpoint="28hr")
    budget = retry.Budget(options, can_renew_token=False)
    for outcome in (hold(2.9), ServerError("", status=503), hold(2.9)):
        pause = budget.find_pause(outcome)
        assert 0 < pause <= 3
        clock.sleep(pause)
    assert not budget.has_ended()  # holds are not charged to the budget


def test_a_429_without_headers_blocks_for_a_second(sandbox, clock):
    sandbox.fail_next(status=429, body=b'{"title": "Too Many Requests"}')
    with InsightsClient(TOKEN, base_url=sandbox.url, max_wait=0) as client:
        with pytest.raises(RateLimitError, match="X responded with 429: Too Many Requests") as caught:
            client.get_28hr("1", "likes")
        assert caught.value.retry_after is None
        with pytest.raises(RateLimitError, match=r"not sent: .* for another 1 s$"):
            client.get_28hr("1", "likes")
        clock.sleep(1)
        assert len(client.get_28hr("1", "likes")) == 1


def test_no_header_blocks_a_client_for_more_than_a_day(sandbox, clock):
    sandbox.fail_next(status=429, headers={"Retry-After": "9999999999"})
    with InsightsClient(TOKEN, base_url=sandbox.url) as client:
        with pytest.raises(RateLimitError, match="X responded with 429"):
            client.get_28hr("1", "likes")
        with pytest.raises(RateLimitError, match="not sent") as caught:
            client.get_28hr("1", "likes")
        assert caught.value.retry_after == 86_400
        clock.sleep(86_400)
        assert len(client.get_28hr("1", "likes")) == 1


def test_a_shorter_rate_limit_does_not_open_the_gate_earlier(sandbox, clock):
    sandbox.fail_next(status=429, headers={"Retry-After": "30"})
    with InsightsClient(TOKEN, base_url=sandbox.url, attempts=1) as client:
        with pytest.raises(RateLimitError):
            client.get_28hr("1", "likes")
        with skip_waits():
            sandbox.fail_next(status=429, headers={"Retry-After": "2"})
            with pytest.raises(RateLimitError):
                client.get_28hr("1", "likes")
        client.get_28hr("1", "likes")
    assert 30 <= sum(clock.sleeps) <= 31


def fetch_in_threads(url, record):
    with (
        httpx.Client(event_hooks={"request": [record]}) as http_client,
        InsightsClient(TOKEN, base_url=url, http_client=http_client, attempts=1) as client,
        ThreadPoolExecutor(8) as pool,
    ):
        with pytest.raises(RateLimitError):
            client.get_28hr(IDS[0], "likes")
        list(pool.map(lambda tweet_id: client.get_28hr(tweet_id, "likes"), IDS[:8]))


def fetch_in_tasks(url, record):
    async def record_async(request):
        record(request)

    async def main():
        async with (
            httpx.AsyncClient(event_hooks={"request": [record_async]}) as http_client,
            AsyncInsightsClient(TOKEN, base_url=url, http_client=http_client, attempts=1, max_concurrency=8) as client,
        ):
            with pytest.raises(RateLimitError):
                await client.get_28hr(IDS[0], "likes")
            await client.get_28hr(IDS[:200], "likes")

    anyio.run(main)


@pytest.mark.parametrize("fetch", [fetch_in_threads, fetch_in_tasks])
def test_429_blocks_other_requests_and_they_resume_staggered(sandbox, fetch, monkeypatch):
    arrivals = []
    sandbox.fail_next(status=429, headers={"Retry-After": "1"})
    monkeypatch.setattr(retry, "JITTER", 0.2)
    monkeypatch.setattr(retry, "_skips", [])  # real waits: a clock that sleepers share would wake them in turn
    fetch(sandbox.url, lambda _: arrivals.append(time.monotonic()))
    first, *others = arrivals
    assert len(others) == 8
    assert min(others) - first >= 1
    assert len({round(arrival, 3) for arrival in others}) > 1
