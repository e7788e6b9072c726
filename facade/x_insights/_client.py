"""The synchronous client."""

import contextlib
import time
from collections.abc import Iterator
from typing import Self

import httpx
import stamina

from ._auth import Token
from ._body import RawBody
from ._deadline import Deadline
from ._endpoints import Page
from ._errors import TransportError
from ._exchange import build_request, read_response
from ._failure import convert_exception
from ._gate import RateLimitGate
from ._local import Local
from ._options import Options, refuse_http_client, validate_type
from ._pages import Batch, PageCollector
from ._query import EnumNames, validate_query
from ._rate_limit import RateLimit
from ._results import Insights
from ._retry import RetryState
from ._selection import EndpointSelector
from ._validation import TweetIds


class InsightsClient:
    """Fetches the insights of Posts over the last 28 hours (`GET /2/insights/28hr` or `GET /2/tweets/analytics`).

    For one page of IDs, a call takes at most `deadline` seconds apart from the waits that X asks for: `max_wait` bounds
    each of them, and there are at most two per attempt. A body is read and decoded up to 64 MiB. Not bounded are DNS
    look-ups, and code of your own: a callable `token`, and the auth and hooks of an `http_client`.

    A client may be used by several threads, and in processes that are forked later: it opens connections of its own
    there. One with an `http_client` raises an error in another process.

    Args:
        token: A user's access token, a callable that returns one, or an `httpx.Auth`. A callable is called before
            every request, and once more after a 401. None reads the environment variable `X_ACCESS_TOKEN`.
        base_url: The address of X. `http://` is rejected except on loopback.
        timeout: Seconds to wait for a connection, for sending and for each read, or an `httpx.Timeout`.
        attempts: Attempts per request. Connection errors, timeouts, 5xx and used-up request windows are retried.
        max_wait: The longest wait, in seconds, for a request window or for `Retry-After`. If X asks for more,
            RateLimitError or ServerError is raised at once.
        deadline: Seconds for one page of IDs: all attempts and the pauses between them, also if a response trickles in.
            None for no deadline. With a deadline, `timeout` is rounded up to whole seconds.
        endpoint: `28hr` for `GET /2/insights/28hr`, `analytics` for `GET /2/tweets/analytics`, or `auto` for the first,
            and for the second after the first has responded with a 404 without a body.
        http_client: Your own client, for proxies, TLS and instrumentation. It keeps its headers and is not closed.

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
        self._options = Options(base_url, timeout, attempts, max_wait, deadline, endpoint, token)
        self._selector = EndpointSelector(self._options.endpoints)
        self._gate = RateLimitGate(max_wait)
        self._api_version: str | None = None
        self._retry = stamina.RetryingCaller(attempts=attempts, timeout=None)
        self._owns_http = http_client is None
        if http_client is None:
            self._http = Local(self._options.create_client(), self._options.create_client)
        else:
            self._http = Local(validate_type("http_client", http_client, httpx.Client), refuse_http_client)

    def get_28hr(
        self, tweet_ids: TweetIds, metrics: EnumNames, granularity: str = "Total", *, fields: EnumNames | None = None
    ) -> Insights:
        """Fetch the insights of any number of Posts, 25 per request, or 100 from `analytics`.

        Args:
            tweet_ids: One ID or an iterable of IDs, as `str` of 1 to 19 digits, positive `int`, or another object
                with `__index__`. Leading zeros and duplicates are dropped.
            metrics: One metric or an iterable of metrics, as `Metric` or name in any spelling (`UrlClicks`,
                `url_clicks`).
            granularity: `Total` for sums, or `Hourly`, `Daily` or `Weekly` for a time series.
            fields: `errors`, `measurement` or both. Both by default.

        Returns:
            The insights of all Posts, in the order of `tweet_ids`.

        Raises:
            InvalidRequestError: If an argument is invalid. Nothing has been sent.
            ApiError: If X responds with an error status.
            TransportError: If there is no complete response.
            ResponseError: If the response cannot be parsed.

            The last three carry the pages that arrived (`partial`) and the IDs that did not (`pending`).
        """
        query = validate_query(self._options.parse_metric, tweet_ids, metrics, granularity, fields)
        collector = PageCollector(self._selector, query)
        while collector.advance():
            self._fetch_pages(collector)
        return collector.join()

    def iter_28hr(
        self, tweet_ids: TweetIds, metrics: EnumNames, granularity: str = "Total", *, fields: EnumNames | None = None
    ) -> Iterator[Insights]:
        """Fetch the insights of any number of Posts page by page, each page when it is consumed.

        Args and errors are those of `get_28hr`. The arguments are validated at the call. An error's `partial` does not
        have the pages that were yielded before it.

        Returns:
            An iterator with one `Insights` per page of IDs.
        """
        query = validate_query(self._options.parse_metric, tweet_ids, metrics, granularity, fields)
        return self._iterate(PageCollector(self._selector, query))

    @property
    def rate_limit(self) -> RateLimit | None:
        """The request window as of the last response that described it."""
        return self._gate.rate_limit

    @property
    def api_version(self) -> str | None:
        """The version of X's document, by the header `api-version` of the last response. None if it had none."""
        return self._api_version

    def close(self) -> None:
        """Close the connections, unless they are those of your own `http_client`."""
        if self._owns_http and (http := self._http.close()):
            http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _iterate(self, collector: PageCollector) -> Iterator[Insights]:
        while collector.advance():
            self._fetch_pages(collector, limit=1)
            yield from collector.release()
        collector.join()

    def _fetch_pages(self, collector: PageCollector, limit: int | None = None) -> None:
        for batch in collector.request(limit):
            with collector.catch_failure():
                collector.add(batch, self._fetch_page(batch))

    def _fetch_page(self, batch: Batch) -> Page:
        state = RetryState(self._options.attempts, self._options.max_wait, self._options.deadline)
        return self._retry(state.compute_wait, self._attempt, state, batch)

    def _attempt(self, state: RetryState, batch: Batch) -> Page:
        state.start_attempt()
        for seconds in self._gate.compute_waits(batch.endpoint.name):
            time.sleep(seconds)
        state.deadline.start()
        outcome = self._send(batch, state.deadline)
        state.deadline.stop()
        if isinstance(outcome, TransportError) and state.deadline.has_passed():
            outcome = state.deadline.create_error()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def _send(self, batch: Batch, deadline: Deadline) -> Page | Exception:
        http = self._http.get()
        request = build_request(http, self._options, batch)
        request.extensions["timeout"] = deadline.create_timeouts(self._options.timeout)
        try:
            response = http.send(request, auth=self._options.auth, stream=True, follow_redirects=False)
            with contextlib.closing(response):
                # A hook or an auth of the caller's may have read the body.
                raw = None if response.is_stream_consumed else _read_body(response)
            outcome = read_response(batch, response, raw)
        except Exception as error:
            return convert_exception(request, error, is_closed=http.is_closed)
        self._gate.update(batch.endpoint.name, response.headers, outcome)
        self._api_version = response.headers.get("api-version")
        return outcome


def _read_body(response: httpx.Response) -> bytes:
    body = RawBody()
    for part in response.iter_raw():
        if body.add(part):
            break
    return body.join()
