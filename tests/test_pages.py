"""Many pages: their order, the number in flight, and the results that are kept if one fails or the caller stops."""

from __future__ import annotations

import asyncio
import contextlib

import anyio
import httpx
import pytest
from bodies import IDS
from helpers import TOKEN

from x_insights import (
    ALL_METRICS,
    ANALYTICS_METRICS,
    AsyncInsightsClient,
    EndpointUnavailableError,
    InsightsClient,
    Metric,
    ServerError,
    XInsightsError,
)
from x_insights._endpoints import ENDPOINT_CHOICES, Page
from x_insights._pages import EndpointSelector, PageCollector
from x_insights._query import validate_query


@pytest.fixture
def sync_client(sandbox):
    with InsightsClient(TOKEN, base_url=sandbox.url, attempts=1) as client:
        yield client


@pytest.fixture
async def async_client(sandbox, anyio_backend):
    async with AsyncInsightsClient(TOKEN, base_url=sandbox.url, attempts=1) as client:
        yield client


def test_pages_are_fetched_as_they_are_consumed(sandbox, sync_client):
    pages = sync_client.iter_28hr(IDS[:60], "likes")
    assert sandbox.requests == []
    assert next(pages).tweet_ids == tuple(IDS[:25])
    assert len(sandbox.requests) == 1
    assert [page.tweet_ids for page in pages] == [tuple(IDS[25:50]), tuple(IDS[50:60])]
    assert len(sandbox.requests) == 3


def test_a_failing_page_keeps_the_pages_before_it(sandbox, sync_client):
    undisturbed = sync_client.get_28hr(IDS[:60], "likes")
    requests = len(sandbox.requests)

    def fail_third():
        if len(sandbox.requests) == requests + 2:
            sandbox.fail_next()
        return TOKEN

    with InsightsClient(fail_third, base_url=sandbox.url, attempts=1) as client, pytest.raises(ServerError) as caught:
        client.get_28hr(IDS[:60], "likes")
    assert list(caught.value.partial) == IDS[:50]
    assert caught.value.pending == tuple(IDS[50:60])
    assert caught.value.partial | sync_client.get_28hr(caught.value.pending, "likes") == undisturbed


def test_no_page_is_requested_after_a_failure(sandbox, sync_client):
    sandbox.fail_next()
    with pytest.raises(ServerError) as caught:
        sync_client.get_28hr(IDS, "likes")
    assert len(sandbox.requests) == 1
    assert caught.value.pending == tuple(IDS)


def test_an_iteration_ends_with_an_error_and_the_pending_ids(sandbox, sync_client):
    pages = sync_client.iter_28hr(IDS, "likes")
    seen = [*next(pages), *next(pages)]
    sandbox.fail_next()
    with pytest.raises(ServerError) as caught:
        next(pages)
    assert seen == IDS[:50]
    assert len(caught.value.partial) == 0
    assert caught.value.pending == tuple(IDS[50:])
    assert list(pages) == []


@pytest.mark.anyio
async def test_concurrent_pages_are_bounded_and_in_order(sandbox):
    sandbox.latency = 0.02
    in_flight, most = 0, 0

    async def count_request(_):
        nonlocal in_flight, most
        in_flight += 1
        most = max(most, in_flight)

    async def count_response(_):
        nonlocal in_flight
        in_flight -= 1

    async with (
        httpx.AsyncClient(event_hooks={"request": [count_request], "response": [count_response]}) as http_client,
        AsyncInsightsClient(TOKEN, base_url=sandbox.url, http_client=http_client, max_concurrency=3) as client,
    ):
        assert list(await client.get_28hr(IDS, "likes")) == IDS
        assert most == 3
        most = 0
        pages = [page.tweet_ids async for page in client.iter_28hr(IDS, "likes")]
        assert most == 3
    assert pages == [tuple(IDS[start : start + 25]) for start in range(0, len(IDS), 25)]


@pytest.mark.anyio
async def test_pages_in_flight_are_received_if_another_one_fails(sandbox, async_client):
    sandbox.latency = 0.1
    sandbox.fail_next()
    with pytest.raises(ServerError) as caught:
        await async_client.get_28hr(IDS[:200], "likes")
    error = caught.value
    assert 75 <= len(error.partial) < 200  # a page may end, and the next one begin, before the failure
    assert {*error.partial, *error.pending} == {*IDS[:200]}
    assert list(error.pending) == [tweet_id for tweet_id in IDS[:200] if tweet_id not in error.partial]
    resumed = error.partial | await async_client.get_28hr(error.pending, "likes")
    assert resumed == await async_client.get_28hr(IDS[:200], "likes")


def test_the_first_failure_is_raised_if_several_pages_fail():
    query = validate_query(Metric, IDS[:75], "Likes", "Total", None)
    collector = PageCollector(EndpointSelector(ENDPOINT_CHOICES["28hr"]), query)
    first, second, third = collector.request()
    collector.add(second, EndpointUnavailableError("gone", status=404))
    collector.add(third, ServerError("later", status=503))
    collector.add(first, Page("28hr"))
    with pytest.raises(EndpointUnavailableError) as caught:
        collector.finish()
    assert caught.value.partial.tweet_ids == tuple(IDS[:25])
    assert caught.value.pending == tuple(IDS[25:75])


@pytest.mark.anyio
async def test_an_async_iteration_keeps_the_pages_before_a_failure(sandbox, async_client):
    seen = []

    async def consume():
        async for page in async_client.iter_28hr(IDS, "likes"):
            seen.extend(page)
            if len(seen) == 100:
                sandbox.fail_next()

    with pytest.raises(ServerError) as caught:
        await consume()
    assert seen[:100] == IDS[:100]
    assert sorted([*seen, *caught.value.partial, *caught.value.pending]) == IDS


@pytest.mark.anyio
async def test_a_cancelled_call_frees_its_connections(sandbox):
    limits, timeout = httpx.Limits(max_connections=4), httpx.Timeout(10, pool=5)
    async with (
        httpx.AsyncClient(limits=limits) as http_client,
        AsyncInsightsClient(
            TOKEN, base_url=sandbox.url, http_client=http_client, timeout=timeout, attempts=1
        ) as client,
    ):
        sandbox.latency = 0.5
        with anyio.move_on_after(0.1) as scope:
            await client.get_28hr(IDS, "likes")
        assert scope.cancelled_caught
        sandbox.latency = 0
        # If a connection had not been freed, this call would run into the pool timeout.
        assert len(await client.get_28hr(IDS[:100], "likes")) == 100


@pytest.mark.anyio
async def test_an_abandoned_iteration_leaves_no_task_behind(sandbox, async_client):
    pages = async_client.iter_28hr(IDS, "likes")
    async for _ in pages:
        break
    await pages.aclose()
    await anyio.wait_all_tasks_blocked()
    with pytest.raises(StopAsyncIteration):
        await anext(pages)
    assert len(sandbox.requests) == 4


@pytest.mark.parametrize(("endpoint", "count", "length"), [("28hr", 510, 21), ("28hr", 1, 1), ("analytics", 510, 6)])
def test_the_length_of_an_iteration_is_known_before_a_request(sandbox, endpoint, count, length):
    with InsightsClient(TOKEN, base_url=sandbox.url, endpoint=endpoint) as client:
        pages = client.iter_28hr(IDS[:count], "likes")
        assert len(pages) == length
        assert sandbox.requests == []
        assert len(list(pages)) == length
        assert len(pages) == length


def test_the_length_is_the_maximum_if_the_endpoint_is_withdrawn(sandbox):
    with InsightsClient(TOKEN, base_url=sandbox.url, endpoint="auto") as client:
        pages = client.iter_28hr(IDS, "likes")
        next(pages)
        sandbox.withdraw()
        assert len(list(pages)) == 5
        assert len(pages) == 21
        assert len(client.iter_28hr(IDS, "likes")) == 6
        lacking = next(metric for metric in ALL_METRICS if metric not in ANALYTICS_METRICS)
        assert len(client.iter_28hr(IDS, lacking)) == 0
        with pytest.raises(EndpointUnavailableError):
            next(client.iter_28hr(IDS, lacking))


@pytest.mark.anyio
async def test_the_length_of_an_async_iteration_is_known_in_advance(sandbox, async_client):
    pages = async_client.iter_28hr(IDS, "likes")
    assert len(pages) == 21
    assert sandbox.requests == []
    assert len([insights async for insights in pages]) == 21


def test_an_interrupted_iteration_raises_when_continued(sandbox):
    interrupted = []

    def token():
        if len(sandbox.requests) == 1 and not interrupted:
            interrupted.append(True)
            raise KeyboardInterrupt
        return TOKEN

    with InsightsClient(token, base_url=sandbox.url) as client:
        pages = client.iter_28hr(IDS[:100], "likes")
        next(pages)
        with pytest.raises(KeyboardInterrupt):
            next(pages)
        with pytest.raises(XInsightsError, match="a request was interrupted") as caught:
            next(pages)
        assert caught.value.pending == tuple(IDS[25:100])
        assert list(pages) == []


@pytest.mark.anyio
async def test_a_cancelled_async_iteration_raises_when_continued(sandbox, async_client):
    pages = async_client.iter_28hr(IDS[:200], "likes")
    first = await anext(pages)
    rest = [await anext(pages) for _ in range(3)]
    sandbox.latency = 0.5
    with anyio.move_on_after(0.1) as scope:
        await anext(pages)
    assert scope.cancelled_caught
    with pytest.raises(XInsightsError, match="a request was interrupted") as caught:
        await anext(pages)
    assert [*first, *(tweet_id for page in rest for tweet_id in page), *caught.value.pending] == IDS[:200]
    with pytest.raises(StopAsyncIteration):
        await anext(pages)


def test_an_iteration_can_be_closed(sandbox, sync_client):
    with contextlib.closing(sync_client.iter_28hr(IDS, "likes")) as pages:
        next(pages)
    assert list(pages) == []
    assert len(sandbox.requests) == 1


def test_a_cancellation_by_the_token_callable_is_an_error(sandbox):
    tokens = [TOKEN, TOKEN]
    calls = []

    async def provide_token():
        calls.append(None)
        if not tokens:
            raise asyncio.CancelledError
        return tokens.pop()

    async def main():
        async with AsyncInsightsClient(provide_token, base_url=sandbox.url, max_concurrency=1) as client:
            with pytest.raises(XInsightsError, match="a request was interrupted") as caught:
                await client.get_28hr(IDS[:200], "likes")
            assert list(caught.value.partial) == IDS[:50]
            assert caught.value.pending == tuple(IDS[50:200])
            assert len(calls) == 3  # no page is requested after the cancellation
            with pytest.raises(XInsightsError, match="a request was interrupted") as caught:
                _ = [page async for page in client.iter_28hr(IDS[:60], "likes")]
            assert caught.value.pending == tuple(IDS[:60])

    asyncio.run(main())


def test_a_closed_client_raises_a_runtime_error(sandbox, sync_client):
    sync_client.get_28hr("20", "likes")
    sync_client.close()
    with pytest.raises(RuntimeError, match="closed"):
        sync_client.get_28hr("20", "likes")


@pytest.mark.anyio
async def test_a_closed_async_client_raises_a_runtime_error(async_client):
    await async_client.close()
    with pytest.raises(RuntimeError, match="closed"):
        await async_client.get_28hr("1", "likes")
