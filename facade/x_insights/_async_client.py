"""The asynchronous client."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import AsyncIterator, Iterable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self

import httpx

from ._auth import AsyncToken
from ._core import Core, Outcome, counted, of_kind, settled, transport_error
from ._errors import XInsightsError
from ._ids import TweetIds, pages
from ._rate_limit import RateLimit
from ._results import Insights
from ._retry import Tries

if TYPE_CHECKING:
    from ._request import Query
    from ._response import Page


class AsyncInsightsClient:
    """Asks X for the insights of Posts over the last 28 hours (`GET /2/insights/28hr`).

    - `token`: a user's access token, a callable that returns one, or an `httpx.Auth`. A callable is asked before every
      request, and once more after a 401. None reads the environment variable `X_ACCESS_TOKEN`.
    - `base_url`: where X is; `http://` is refused except on loopback.
    - `timeout`: seconds to wait for a connection, for sending and for each part of the answer, or an `httpx.Timeout`.
    - `attempts`: tries per request; connection errors, timeouts, 5xx and used-up request windows are tried again.
    - `max_wait`: the longest wait, in seconds, for a request window or for what `Retry-After` asks; where X asks for
      more, RateLimitError or ServerError is raised at once.
    - `http_client`: a client of yours, for proxies, TLS and instrumentation. Its headers stay, and it stays open.
    - `max_concurrency`: pages in flight at once. Here `token` may also be an async callable.

    A page of 25 ids takes at most `attempts` x (`max_wait` + the timeouts) plus (`attempts` - 1) x `max_wait` seconds,
    the timeouts being those to get a connection, to send, and to hear nothing while reading.

    Raises InvalidRequestError where an option cannot be.
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
        import stamina  # not needed until a client is made

        self._core = Core.checked(token, base_url, timeout, attempts, max_wait)
        self._max_concurrency = counted("max_concurrency", max_concurrency)
        self._retrying = stamina.AsyncRetryingCaller(**self._core.retrying)
        self._owned = http_client is None
        if http_client is None:
            self._http = self._core.api.get_async_httpx_client()
        else:
            self._http = of_kind(httpx.AsyncClient, "http_client", http_client)

    async def get_28hr(
        self,
        tweet_ids: TweetIds,
        metrics: str | Iterable[str],
        granularity: str = "Total",
        *,
        fields: str | Iterable[str] | None = None,
    ) -> Insights:
        """The insights of any number of Posts, 25 to a request.

        - `tweet_ids`: one id or several, as `str` of 1 to 19 digits or positive `int`; repeats are dropped.
        - `metrics`: one or several of `Metric`, or their names in any of `UrlClicks`, `url_clicks`, `URL_CLICKS`.
        - `granularity`: `Total` for sums; `Hourly`, `Daily` or `Weekly` for series.
        - `fields`: `errors`, `measurement` or both; None asks for both.

        Raises InvalidRequestError before anything is sent, ApiError where X answers an error status, TransportError
        where it does not answer, ResponseError where its answer cannot be read. The latter three hold what arrived as
        `partial`, and the ids that did not as `pending`.
        """
        query = self._core.query(tweet_ids, metrics, granularity, fields)
        batches = pages(query.tweet_ids)
        return settled(batches, await self._outcomes(query, batches))

    def iter_28hr(
        self,
        tweet_ids: TweetIds,
        metrics: str | Iterable[str],
        granularity: str = "Total",
        *,
        fields: str | Iterable[str] | None = None,
    ) -> AsyncIterator[Insights]:
        """The insights of any number of Posts, a page of 25 after another, fetched as it is consumed.

        Takes and raises what `get_28hr` does. All arguments are checked at the call; pages that were handed out
        before an error are not in its `partial`.
        """
        query = self._core.query(tweet_ids, metrics, granularity, fields)
        return self._iterated(query, pages(query.tweet_ids))

    @property
    def rate_limit(self) -> RateLimit | None:
        """The request window as of the last response that told it."""
        return self._core.rate_limit

    async def close(self) -> None:
        """Close the connections, except those of a `http_client` of yours."""
        if self._owned:
            await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def _iterated(self, query: Query, batches: Sequence[Sequence[str]]) -> AsyncIterator[Insights]:
        # In waves, because no task may live across a yield: who stops consuming would leave it behind.
        for start in range(0, len(batches), self._max_concurrency):
            outcomes = await self._outcomes(query, batches[start : start + self._max_concurrency])
            for position, outcome in enumerate(outcomes):
                page = start + position
                if outcome is None or isinstance(outcome, Exception):
                    settled(batches[page:], outcomes[position:])  # raises
                yield settled([batches[page]], [outcome])

    async def _outcomes(self, query: Query, batches: Sequence[Sequence[str]]) -> Sequence[Outcome]:
        import anyio  # not needed until somebody waits

        outcomes: list[Outcome] = [None] * len(batches)
        waiting = deque(enumerate(batches))

        async def fetch() -> None:
            while waiting:
                position, tweet_ids = waiting.popleft()
                outcomes[position] = outcome = await self._outcome(query, tweet_ids)
                if isinstance(outcome, Exception):
                    waiting.clear()  # those in flight may still arrive

        async with anyio.create_task_group() as tasks:
            for _ in range(min(self._max_concurrency, len(batches))):
                tasks.start_soon(fetch)
        return outcomes

    async def _outcome(self, query: Query, tweet_ids: Sequence[str]) -> Page | Exception:
        tries = self._core.tries()
        try:
            return await self._retrying(tries, self._tried, tries, query, tweet_ids)
        except Exception as error:
            return error

    async def _tried(self, tries: Tries, query: Query, tweet_ids: Sequence[str]) -> Page:
        import anyio  # not needed until somebody waits

        tries.begin()
        for wait in self._core.gate.waits():
            await anyio.sleep(wait)
        outcome = await self._sent(self._core.request(self._http, query, tweet_ids))
        if isinstance(outcome, XInsightsError):
            raise outcome
        return outcome

    async def _sent(self, request: httpx.Request) -> Page | XInsightsError:
        try:
            response = await self._http.send(request, auth=self._core.auth, stream=True, follow_redirects=False)
            async with contextlib.aclosing(response):
                # A hook or an auth of the caller's may have read it.
                raw = None if response.is_stream_consumed else b"".join([chunk async for chunk in response.aiter_raw()])
        except httpx.RequestError as error:
            return transport_error(request, error)
        return self._core.receive(request, response, raw)
