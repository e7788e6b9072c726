"""The asynchronous client."""

import contextlib
import copy
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Self

import anyio
import httpx
import stamina

from ._endpoints import Batch, Page
from ._errors import ResponseError, XInsightsError
from ._pages import EndpointSelector, PageCollector
from ._query import EnumNames, validate_query
from ._results import Insights
from ._transport.account import Account
from ._transport.auth import AsyncToken, read_token
from ._transport.body import RawBody
from ._transport.connections import open_async_connections
from ._transport.options import Options
from ._transport.response import build_request, give_up_connection, read_response
from ._transport.retry import RetryState
from ._transport.transport_errors import convert_exception
from ._types import RateLimit
from ._validation import TweetIds, validate_count


class AsyncInsightsClient:
    """The same as `InsightsClient`, on asyncio and trio, with several pages in flight.

    Use `await` for `get_28hr` and `close`, `async for` for `iter_28hr`, and `async with` for the client itself.

    A client works in one event loop after another, one loop at a time, such as those of several `asyncio.run`. One with
    an `http_client` raises an error in another event loop or process.

    Args:
        token: Also an async callable. The other options are those of `InsightsClient`.
        deadline: Bounds an async callable and the auth and hooks of an `http_client` too. `timeout` is not rounded.
        http_client: An `httpx.AsyncClient`.
        max_concurrency: The number of pages in flight at once, per call.
    """

    def __init__(
        self,
        token: AsyncToken | None = None,
        *,
        base_url: str = "https://api.x.com",
        timeout: float | httpx.Timeout = 10.0,
        attempts: int = 3,
        max_wait: float = 60.0,
        deadline: float | None = 300.0,
        endpoint: str = "28hr",
        http_client: httpx.AsyncClient | None = None,
        max_concurrency: int = 4,
    ) -> None:
        self._account = Account(read_token() if token is None else token, max_wait)
        self._options = Options(base_url, timeout, attempts, max_wait, deadline, endpoint)
        self._max_concurrency = validate_count("max_concurrency", max_concurrency)
        self._selector = EndpointSelector(self._options.endpoints)
        self._retry = stamina.AsyncRetryingCaller(attempts=attempts, timeout=None)
        self._owns_http = http_client is None
        self._http = open_async_connections(self._options, http_client)

    async def get_28hr(
        self, tweet_ids: TweetIds, metrics: EnumNames, granularity: str = "Total", *, fields: EnumNames | None = None
    ) -> Insights:
        """Fetch the insights of any number of Posts: `InsightsClient.get_28hr` with `max_concurrency` pages in flight.

        If a page fails, no further page is requested, but those in flight may still arrive and be part of `partial`.
        """
        query = validate_query(self._options.parse_metric, tweet_ids, metrics, granularity, fields)
        collector = PageCollector(self._selector, query)
        while collector.advance():
            await self._fetch_pages(collector)
        return collector.join()

    def iter_28hr(
        self, tweet_ids: TweetIds, metrics: EnumNames, granularity: str = "Total", *, fields: EnumNames | None = None
    ) -> "AsyncPageIterator":
        """Fetch the insights of any number of Posts page by page: `InsightsClient.iter_28hr`, for `async for`.

        Do not await the call. Up to `max_concurrency` pages are fetched at once. The next ones are requested when all
        of them are consumed.
        """
        query = validate_query(self._options.parse_metric, tweet_ids, metrics, granularity, fields)
        collector = PageCollector(self._selector, query)
        return AsyncPageIterator(collector, partial(self._fetch_pages, collector, limit=self._max_concurrency))

    def with_token(self, token: AsyncToken) -> Self:
        """Return a client for another account, with the same options and connections: `InsightsClient.with_token`."""
        client = copy.copy(self)
        client._account = Account(token, self._options.max_wait)
        client._owns_http = False
        return client

    @property
    def rate_limit(self) -> RateLimit | None:
        """The request window as of the last response that described it."""
        return self._account.gate.rate_limit

    @property
    def api_version(self) -> str | None:
        """The version of X's document, by the header `api-version` of the last response. None if it had none."""
        return self._account.api_version

    async def close(self) -> None:
        """Close the connections, unless they are those of your own `http_client`."""
        if self._owns_http and (http := self._http.close()):
            await http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _fetch_pages(self, collector: PageCollector, limit: int | None = None) -> None:
        batches = collector.request(limit)

        async def fetch() -> None:
            for batch in batches:
                with collector.catch_failure():
                    collector.add(batch, await self._fetch_page(batch))

        try:
            async with anyio.create_task_group() as tasks:
                for _ in range(min(self._max_concurrency, collector.remaining)):
                    tasks.start_soon(fetch)
        except BaseExceptionGroup as group:  # such as KeyboardInterrupt; `catch_failure` takes what is an Exception
            raise group.exceptions[0] from None

    async def _fetch_page(self, batch: Batch) -> Page:
        state = RetryState(self._options)
        try:
            return await self._attempt(state, batch)
        except XInsightsError as error:
            state.replay(error)
        return await self._retry(state.compute_wait, self._attempt, state, batch)

    async def _attempt(self, state: RetryState, batch: Batch) -> Page:
        state.start_attempt()
        for seconds in self._account.gate.compute_waits(batch.endpoint.name):
            await anyio.sleep(seconds)
        state.deadline.start()
        outcome: Page | Exception | None = None
        with anyio.move_on_after(state.deadline.compute_left()):
            outcome = await self._send(batch)
        state.deadline.stop()
        if outcome is None:  # the scope was cancelled, by the deadline and not by the caller
            raise state.deadline.create_error()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def _send(self, batch: Batch) -> Page | Exception:
        http = self._http.get()
        request = build_request(http, self._options, batch)
        try:
            response = await http.send(request, auth=self._account.auth, stream=True, follow_redirects=False)
            async with contextlib.aclosing(response):
                # A hook or an auth of the caller's may have read the body.
                raw = None if response.is_stream_consumed else await _read_body(response)
            outcome = read_response(batch, response, raw)
            if isinstance(outcome, ResponseError):
                give_up_connection(response)
        except Exception as error:
            return convert_exception(request, error, is_closed=http.is_closed)
        self._account.update(batch.endpoint.name, response.headers, outcome)
        return outcome


async def _read_body(response: httpx.Response) -> bytes:
    body = RawBody()
    # A cancelled read ends all generators of httpx. If the loop were left, trio would warn of those that are open.
    with anyio.CancelScope() as scope:
        async for part in response.aiter_raw():
            if body.add(part):
                scope.cancel()
    return body.join()


class AsyncPageIterator(AsyncIterator[Insights]):
    """The same as `PageIterator`, for `async for` in one task at a time. Nothing is in flight between two pages."""

    def __init__(self, collector: PageCollector, fetch: Callable[[], Awaitable[None]]) -> None:
        self._collector = collector
        self._fetch = fetch
        self._length = collector.remaining

    async def __anext__(self) -> Insights:
        while (insights := self._collector.release()) is None:
            if not self._collector.advance():
                self._collector.end()
                raise StopAsyncIteration
            await self._fetch()
        return insights

    def __len__(self) -> int:
        return self._length

    async def aclose(self) -> None:
        """End the iteration. No further page is requested."""
        self._collector.close()
