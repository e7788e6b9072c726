"""The synchronous transport."""

import contextlib
import time
from typing import Generic, NoReturn, Self
from urllib.parse import urlencode

import httpx

from .._endpoints import Batch, Page
from .._errors import InvalidRequestError, ResponseError, TransportError, wrap_exception
from .._types import RateLimit
from .auth import AsyncToken, Credentials, create_redactor, read_token
from .connections import C, Connections
from .options import Options
from .rate_limit import LimitHeaders, RateLimitGate
from .response import ACCEPT_ENCODING, discard_connection, is_too_large, read_response
from .retry import Budget
from .transport_errors import convert_exception


class Account(Generic[C]):
    """The state of one account: its credentials, rate limits and last API version. Accounts share connections."""

    client_class: type[C]

    def __init__(self, options: Options, credentials: Credentials, connections: Connections[C]) -> None:
        if credentials.auth is not None and isinstance(credentials.auth, httpx.Auth) == connections.is_httpx2:
            message = "an httpx2.Auth needs an http_client of httpx2; an httpx.Auth needs one of httpx, or none"
            raise InvalidRequestError(f"token is an Auth of another library than the HTTP client: {message}")
        self._options = options
        self._credentials = credentials
        self._connections = connections
        self._owns_connections = True
        self._gate = RateLimitGate()
        self.api_version: str | None = None
        """The header `api-version` of the last response."""

    @classmethod
    def open(cls, options: Options, token: AsyncToken | None, http_client: object) -> Self:
        """Return a transport over its own connections or the caller's `http_client`.

        Raises InvalidRequestError if the token, the environment or `http_client` is invalid.
        """
        credentials = Credentials(read_token() if token is None else token)
        return cls(options, credentials, Connections(options, http_client, cls.client_class))

    @property
    def rate_limit(self) -> RateLimit | None:
        """The rate limit in the last response that described one."""
        return self._gate.rate_limit

    def with_token(self, token: AsyncToken) -> Self:
        """Return a transport for another account, over the same connections, which it does not close."""
        account = type(self)(self._options, Credentials(token), self._connections)
        account._owns_connections = False
        return account

    def __reduce__(self) -> NoReturn:
        raise TypeError("a client holds an access token and cannot be pickled: create it in the process that uses it")

    def _process(self, batch: Batch, response: httpx.Response, raw: bytearray | None) -> Page | Exception:
        """Return the page or the error in a response, and keep what it says about this account."""
        limits = LimitHeaders(response.headers)
        outcome = read_response(batch, response, limits, raw)
        if isinstance(outcome, ResponseError):
            discard_connection(response)
        self._gate.update(batch.endpoint.name, limits, outcome)
        version = response.headers.get("api-version")
        self.api_version = version and create_redactor(response.request)(version)  # a proxy may have echoed the token
        return outcome


class Transport(Account[httpx.Client]):
    """Fetches batches for one account: one batch in, one page or one error out."""

    client_class = httpx.Client

    def fetch(self, batch: Batch) -> Page | Exception:
        """Return the page of a batch, or the error of the last attempt, for the collector to raise."""
        budget = Budget(self._options, can_renew_token=self._credentials.is_renewable)
        try:
            while True:
                outcome = self._gate.check(batch.endpoint.name) or self._send(batch, budget)
                pause = budget.find_pause(outcome)
                if pause is None:
                    return outcome
                time.sleep(pause)
        except Exception as error:  # such as a logging filter's, which must not lose the pages already received
            return wrap_exception("a page was not fetched: {} was raised", error)

    def close(self) -> None:
        """Close the connections, unless they belong to another account or to the caller's `http_client`."""
        if self._owns_connections and (http := self._connections.close()):
            http.close()

    def _send(self, batch: Batch, budget: Budget) -> Page | Exception:
        http = self._connections.get()
        if isinstance(http, Exception):
            return http
        request = build_request(http, self._options, batch)
        if failure := self._credentials.authorize(request, budget.rejected):
            return failure
        budget.authorization = request.headers.get("Authorization")  # before a hook of the caller may change it
        request.extensions["timeout"] = budget.create_timeouts()
        try:
            response = http.send(request, auth=self._credentials.auth, stream=True, follow_redirects=False)
            with contextlib.closing(response):
                raw = _read_body(response)
            return self._process(batch, response, raw)
        except Exception as error:
            outcome = convert_exception(request, error, is_closed=http.is_closed)
        is_late = isinstance(outcome, TransportError) and budget.has_ended()
        return budget.create_deadline_error() if is_late else outcome


def build_request(http: httpx.Client | httpx.AsyncClient, options: Options, batch: Batch) -> httpx.Request:
    """Build the request for a page with the httpx client that sends it, but with our own address and timeout."""
    arguments = batch.endpoint.build_request(batch.query)
    url = options.base_url + arguments["url"]
    if http.params:  # the caller's, which httpx merges with ours
        request = http.build_request(arguments["method"], url, params=arguments["params"])
    else:
        # httpx parses the URL three times if it is given as an object, a tenth of the cost of a `Total` page.
        url = f"{url}?{urlencode(arguments['params'], safe=',')}"
        request = http.build_request(arguments["method"], url)
    request.headers["Accept-Encoding"] = ACCEPT_ENCODING
    request.extensions["timeout"] = options.timeout.as_dict()  # httpx2 accepts no httpx.Timeout
    return request


def _read_body(response: httpx.Response) -> bytearray | None:
    if response.is_stream_consumed:  # by a hook or an auth of the caller
        return None
    # One buffer, because a list of very small parts takes many times their size.
    body = bytearray()
    for part in response.iter_raw():
        body += part
        if is_too_large(body):
            break
    return body
