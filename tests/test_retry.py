"""Retries, waits and the gate. Where a test waits in earnest, it asserts that enough time passed, never how little."""

from __future__ import annotations

import logging
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import anyio
import httpx
import pytest
import stamina
from conftest import TOKEN

from x_insights import (
    ApiError,
    AsyncInsightsClient,
    InsightsClient,
    RateLimitError,
    ServerError,
    TransportError,
    UsageCapError,
    XInsightsError,
)
from x_insights.testing import Sandbox

IDS = [str(10**18 + each) for each in range(60)]


@pytest.mark.parametrize("fault", ["fail_next", "drop_next"])
def test_what_passes_is_tried_again(get, sandbox, fault):
    getattr(sandbox, fault)(2)
    assert len(get(sandbox.url, "1", "likes")) == 1
    assert len(sandbox.requests) == 3


def test_attempts_bound_the_tries(get, sandbox):
    sandbox.fail_next(2)
    with pytest.raises(ServerError):
        get(sandbox.url, "1", "likes", attempts=2)
    assert len(sandbox.requests) == 2


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 409])
def test_what_stays_is_not_tried_again(get, sandbox, status):
    sandbox.fail_next(status=status)
    with pytest.raises(ApiError):
        get(sandbox.url, "1", "likes")
    assert len(sandbox.requests) == 1


def test_bad_bodies_and_caps_are_not_tried_again(get, sandbox):
    sandbox.truncate_next()
    with pytest.raises(XInsightsError, match="truncated"):
        get(sandbox.url, "1", "likes")
    sandbox.fail_next(status=429, body=b'{"type": "https://api.x.com/2/problems/usage-capped"}')
    with pytest.raises(UsageCapError):
        get(sandbox.url, "1", "likes")
    assert len(sandbox.requests) == 2


def test_a_server_that_never_answers_is_waited_for_so_often_and_so_long(get):
    with socket.create_server(("127.0.0.1", 0)) as server:
        begun = time.monotonic()
        with pytest.raises(TransportError, match="ReadTimeout"):
            get(f"http://127.0.0.1:{server.getsockname()[1]}", "1", "likes", timeout=0.1, attempts=3)
        assert time.monotonic() - begun >= 0.3


def test_a_timeout_may_be_httpx_s_own(get):
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(TransportError, match="ReadTimeout"):
            get(url, "1", "likes", timeout=httpx.Timeout(60, read=0.05), attempts=1)


def test_services_may_turn_retries_off(get, sandbox):
    sandbox.fail_next(3)
    stamina.set_active(False)
    try:
        with pytest.raises(ServerError):
            get(sandbox.url, "1", "likes")
    finally:
        stamina.set_active(True)
    assert len(sandbox.requests) == 1


def test_each_retry_is_logged_without_token_and_ids(get, sandbox, caplog):
    seen = []
    stamina.instrumentation.set_on_retry_hooks([seen.append])
    sandbox.fail_next(status=503, body=f'{{"detail": "no {IDS[0]}"}}'.encode())
    sandbox.drop_next()
    try:
        with caplog.at_level(logging.INFO):
            get(sandbox.url, IDS[0], "likes")
    finally:
        stamina.instrumentation.set_on_retry_hooks(None)
    records = [record for record in caplog.records if record.name == "x_insights"]
    assert [record.levelname for record in records] == ["INFO", "INFO"]
    assert records[0].getMessage().startswith("attempt 2 of 3 after ServerError 503, waited ")
    assert records[1].getMessage().startswith("attempt 3 of 3 after TransportError, waited ")
    assert not any(secret in record.getMessage() for record in records for secret in (TOKEN, IDS[0]))
    assert [type(details.caused_by) for details in seen] == [ServerError, TransportError]


@pytest.mark.parametrize("header", ["reset", "seconds", "date"])
@pytest.mark.usefixtures("pauses")
def test_a_window_is_waited_for_by_the_servers_clock(get, sandbox, header):
    server_time = datetime(2031, 1, 1, tzinfo=UTC)  # years from what the local clock says
    headers = {
        "reset": {"x-rate-limit-reset": f"{server_time.timestamp() + 1:.0f}"},
        "seconds": {"Retry-After": "1"},
        "date": {"Retry-After": format_datetime(server_time + timedelta(seconds=1), usegmt=True)},
    }[header]
    sandbox.fail_next(status=429, headers={"Date": format_datetime(server_time, usegmt=True), **headers})
    begun = time.monotonic()
    assert len(get(sandbox.url, "1", "likes", max_wait=3)) == 1
    assert time.monotonic() - begun >= 1


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.usefixtures("pauses")
def test_a_longer_wait_than_max_wait_raises_at_once(get, sandbox, status):
    sandbox.fail_next(status=status, headers={"Retry-After": "3600"})
    with pytest.raises(ApiError) as caught:
        get(sandbox.url, "1", "likes", max_wait=5)
    assert caught.value.retry_after == 3600
    assert caught.value.retryable
    assert len(sandbox.requests) == 1


@pytest.mark.usefixtures("pauses")
def test_a_used_up_window_holds_what_comes_next(sandbox, caplog):
    sandbox.rate_limit, sandbox.window = 1, 1.0
    with InsightsClient(TOKEN, base_url=sandbox.url) as client, caplog.at_level(logging.INFO):
        client.get_28hr(IDS[:26], "likes")
    # Had it not been held, the sandbox would have had to refuse it.
    assert len(sandbox.requests) == 2
    assert "request held for" in caplog.text


def test_a_window_longer_than_max_wait_is_told_at_once_and_nothing_is_sent():
    with Sandbox(rate_limit=1) as sandbox, InsightsClient(TOKEN, base_url=sandbox.url, max_wait=2) as client:
        client.get_28hr(IDS[0], "likes")
        with stamina.set_testing(False), pytest.raises(RateLimitError, match="not sent") as caught:
            client.get_28hr(IDS, "likes")
        assert len(sandbox.requests) == 1
        assert caught.value.retry_at == caught.value.rate_limit.reset == client.rate_limit.reset
        assert 2 < caught.value.retry_after <= 902  # both times are whole seconds
        assert caught.value.pending == tuple(IDS)
        # While a service tests, nothing is held: X itself refuses.
        with pytest.raises(RateLimitError, match="X answered 429"):
            client.get_28hr(IDS, "likes")


@pytest.mark.usefixtures("pauses")
def test_a_429_that_does_not_say_how_long_holds_for_a_second(sandbox):
    sandbox.fail_next(status=429, body=b'{"title": "Too Many Requests"}')
    with InsightsClient(TOKEN, base_url=sandbox.url, max_wait=0) as client:
        with pytest.raises(RateLimitError, match="X answered 429: Too Many Requests") as caught:
            client.get_28hr("1", "likes")
        assert caught.value.retry_after is None
        with pytest.raises(RateLimitError, match="not sent"):
            client.get_28hr("1", "likes")
    assert len(sandbox.requests) == 1


@pytest.mark.usefixtures("pauses")
def test_no_header_holds_a_client_for_more_than_a_day(sandbox):
    sandbox.fail_next(status=429, headers={"Retry-After": "9999999999"})
    with InsightsClient(TOKEN, base_url=sandbox.url) as client:
        with pytest.raises(RateLimitError, match="X answered 429"):
            client.get_28hr("1", "likes")
        with pytest.raises(RateLimitError, match="not sent") as caught:
            client.get_28hr("1", "likes")
        assert caught.value.retry_after <= 86_400


@pytest.mark.parametrize("kind", ["threads", "tasks"])
@pytest.mark.usefixtures("pauses")
def test_a_429_of_one_request_holds_the_others_which_do_not_wake_at_once(kind, monkeypatch):
    arrived = []
    with Sandbox(window=1.0, latency=0.05) as sandbox:
        sandbox.fail_next(status=429, headers={"Retry-After": "1"})

        def sent(request):
            arrived.append(time.monotonic())

        async def sent_async(request):
            sent(request)

        def in_threads():
            with (
                httpx.Client(event_hooks={"request": [sent]}) as http_client,
                InsightsClient(TOKEN, base_url=sandbox.url, http_client=http_client) as client,
                ThreadPoolExecutor(8) as pool,
            ):
                first = pool.submit(client.get_28hr, IDS[0], "likes")
                while not client._core.gate._opens_at:
                    time.sleep(0.01)
                return [first.result(), *pool.map(lambda each: client.get_28hr(each, "likes"), IDS[1:8])]

        async def in_tasks():
            async with (
                httpx.AsyncClient(event_hooks={"request": [sent_async]}) as http_client,
                AsyncInsightsClient(TOKEN, base_url=sandbox.url, http_client=http_client, max_concurrency=8) as client,
                anyio.create_task_group() as tasks,
            ):
                tasks.start_soon(client.get_28hr, IDS[0], "likes")
                while not client._core.gate._opens_at:
                    await anyio.sleep(0.01)
                await client.get_28hr(IDS, "likes")

        in_threads() if kind == "threads" else anyio.run(in_tasks)
    first, *held = arrived
    assert len(held) in (8, 4)
    assert min(held) - first >= 1
    assert len({round(moment, 3) for moment in held}) > 1
    assert all(request.headers for request in sandbox.requests)


@pytest.mark.parametrize("reset", ["0", "-5", "soon", "9" * 18, "1" * 4000, ""])
@pytest.mark.usefixtures("pauses")
def test_no_clock_makes_a_wait_negative_or_endless(get, sandbox, reset):
    sandbox.fail_next(status=429, headers={"x-rate-limit-reset": reset, "x-rate-limit-remaining": "0"})
    if reset == "9" * 18:
        with pytest.raises(RateLimitError) as caught:
            get(sandbox.url, "1", "likes", max_wait=2)
        assert caught.value.retry_at is None
    else:
        assert len(get(sandbox.url, "1", "likes", max_wait=2)) == 1
