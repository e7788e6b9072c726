"""The synchronous client."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self

import httpx

from ._auth import Token
from ._core import Core, Outcome, of_kind, settled, transport_error
from ._errors import XInsightsError
from ._ids import TweetIds, pages
from ._rate_limit import RateLimit
from ._results import Insights
from ._retry import Tries

if TYPE_CHECKING:
    from ._request import Query
    from ._response import Page


class InsightsClient:
    """Asks X for the insights of Posts over the last 28 hours (`GET /2/insights/28hr`).

    - `token`: a user's access token, a callable that returns one, or an `httpx.Auth`. A callable is asked before every
      request, and once more after a 401. None reads the environment variable `X_ACCESS_TOKEN`.
    - `base_url`: where X is; `http://` is refused except on loopback.
    - `timeout`: seconds to wait for a connection, for sending and for each part of the answer, or an `httpx.Timeout`.
    - `attempts`: tries per request; connection errors, timeouts, 5xx and used-up request windows are tried again.
    - `max_wait`: the longest wait, in seconds, for a request window or for what `Retry-After` asks; where X asks for
      more, RateLimitError or ServerError is raised at once.
    - `http_client`: a client of yours, for proxies, TLS and instrumentation. Its headers stay, and it stays open.

    A page of 25 ids takes at most `attempts` x (`max_wait` + the timeouts) plus (`attempts` - 1) x `max_wait` seconds,
    the timeouts being those to get a connection, to send, and to hear nothing while reading.

    Raises InvalidRequestError where an option cannot be.
    """

    def __init__(
        self,
        token: Token | None = None,
        *,
        base_url: str = "https://api.x.com",
        timeout: float | httpx.Timeout = 10.0,
        attempts: int = 3,
        max_wait: float = 60.0,
        http_client: httpx.Client | None = None,
    ) -> None:
        import stamina  # not needed until a client is made

        self._core = Core.checked(token, base_url, timeout, attempts, max_wait)
        self._retrying = stamina.RetryingCaller(**self._core.retrying)
        self._owned = http_client is None
        if http_client is None:
            self._http = self._core.api.get_httpx_client()
        else:
            self._http = of_kind(httpx.Client, "http_client", http_client)

    def get_28hr(
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
        return settled(batches, self._outcomes(query, batches))

    def iter_28hr(
        self,
        tweet_ids: TweetIds,
        metrics: str | Iterable[str],
        granularity: str = "Total",
        *,
        fields: str | Iterable[str] | None = None,
    ) -> Iterator[Insights]:
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

    def close(self) -> None:
        """Close the connections, except those of a `http_client` of yours."""
        if self._owned:
            self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _iterated(self, query: Query, batches: Sequence[Sequence[str]]) -> Iterator[Insights]:
        for position, tweet_ids in enumerate(batches):
            outcome = self._outcome(query, tweet_ids)
            yield settled(batches[position:] if isinstance(outcome, Exception) else [tweet_ids], [outcome])

    def _outcomes(self, query: Query, batches: Iterable[Sequence[str]]) -> Iterator[Outcome]:
        for tweet_ids in batches:
            outcome = self._outcome(query, tweet_ids)
            yield outcome
            if isinstance(outcome, Exception):
                return

    def _outcome(self, query: Query, tweet_ids: Sequence[str]) -> Page | Exception:
        tries = self._core.tries()
        try:
            return self._retrying(tries, self._tried, tries, query, tweet_ids)
        except Exception as error:
            return error

    def _tried(self, tries: Tries, query: Query, tweet_ids: Sequence[str]) -> Page:
        tries.begin()
        for wait in self._core.gate.waits():
            time.sleep(wait)
        outcome = self._sent(self._core.request(self._http, query, tweet_ids))
        if isinstance(outcome, XInsightsError):
            raise outcome
        return outcome

    def _sent(self, request: httpx.Request) -> Page | XInsightsError:
        try:
            response = self._http.send(request, auth=self._core.auth, stream=True, follow_redirects=False)
            with contextlib.closing(response):
                # A hook or an auth of the caller's may have read it.
                raw = None if response.is_stream_consumed else b"".join(response.iter_raw())
        except httpx.RequestError as error:
            return transport_error(request, error)
        return self._core.receive(request, response, raw)
