"""The asynchronous client."""

from datetime import datetime
from typing import Self

import anyio

from ._base_client import BaseClient
from ._endpoints import validate_period
from ._iterators import AsyncPageIterator
from ._pages import HISTORICAL, PageCollector
from ._query import MetricNames, validate_query
from ._results import Insights
from ._transport import AsyncHttpClient, AsyncToken, AsyncTransport, Options, Timeout
from ._types import EndpointName, Fields, GranularityName
from ._validation import PostIds, validate_count


class AsyncInsightsClient(BaseClient[AsyncToken, AsyncTransport]):
    """The same as `InsightsClient`, on asyncio and trio, with several pages in flight.

    Use `await` for `get_28hr` and `close`, `async for` for `iter_28hr`, and `async with` for the client itself.

    A client works in one event loop after another, one loop at a time, such as those of several `asyncio.run`. One with
    an `http_client` raises an error in another event loop or process.

    Args:
        token: Also an async callable. The other options are those of `InsightsClient`.
        deadline: Bounds an async callable and the auth and hooks of an `http_client` too. `timeout` is not rounded.
        http_client: An `httpx.AsyncClient` or `httpx2.AsyncClient`.
        max_concurrency: The number of pages in flight at once, per call.
    """

    def __init__(
        self,
        token: AsyncToken | None = None,
        *,
        base_url: str = "https://api.x.com",
        timeout: float | Timeout = 10.0,
        attempts: int = 3,
        max_wait: float = 60.0,
        deadline: float | None = 300.0,
        endpoint: EndpointName = "28hr",
        http_client: AsyncHttpClient | None = None,
        max_concurrency: int = 4,
    ) -> None:
        options = Options(base_url, timeout, attempts, max_wait, deadline, endpoint)
        self._max_concurrency = validate_count("max_concurrency", max_concurrency)
        super().__init__(options, AsyncTransport.open(options, token, http_client))

    async def get_28hr(
        self, tweet_ids: PostIds, metrics: MetricNames, granularity: GranularityName = "Total", *, fields: Fields = None
    ) -> Insights:
        """Fetch the insights of any number of Posts: `InsightsClient.get_28hr` with `max_concurrency` pages in flight.

        If a page fails, no further page is requested. Those in flight may still be received, and are part of `partial`.
        """
        query = validate_query(self._selector.parse_metric, tweet_ids, metrics, granularity, fields)
        return await self._fetch_all(PageCollector(self._selector, query))

    def iter_28hr(
        self, tweet_ids: PostIds, metrics: MetricNames, granularity: GranularityName = "Total", *, fields: Fields = None
    ) -> AsyncPageIterator:
        """Fetch the insights of any number of Posts page by page: `InsightsClient.iter_28hr`, for `async for`.

        Do not await the call. Up to `max_concurrency` pages are fetched at once. The next ones are requested when all
        of them are consumed.
        """
        query = validate_query(self._selector.parse_metric, tweet_ids, metrics, granularity, fields)
        return AsyncPageIterator(PageCollector(self._selector, query), self._fetch_pages, self._max_concurrency)

    async def get_historical(
        self,
        tweet_ids: PostIds,
        metrics: MetricNames,
        start_time: datetime | str,
        end_time: datetime | str | None = None,
        granularity: GranularityName = "Total",
        *,
        fields: Fields = None,
    ) -> Insights:
        """Fetch the insights of any number of Posts over any period: `InsightsClient.get_historical`."""
        period = validate_period(start_time, end_time)
        query = validate_query(HISTORICAL.parse_metric, tweet_ids, metrics, granularity, fields, period=period)
        return await self._fetch_all(PageCollector(HISTORICAL, query))

    def iter_historical(
        self,
        tweet_ids: PostIds,
        metrics: MetricNames,
        start_time: datetime | str,
        end_time: datetime | str | None = None,
        granularity: GranularityName = "Total",
        *,
        fields: Fields = None,
    ) -> AsyncPageIterator:
        """Fetch the same as `get_historical` page by page, as `iter_28hr` does."""
        period = validate_period(start_time, end_time)
        query = validate_query(HISTORICAL.parse_metric, tweet_ids, metrics, granularity, fields, period=period)
        return AsyncPageIterator(PageCollector(HISTORICAL, query), self._fetch_pages, self._max_concurrency)

    async def close(self) -> None:
        """Close the connections, unless they are those of your own `http_client`."""
        await self._transport.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _fetch_all(self, collector: PageCollector) -> Insights:
        while collector.advance():
            await self._fetch_pages(collector)
        return collector.finish()

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
