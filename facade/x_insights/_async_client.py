"""The asynchronous client."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence
from types import TracebackType
from typing import Self

import anyio
import httpx
import stamina

from ._auth import AsyncToken
from ._endpoints import Page
from ._errors import XInsightsError
from ._exchange import build_request, create_transport_error, read_response
from ._gate import RateLimitGate
from ._options import validate_count, validate_options, validate_type
from ._pages import PageCollector, chunk
from ._query import EnumNames, Query, validate_query
from ._rate_limit import RateLimit
from ._results import Insights
from ._retry import RetryState
from ._validation import TweetIds


class AsyncInsightsClient:
    """The same as `InsightsClient`, on asyncio and trio, with several pages in flight.

    Args:
        token: As for `InsightsClient`, or an async callable.
        base_url: As for `InsightsClient`.
        timeout: As for `InsightsClient`.
        attempts: As for `InsightsClient`.
        max_wait: As for `InsightsClient`.
        http_client: As for `InsightsClient`, but an `httpx.AsyncClient`.
        max_concurrency: The number of pages in flight at once, per call.

    Raises:
        InvalidRequestError: If an option is invalid.
    """

    def __init__(
        self,
        token: AsyncToken | None = None,
        *,
        base_url: str = "https://api.x.com",
        timeout: float | httpx.Timeout = 10.0,
        attempts: int = 3,
        max_wait: float = 60.0,
        http_client: httpx.AsyncClient | None = None,
        max_concurrency: int = 4,
    ) -> None:
        self._options = validate_options(token, base_url, timeout, attempts, max_wait)
        self._max_concurrency = validate_count("max_concurrency", max_concurrency)
        self._gate = RateLimitGate(max_wait)
        self._retry = stamina.AsyncRetryingCaller(attempts=attempts, timeout=None, wait_max=min(5.0, max_wait))
        self._owns_http = http_client is None
        if http_client is None:
            self._http = self._options.create_api_client().get_async_httpx_client()
        else:
            self._http = validate_type("http_client", http_client, httpx.AsyncClient)

    async def get_28hr(
        self, tweet_ids: TweetIds, metrics: EnumNames, granularity: str = "Total", *, fields: EnumNames | None = None
    ) -> Insights:
        """Fetch the insights of any number of Posts: `InsightsClient.get_28hr` with `max_concurrency` pages in flight.

        If a page fails, no further page is requested, but those in flight may still arrive and be part of `partial`.
        """
        query = validate_query(self._options.endpoint.metrics, tweet_ids, metrics, granularity, fields)
        collector = PageCollector(chunk(query.tweet_ids, self._options.endpoint.page_size))
        await self._fetch_pages(query, collector)
        return collector.join()

    def iter_28hr(
        self, tweet_ids: TweetIds, metrics: EnumNames, granularity: str = "Total", *, fields: EnumNames | None = None
    ) -> AsyncIterator[Insights]:
        """Fetch the insights of any number of Posts page by page: `InsightsClient.iter_28hr`, for `async for`.

        Up to `max_concurrency` pages are fetched at once. The next ones are requested when all of them are consumed.
        """
        query = validate_query(self._options.endpoint.metrics, tweet_ids, metrics, granularity, fields)
        return self._iterate(query)

    @property
    def rate_limit(self) -> RateLimit | None:
        """The request window as of the last response that described it."""
        return self._gate.rate_limit

    async def close(self) -> None:
        """Close the connections, unless they are those of your own `http_client`."""
        if self._owns_http:
            await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def _iterate(self, query: Query) -> AsyncIterator[Insights]:
        collector = PageCollector(chunk(query.tweet_ids, self._options.endpoint.page_size))
        # No task may live across a yield: a caller who stops consuming would leave it behind.
        while collector.remaining:
            await self._fetch_pages(query, collector, limit=self._max_concurrency)
            for insights in collector.release():
                yield insights

    async def _fetch_pages(self, query: Query, collector: PageCollector, limit: int | None = None) -> None:
        batches = collector.request(limit)

        async def fetch() -> None:
            for position, tweet_ids in batches:
                with collector.catch_failure():
                    collector.add(position, await self._fetch_page(query, tweet_ids))

        async with anyio.create_task_group() as tasks:
            for _ in range(min(self._max_concurrency, collector.remaining)):
                tasks.start_soon(fetch)

    async def _fetch_page(self, query: Query, tweet_ids: Sequence[str]) -> Page:
        state = RetryState(self._options.attempts, self._options.max_wait)
        return await self._retry(state.compute_wait, self._attempt, state, query, tweet_ids)

    async def _attempt(self, state: RetryState, query: Query, tweet_ids: Sequence[str]) -> Page:
        state.start_attempt()
        for seconds in self._gate.compute_waits():
            await anyio.sleep(seconds)
        outcome = await self._send(query, tweet_ids)
        if isinstance(outcome, XInsightsError):
            raise outcome
        return outcome

    async def _send(self, query: Query, tweet_ids: Sequence[str]) -> Page | XInsightsError:
        request = build_request(self._http, self._options, query, tweet_ids)
        try:
            response = await self._http.send(request, auth=self._options.auth, stream=True, follow_redirects=False)
            async with contextlib.aclosing(response):
                # A hook or an auth of the caller's may have read the body.
                raw = None if response.is_stream_consumed else b"".join([chunk async for chunk in response.aiter_raw()])
        except httpx.RequestError as error:
            return create_transport_error(request, error)
        outcome = read_response(self._options.endpoint, query, tweet_ids, response, raw)
        self._gate.update(response.headers, outcome)
        return outcome
