"""Core: all that both clients decide alike; what is left to them is sending and waiting."""

from __future__ import annotations

import ipaddress
import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, TypeAlias, TypeVar
from urllib.parse import urlencode

import attrs
import httpx

from ._auth import AsyncToken, as_auth
from ._errors import InvalidRequestError, RateLimitError, TransportError, XInsightsError, redacted, shown
from ._ids import TweetIds
from ._rate_limit import RateLimit, rate_limit, reset_after
from ._results import Insights
from ._retry import Gate, RetryOptions, Tries

if TYPE_CHECKING:
    import x_insights_api

    from ._request import Query
    from ._response import Page

T = TypeVar("T")

Outcome: TypeAlias = "Page | Exception | None"
"""What became of a page: None where it was not asked for, because another had failed."""


@attrs.define(eq=False, repr=False)
class Core:
    """The checked options of a client, and what it learns from the responses."""

    auth: httpx.Auth
    api: x_insights_api.Client
    base_url: str
    timeout: httpx.Timeout
    attempts: int
    gate: Gate
    query: Callable[[TweetIds, str | Iterable[str], str, str | Iterable[str] | None], Query]
    read: Callable[[int, httpx.Headers, bytes, str], Page | XInsightsError]
    rate_limit: RateLimit | None = None

    @classmethod
    def checked(
        cls,
        token: AsyncToken | None,
        base_url: str,
        timeout: float | httpx.Timeout,
        attempts: int,
        max_wait: float,
    ) -> Core:
        """Check the options of a client; InvalidRequestError names the first that cannot be."""
        # The generated package and msgspec come with the first client: not with the import of ours, which is to be
        # quick, and not in the first call, which may hold up an event loop.
        import x_insights_api

        from ._request import Query
        from ._response import read

        url = _base_url(base_url)
        if not isinstance(timeout, httpx.Timeout):
            timeout = httpx.Timeout(_positive("timeout", timeout))
        # A proxy taken from the environment would read what is sent in the clear to a loopback server.
        arguments = {"trust_env": url.startswith("https:")}
        api = x_insights_api.Client(url, timeout=timeout, httpx_args=arguments)
        gate = Gate(max_wait=_positive("max_wait", max_wait, zero=True))
        return cls(as_auth(token), api, url, timeout, counted("attempts", attempts), gate, Query.checked, read)

    @property
    def retrying(self) -> RetryOptions:
        return {"attempts": self.attempts, "timeout": None, "wait_max": min(5.0, self.gate.max_wait)}

    def tries(self) -> Tries:
        return Tries(attempts=self.attempts, max_wait=self.gate.max_wait)

    def request(
        self, client: httpx.Client | httpx.AsyncClient, query: Query, tweet_ids: Sequence[str]
    ) -> httpx.Request:
        """The request for one page, by the client that is to send it, with our own address and timeout."""
        request = query.request(tweet_ids)
        url = self.base_url + request["url"]
        if client.params:  # a client of the caller's, with parameters of its own to be merged
            return client.build_request(request["method"], url, params=request["params"], timeout=self.timeout)
        # Given as a text, httpx parses the URL once instead of three times: a tenth of what a page of totals costs.
        url = f"{url}?{urlencode(request['params'], safe=',')}"
        return client.build_request(request["method"], url, timeout=self.timeout)

    def receive(self, request: httpx.Request, response: httpx.Response, raw: bytes | None) -> Page | XInsightsError:
        """The page of a response, or its error; what the headers say of the request window is remembered.

        `raw` is the body as it came, None where the response has read it itself.
        """
        headers = response.headers
        body = response.content if raw is None else _decoded(headers, raw)
        if limit := rate_limit(headers):
            self.rate_limit = limit
            if limit.remaining == 0 and (seconds := reset_after(headers)):
                self.gate.close(seconds, headers)
        outcome = self.read(response.status_code, headers, body, _secret(request))
        if isinstance(outcome, RateLimitError):
            self.gate.close(outcome.retry_after or 0.0, headers)
        return outcome


def transport_error(request: httpx.Request, error: httpx.RequestError) -> TransportError:
    """What became of a request that got no whole answer, without the request itself and what it carried."""
    # h11 quotes what it refuses: a response's header as it came, a request's escaped, where the token may not be found.
    quoted = "" if isinstance(error, httpx.LocalProtocolError) else f": {error}"
    reason = redacted(quoted.encode(errors="replace"), _secret(request)).decode()
    return TransportError(f"no answer from {request.url.host}: {type(error).__name__}{reason}")


def _secret(request: httpx.Request) -> str:
    authorization: str = request.headers.get("Authorization", "")
    return authorization.partition(" ")[2]


def _decoded(headers: httpx.Headers, raw: bytes) -> bytes:
    """The body without its content encoding; as it came where it is not what that says."""
    if "Content-Encoding" not in headers:
        return raw
    try:
        return httpx.Response(200, headers=headers, content=raw).content
    except httpx.DecodingError:
        return raw


def settled(pages: Sequence[Sequence[str]], outcomes: Iterable[Outcome]) -> Insights:
    """The pages that arrived, as insights; or the first error, with them as `partial` and the rest as `pending`."""
    arrived: list[tuple[Sequence[str], Page]] = []
    pending: list[Sequence[str]] = []
    failure: Exception | None = None
    for tweet_ids, outcome in itertools.zip_longest(pages, outcomes):
        if outcome is None or isinstance(outcome, Exception):
            pending.append(tweet_ids)
            failure = failure or outcome
        else:
            arrived.append((tweet_ids, outcome))
    chained = itertools.chain.from_iterable
    insights = Insights(tuple(chained(ids for ids, _ in arrived)), tuple(page for _, page in arrived))
    if failure is None:
        if not pending:
            return insights
        # A task group takes any cancellation for its own, also one that came out of the token's callable.
        failure = XInsightsError("requests were cancelled from within: does the callable `token` await a shared task?")
    if isinstance(failure, XInsightsError):
        failure.partial, failure.pending = insights, tuple(chained(pending))
    raise failure


def of_kind(kind: type[T], name: str, value: T) -> T:
    if not isinstance(value, kind):
        raise InvalidRequestError(f"{name} is {shown(value)}: pass an httpx.{kind.__name__}")
    return value


def counted(name: str, value: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise InvalidRequestError(f"{name} is {shown(value)}: pass an int of at least 1")
    return value


def _positive(name: str, value: float, *, zero: bool = False) -> float:
    known = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not known or value < 0 or (value == 0 and not zero):
        raise InvalidRequestError(f"{name} is {shown(value)}: pass a number of seconds")
    return value


def _base_url(given: str) -> str:
    """The address without a slash at its end; the token would travel in the clear over http, except to this machine."""
    try:
        url = httpx.URL(given)
    except (httpx.InvalidURL, TypeError):
        raise InvalidRequestError(f"base_url is {shown(given)}, which is no URL") from None
    if url.userinfo or {"?", "#"} & set(str(url)):
        raise InvalidRequestError("base_url has more than a scheme, a host and a path: leave the rest out")
    if not url.host or not (url.scheme == "https" or (url.scheme == "http" and _is_loopback(url.host))):
        raise InvalidRequestError(f"base_url is {shown(given)}: use https, which http may replace on loopback only")
    return str(url).rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
