"""The synchronous client.

The way of a call: `validate_query` turns its arguments into a `Query`. `PageCollector` divides that into `Batch`es,
each an endpoint and the query of one page. `Transport.fetch(batch)` waits for the rate limit, sends, reads a bounded
body, and returns a `Page` or an error, after as many attempts as the budget allows. The collector takes that outcome,
and continues, falls back to the other endpoint, or stops. It returns `Insights`, or raises the error with `partial` and
`pending`. Errors are values up to that one `raise`, because the frames of a traceback would hold the token.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Self

import httpx

from ._pages import EndpointSelector, PageCollector
from ._query import EnumNames, validate_query
from ._results import Insights
from ._transport import Options, Token, Transport
from ._types import RateLimit
from ._validation import TweetIds


class InsightsClient:
    """Fetches the insights of Posts over the last 28 hours (`GET /2/insights/28hr` or `GET /2/tweets/analytics`).

    Clients are thread-safe. After a fork, a client opens its own connections; with your `http_client`, it raises an
    error.

    Args:
        token: A user's access token, a callable that returns one, or an `httpx.Auth`. A callable is called before
            every request, and once more after a 401. None reads the environment variable `X_ACCESS_TOKEN`.
        base_url: The address of X. `http://` is rejected except on loopback.
        timeout: Seconds to wait for a connection, for sending and for each read, or an `httpx.Timeout`.
        attempts: Attempts per request. Connection errors, timeouts, 5xx and exceeded rate limits are retried.
        max_wait: The longest wait requested by X, in seconds: until a rate limit resets, or for `Retry-After`. An
            attempt has at most two. If X requests a longer one, RateLimitError or ServerError is raised immediately.
        deadline: The time budget of one page of IDs, in seconds: all attempts and the backoff between them. Not
            included: waits requested by X, DNS, and your own callables. None for no deadline. With a deadline,
            `timeout` is rounded up to whole seconds.
        endpoint: `28hr` for `GET /2/insights/28hr`, `analytics` for `GET /2/tweets/analytics`, or `auto` for the first,
            with a fallback to the second if the first responds with a 404 without a body.
        http_client: Your own client, for proxies, TLS and instrumentation. It is not modified and not closed.

    Raises:
        InvalidRequestError: If an option is invalid.
    """

    def __init__(
        self,
        token: Token | None = None,
        *,
        base_url: str = "https://api.x.com",
        timeout: float | httpx.Timeout = 10.0,
        attempts: int = 3,
        max_wait: float = 60.0,
        deadline: float | None = 300.0,
        endpoint: str = "28hr",
        http_client: httpx.Client | None = None,
    ) -> None:
        self._options = Options(base_url, timeout, attempts, max_wait, deadline, endpoint)
        self._selector = EndpointSelector(self._options.endpoints)
        self._transport = Transport.open(self._options, token, http_client)

    def get_28hr(
        self, tweet_ids: TweetIds, metrics: EnumNames, granularity: str = "Total", *, fields: EnumNames | None = None
    ) -> Insights:
        """Fetch the insights of any number of Posts, 25 per request, or 100 from `analytics`.

        If a request fails, the error has the pages already received (`partial`) and the remaining IDs (`pending`).

        Args:
            tweet_ids: One ID or an iterable of IDs, as `str` of 1 to 19 digits, positive `int`, or another object
                with `__index__`. Leading zeros and duplicates are dropped.
            metrics: One metric or an iterable of metrics, as `Metric` or name in any spelling, such as `url_clicks`.
            granularity: `Total` for sums, or `Hourly`, `Daily` or `Weekly` for a time series.
            fields: `errors`, `measurement` or both. Both by default.

        Returns:
            The insights of all Posts, in the order of `tweet_ids`.

        Raises:
            InvalidRequestError: If an argument is invalid. Nothing has been sent.
            ApiError: If X responds with an error status.
            TransportError: If there is no complete response.
            ResponseError: If the response cannot be parsed.
        """
        query = validate_query(self._options.parse_metric, tweet_ids, metrics, granularity, fields)
        collector = PageCollector(self._selector, query)
        while collector.advance():
            self._fetch_pages(collector)
        return collector.finish()

    def iter_28hr(
        self, tweet_ids: TweetIds, metrics: EnumNames, granularity: str = "Total", *, fields: EnumNames | None = None
    ) -> "PageIterator":
        """Fetch the insights of any number of Posts page by page, each page when it is consumed.

        Args and errors are those of `get_28hr`. The arguments are validated immediately. An error's `partial` does not
        include the pages already yielded.

        Returns:
            An iterator with one `Insights` per page of IDs.
        """
        query = validate_query(self._options.parse_metric, tweet_ids, metrics, granularity, fields)
        collector = PageCollector(self._selector, query)
        return PageIterator(collector, partial(self._fetch_pages, collector, limit=1))

    def with_token(self, token: Token) -> Self:
        """Return a client for another account, with the same options and connections.

        It has its own token and rate limits, and is created in microseconds. If `auto` falls back for one account, it
        does for all. Close the first client to close the connections; closing the others does nothing.

        Args:
            token: As for the constructor, but not None.

        Raises:
            InvalidRequestError: If the token is invalid.
        """
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

    def close(self) -> None:
        """Close the connections, unless they are those of your own `http_client`."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _fetch_pages(self, collector: PageCollector, limit: int | None = None) -> None:
        for batch in collector.request(limit):
            collector.add(batch, self._transport.fetch(batch))


class PageIterator(Iterator[Insights]):
    """Iterates over the pages of a call. `len()` is the largest number of pages that it yields.

    The length is known before the first page is requested. If `auto` falls back, there are fewer and larger pages. An
    iteration that continues after a page was interrupted raises `XInsightsError` with the IDs that are `pending`. Use
    an iterator in one thread at a time.
    """

    def __init__(self, collector: PageCollector, fetch: Callable[[], None]) -> None:
        self._collector = collector
        self._fetch = fetch
        self._length = collector.remaining

    def __next__(self) -> Insights:
        while (insights := self._collector.release()) is None:
            if not self._collector.advance():
                self._collector.end()
                raise StopIteration
            self._fetch()
        return insights

    def __len__(self) -> int:
        return self._length

    def close(self) -> None:
        """End the iteration. No further page is requested."""
        self._collector.close()
