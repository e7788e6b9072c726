"""What only the asynchronous client can do, and that it does all else as the synchronous one does."""

from __future__ import annotations

import asyncio
import inspect

import anyio
import pytest
from conftest import TOKEN

from x_insights import AsyncInsightsClient, InsightsClient, ServerError, TransportError, XInsightsError
from x_insights.testing import Sandbox

IDS = [str(10**18 + each) for each in range(510)]
backends = pytest.mark.parametrize("backend", ["asyncio", "trio"])

# Names that Python itself gives the asynchronous forms of.
TWINS = {"__aenter__": "__enter__", "__aexit__": "__exit__"}


def surface(kind):
    members = {TWINS.get(name, name): member for name, member in vars(kind).items()}
    return {name: member for name, member in members.items() if not name.startswith("_") or name in TWINS.values()}


def test_both_clients_have_the_same_methods():
    assert surface(InsightsClient).keys() == surface(AsyncInsightsClient).keys()


@pytest.mark.parametrize("name", sorted(surface(InsightsClient)))
def test_a_method_is_the_same_in_both(name):
    ours, theirs = (surface(kind)[name] for kind in (InsightsClient, AsyncInsightsClient))
    assert inspect.getdoc(ours) == inspect.getdoc(theirs)
    if not isinstance(ours, property):
        as_awaited = str(inspect.signature(theirs)).replace("AsyncIterator", "Iterator")
        assert str(inspect.signature(ours)) == as_awaited


def test_the_options_are_the_same_but_for_concurrency():
    ours, theirs = (dict(inspect.signature(kind).parameters) for kind in (InsightsClient, AsyncInsightsClient))
    assert theirs.pop("max_concurrency").default == 4
    assert {name: (each.kind, each.default) for name, each in ours.items()} == {
        name: (each.kind, each.default) for name, each in theirs.items()
    }
    told, also_told = (inspect.getdoc(kind).splitlines() for kind in (InsightsClient, AsyncInsightsClient))
    (extra,) = (line for line in also_told if line not in told)
    assert [line for line in also_told if line != extra] == told
    assert "max_concurrency" in extra


def test_a_cancellation_out_of_the_callable_is_no_empty_success(sandbox):
    answers = [TOKEN, TOKEN]

    async def token():
        if not answers:
            raise asyncio.CancelledError
        return answers.pop()

    async def main():
        async with AsyncInsightsClient(token, base_url=sandbox.url, max_concurrency=1) as client:
            with pytest.raises(XInsightsError, match="cancelled from within") as caught:
                await client.get_28hr(IDS[:60], "likes")
            assert list(caught.value.partial) == IDS[:50]
            assert caught.value.pending == tuple(IDS[50:60])
            with pytest.raises(XInsightsError, match="cancelled from within") as caught:
                _ = [page async for page in client.iter_28hr(IDS[:60], "likes")]
            assert caught.value.pending == tuple(IDS[:60])

    asyncio.run(main())


@backends
def test_pages_in_flight_are_bounded_and_come_in_order(backend):
    in_flight, most = 0, 0

    class Counting(Sandbox):
        def _respond(self, request):
            nonlocal in_flight, most
            in_flight += 1
            most = max(most, in_flight)
            response = super()._respond(request)
            in_flight -= 1
            return response

    async def main():
        async with AsyncInsightsClient(TOKEN, base_url=sandbox.url, max_concurrency=3) as client:
            insights = await client.get_28hr(IDS, "likes")
            pages = [page async for page in client.iter_28hr(IDS, "likes")]
            assert client.rate_limit is not None
            assert client.rate_limit.limit == 300
            return insights, pages

    with Counting(latency=0.02) as sandbox:
        insights, pages = anyio.run(main, backend=backend)
    assert 1 < most <= 3
    assert list(insights) == IDS
    assert [page.tweet_ids for page in pages] == [tuple(IDS[start : start + 25]) for start in range(0, len(IDS), 25)]


@backends
def test_what_is_in_flight_when_another_fails_still_arrives(backend):
    async def main():
        async with AsyncInsightsClient(TOKEN, base_url=sandbox.url, max_concurrency=4, attempts=1) as client:
            sandbox.fail_next()
            with pytest.raises(ServerError) as caught:
                await client.get_28hr(IDS[:200], "likes")
            error = caught.value
            assert 75 <= len(error.partial) < 200  # a page may be over, and another begun, before the failure comes
            assert {*error.partial, *error.pending} == {*IDS[:200]}
            assert list(error.pending) == [each for each in IDS[:200] if each not in error.partial]
            resumed = error.partial | await client.get_28hr(error.pending, "likes")
            assert resumed == await client.get_28hr(IDS[:200], "likes")

    with Sandbox(latency=0.1) as sandbox:
        anyio.run(main, backend=backend)


@backends
def test_an_iteration_hands_out_what_arrived_before_a_failure(backend):
    async def main():
        async with AsyncInsightsClient(TOKEN, base_url=sandbox.url, max_concurrency=4, attempts=1) as client:
            seen = []

            async def consume():
                async for page in client.iter_28hr(IDS, "likes"):
                    seen.extend(page)
                    if len(seen) == 100:
                        sandbox.fail_next()

            with pytest.raises(ServerError) as caught:
                await consume()
            assert sorted([*seen, *caught.value.partial, *caught.value.pending]) == IDS

    with Sandbox(latency=0.02) as sandbox:
        anyio.run(main, backend=backend)


def test_the_synchronous_iteration_hands_out_what_arrived_before_a_failure(sandbox):
    with InsightsClient(TOKEN, base_url=sandbox.url, attempts=1) as client:
        pages = client.iter_28hr(IDS, "likes")
        seen = [*next(pages)]
        sandbox.drop_next()
        with pytest.raises(TransportError) as caught:
            next(pages)
        assert len(caught.value.partial) == 0
        assert [*seen, *caught.value.pending] == IDS


def test_a_failing_page_keeps_those_before_it(sandbox):
    with InsightsClient(TOKEN, base_url=sandbox.url) as client:
        undisturbed = client.get_28hr(IDS[:60], "likes")
        seen = len(sandbox.requests)

        def third_fails():
            if len(sandbox.requests) == seen + 2:
                sandbox.fail_next(3)
            return "any"

        with (
            InsightsClient(third_fails, base_url=sandbox.url) as failing,
            pytest.raises(ServerError) as caught,
        ):
            failing.get_28hr(IDS[:60], "likes")
        assert list(caught.value.partial) == IDS[:50]
        assert caught.value.pending == tuple(IDS[50:60])
        assert caught.value.partial | client.get_28hr(caught.value.pending, "likes") == undisturbed


@backends
def test_cancellation_leaves_nothing_behind(backend):
    async def main():
        async with AsyncInsightsClient(TOKEN, base_url=sandbox.url, max_concurrency=4) as client:
            with anyio.move_on_after(0.1) as scope:
                await client.get_28hr(IDS, "likes")
            assert scope.cancelled_caught
            pool = client._http._transport._pool
            assert all(connection.is_idle() or connection.is_closed() for connection in pool.connections)
            sandbox.latency = 0
            assert len(await client.get_28hr(IDS[:50], "likes")) == 50

    with Sandbox(latency=0.5) as sandbox:
        anyio.run(main, backend=backend)


@backends
def test_leaving_an_iteration_leaves_no_task_behind(backend):
    async def main():
        async with (
            AsyncInsightsClient(TOKEN, base_url=sandbox.url) as client,
            anyio.create_task_group() as tasks,
        ):
            pages = client.iter_28hr(IDS, "likes")
            async for _ in pages:
                break
            await pages.aclose()
            assert not tasks.cancel_scope.cancel_called
        return len(sandbox.requests)

    with Sandbox() as sandbox:
        assert anyio.run(main, backend=backend) == 4


def test_a_client_that_was_closed_says_so_alike():
    async def main():
        client = AsyncInsightsClient(TOKEN)
        await client.close()
        await client.get_28hr("1", "likes")

    with pytest.raises(RuntimeError, match="closed"):
        anyio.run(main)
