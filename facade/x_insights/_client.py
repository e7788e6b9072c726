"""The synchronous client.

The way of a call: `validate_query` turns its arguments into a `Query`. `PageCollector` divides that into `Batch`es,
each an endpoint and the query of one page. `Transport.fetch` waits for the rate limit, sends, reads a bounded body, and
returns a `Page` or an error, after as many attempts as the budget allows. The collector continues, falls back to the
other endpoint, or stops, and returns `Insights` or raises the error with `partial` and `pending`. Errors are values up
to that one `raise`, because the frames of a traceback would hold the token.
"""

from datetime import datetime
from typing import Self

from ._base_client import BaseClient
from ._endpoints import validate_period
from ._iterators import PageIterator
from ._pages import HISTORICAL, PageCollector
from ._query import MetricNames, validate_query
from ._results import Insights
from ._transport import HttpClient, Options, Timeout, Token, Transport
from ._types import EndpointName, Fields, GranularityName
from ._validation import PostIds


class InsightsClient(BaseClient[Token, Transport]):
    """Fetches the insights of Posts over the last 28 hours, or over any period.

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
        endpoint: What to request the last 28 hours from: `28hr` for `GET /2/insights/28hr`, `analytics` for
            `GET /2/tweets/analytics`, or `auto` for the first, with a fallback to the second if the first responds with
            a 404 without a body.
        http_client: Your own `httpx.Client` or `httpx2.Client`, for proxies, TLS and instrumentation. It is not changed
            and not closed.

    Raises:
        InvalidRequestError: If an option is invalid.
    """

    def __init__(
        self,
        token: Token | None = None,
        *,
        base_url: str = "https://api.x.com",
        timeout: float | Timeout = 10.0,
        attempts: int = 3,
        max_wait: float = 60.0,
        deadline: float | None = 300.0,
        endpoint: EndpointName = "28hr",
        http_client: HttpClient | None = None,
    ) -> None:
        options = Options(base_url, timeout, attempts, max_wait, deadline, endpoint)
        super().__init__(options, Transport.open(options, token, http_client))

    def get_28hr(
        self, tweet_ids: PostIds, metrics: MetricNames, granularity: GranularityName = "Total", *, fields: Fields = None
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
        query = validate_query(self._selector.parse_metric, tweet_ids, metrics, granularity, fields)
        return self._fetch_all(PageCollector(self._selector, query))

    def iter_28hr(
        self, tweet_ids: PostIds, metrics: MetricNames, granularity: GranularityName = "Total", *, fields: Fields = None
    ) -> PageIterator:
        """Fetch the same as `get_28hr` page by page, each page when it is consumed.

        The arguments are validated immediately. An error's `partial` does not include the pages already yielded.

        Returns:
            An iterator with one `Insights` per page of IDs.
        """
        query = validate_query(self._selector.parse_metric, tweet_ids, metrics, granularity, fields)
        return PageIterator(PageCollector(self._selector, query), self._fetch_pages, 1)

    def get_historical(
        self,
        tweet_ids: PostIds,
        metrics: MetricNames,
        start_time: datetime | str,
        end_time: datetime | str | None = None,
        granularity: GranularityName = "Total",
        *,
        fields: Fields = None,
    ) -> Insights:
        """Fetch the insights of any number of Posts over any period, from `GET /2/tweets/analytics`.

        A request has 100 IDs, or fewer if the series are long. The option `endpoint` has no effect, and there is no
        fallback. X documents no limit on the period. If X rejects one, `ApiError` has its reason.

        The other arguments, the result and the errors are those of `get_28hr`.

        Args:
            metrics: Metrics of `analytics`.
            start_time: The start of the period, as an aware datetime or as ISO 8601 text with an offset or `Z`.
                Fractions of a second are dropped.
            end_time: The end of the period. By default, ten seconds before the call.
        """
        period = validate_period(start_time, end_time)
        query = validate_query(HISTORICAL.parse_metric, tweet_ids, metrics, granularity, fields, period=period)
        return self._fetch_all(PageCollector(HISTORICAL, query))

    def iter_historical(
        self,
        tweet_ids: PostIds,
        metrics: MetricNames,
        start_time: datetime | str,
        end_time: datetime | str | None = None,
        granularity: GranularityName = "Total",
        *,
        fields: Fields = None,
    ) -> PageIterator:
        """Fetch the same as `get_historical` page by page, as `iter_28hr` does."""
        period = validate_period(start_time, end_time)
        query = validate_query(HISTORICAL.parse_metric, tweet_ids, metrics, granularity, fields, period=period)
        return PageIterator(PageCollector(HISTORICAL, query), self._fetch_pages, 1)

    def close(self) -> None:
        """Close the connections, unless they are those of your own `http_client`."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _fetch_all(self, collector: PageCollector) -> Insights:
        while collector.advance():
            self._fetch_pages(collector)
        return collector.finish()

    def _fetch_pages(self, collector: PageCollector, limit: int | None = None) -> None:
        for batch in collector.request(limit):
            collector.add(batch, self._transport.fetch(batch))
