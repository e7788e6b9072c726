"""The asynchronous client."""

from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Self

import anyio
import httpx

from ._pages import EndpointSelector, PageCollector
from ._query import EnumNames, validate_query
from ._results import Insights
from ._transport import AsyncToken, AsyncTransport, Options
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
        self._options = Options(base_url, timeout, attempts, max_wait, deadline, endpoint)
        self._max_concurrency = validate_count("max_concurrency", max_concurrency)
        self._selector = EndpointSelector(self._options.endpoints)
        self._transport = AsyncTransport.open(self._options, token, http_client)

    async def get_28hr(
        self, tweet_ids: TweetIds, metrics: EnumNames, granularity: str = "Total", *, fields: EnumNames | None = None
    ) -> Insights:
        """Fetch the insights of any number of Posts: `InsightsClient.get_28hr` with `max_concurrency` pages in flight.

        If a page fails, no further page is requested. Those in flight may still be received, and are part of `partial`.
        """
        query = validate_query(self._options.parse_metric, tweet_ids, metrics, granularity, fields)
        collector = PageCollector(self._selector, query)
        while collector.advance():
            await self._fetch_pages(collector)
        return collector.finish()

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
        client = type(self).__new__(type(self))
        vars(client).update(vars(self), _transport=self._transport.with_token(token))
        return client

    @property
    def rate_limit(self) -> RateLimit | None:
        """The rate limit in the last response that described one."""
        return self._transport.rate_limit

    @property
    def api_version(self) -> str | None:
        """The version of X's API, from the header `api-version` of the last response. None if it had none."""
        return self._transport.api_version

    async def close(self) -> None:
        """Close the connections, unless they are those of your own `http_client`."""
        await self._transport.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _fetch_pages(self, collector: PageCollector, limit: int | None = None) -> None:
        batches = collector.request(limit)

        async def fetch() -> None:
            for batch in batches:
                collector.add(batch, await self._transport.fetch(batch))

        try:
            async with anyio.create_task_group() as tasks:
                for _ in range(min(self._max_concurrency, collector.remaining)):
                    tasks.start_soon(fetch)
        except BaseExceptionGroup as group:  # such as KeyboardInterrupt; `fetch` returns what is an Exception
            raise group.exceptions[0] from None


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
