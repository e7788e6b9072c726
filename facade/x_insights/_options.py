"""The validated options of a client."""

import contextlib
import ipaddress
import math
import os
from collections.abc import Callable, Iterator
from typing import NoReturn, TypeVar

import attrs
import httpx

import x_insights_api

from ._auth import create_auth
from ._endpoints import ENDPOINTS, METRIC_NAMES, Endpoint
from ._errors import InvalidRequestError, XInsightsError
from ._query import MetricParser
from ._validation import create_name_parser, format_value

T = TypeVar("T")

_TLS_VARIABLES = "a file that can be used", ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE")
_PROXY_VARIABLES = (
    "the address of a proxy that can be used (socks proxies need `pip install httpx[socks]`)",
    ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
)


def validate_count(name: str, value: int) -> int:
    """Return an option that is a number of things."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise InvalidRequestError(f"{name} is {format_value(value)}: pass an int of at least 1")
    return value


def validate_type(name: str, value: object, expected: type[T]) -> T:
    """Return an option that is an object of httpx's."""
    if not isinstance(value, expected):
        raise InvalidRequestError(f"{name} is {format_value(value)}: pass an httpx.{expected.__name__}")
    return value


def _validate_base_url(base_url: str) -> str:
    """Return the address without a trailing slash. Over http, the token would travel in the clear."""
    try:
        url = httpx.URL(base_url)
    except (httpx.InvalidURL, TypeError):
        raise InvalidRequestError(f"base_url is {format_value(base_url)}, which is not a URL") from None
    if url.userinfo or {"?", "#"} & set(str(url)):
        raise InvalidRequestError("base_url must not contain user info, a query or a fragment")
    if not url.host or not (url.scheme == "https" or (url.scheme == "http" and _is_loopback(url.host))):
        raise InvalidRequestError(f"base_url is {format_value(base_url)}: use https; http is accepted on loopback only")
    if url.port is not None and not 0 <= url.port <= 65535:
        raise InvalidRequestError(f"base_url is {format_value(base_url)}: a port is at most 65535")
    return str(url).rstrip("/")


def _validate_timeout(timeout: float | httpx.Timeout) -> httpx.Timeout:
    if isinstance(timeout, httpx.Timeout):
        return timeout
    if not _is_number(timeout) or timeout <= 0:
        message = f"timeout is {format_value(timeout)}: pass a positive number of seconds or an httpx.Timeout"
        raise InvalidRequestError(message)
    return httpx.Timeout(timeout)


def _validate_attempts(attempts: int) -> int:
    return validate_count("attempts", attempts)


def _validate_max_wait(max_wait: float) -> float:
    if not _is_number(max_wait) or max_wait < 0:
        raise InvalidRequestError(f"max_wait is {format_value(max_wait)}: pass a number of seconds, 0 or more")
    return max_wait


def _validate_deadline(deadline: float | None) -> float | None:
    if deadline is not None and (not _is_number(deadline) or deadline <= 0):
        raise InvalidRequestError(f"deadline is {format_value(deadline)}: pass a positive number of seconds or None")
    return deadline


def _validate_endpoint(endpoint: str) -> tuple[Endpoint, ...]:
    if not isinstance(endpoint, str) or endpoint not in ENDPOINTS:
        raise InvalidRequestError(f"endpoint is {format_value(endpoint)}: pass one of {', '.join(ENDPOINTS)}")
    return ENDPOINTS[endpoint]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@attrs.frozen(eq=False, repr=False)
class Options:
    """What a client is created with, apart from its connections. Raises InvalidRequestError if an option is invalid."""

    base_url: str = attrs.field(converter=_validate_base_url)
    timeout: httpx.Timeout = attrs.field(converter=_validate_timeout)
    attempts: int = attrs.field(converter=_validate_attempts)
    max_wait: float = attrs.field(converter=_validate_max_wait)
    deadline: float | None = attrs.field(converter=_validate_deadline)
    endpoints: tuple[Endpoint, ...] = attrs.field(converter=_validate_endpoint, alias="endpoint")
    """The endpoints to ask, in the order in which they are tried."""
    auth: httpx.Auth = attrs.field(converter=create_auth, alias="token")
    parse_metric: MetricParser = attrs.field(
        default=attrs.Factory(
            lambda self: create_name_parser("metric", self.endpoints[0].metrics, METRIC_NAMES), takes_self=True
        ),
        init=False,
    )

    def create_client(self) -> httpx.Client:
        """Create the client that sends our requests. Raises InvalidRequestError if the environment is invalid."""
        with _convert_environment_error():
            return self._create_api_client(_remove_location).get_httpx_client()

    def create_async_client(self) -> httpx.AsyncClient:
        """Create the asynchronous client that sends our requests, as `create_client` does."""
        with _convert_environment_error():
            return self._create_api_client(_remove_location_async).get_async_httpx_client()

    def _create_api_client(self, hook: Callable[[httpx.Response], object]) -> x_insights_api.Client:
        httpx_args = {
            # A proxy from the environment would read what is sent in the clear to a loopback server.
            "trust_env": self.base_url.startswith("https:"),
            "event_hooks": {"response": [hook]},
        }
        return x_insights_api.Client(self.base_url, timeout=self.timeout, httpx_args=httpx_args)


def _remove_location(response: httpx.Response) -> None:
    """Remove the header `Location`, which nothing follows.

    httpx builds the request that would follow it all the same, and fails if `Location` is not a URL.
    """
    if response.has_redirect_location:
        del response.headers["Location"]


async def _remove_location_async(response: httpx.Response) -> None:
    _remove_location(response)


def refuse_http_client() -> NoReturn:
    """Raise the error for an `http_client` of the caller's in another process or event loop than its own."""
    raise XInsightsError(
        "`http_client` cannot be used in another process or event loop than the one it was passed in:"
        " create it and this client there, or pass none"
    )


@contextlib.contextmanager
def _convert_environment_error() -> Iterator[None]:
    """Name the environment variables that httpx reads when it creates a client, if it fails."""
    try:
        yield
    except (OSError, ImportError, ValueError, httpx.InvalidURL) as error:
        kind, names = _PROXY_VARIABLES if not isinstance(error, OSError) else _TLS_VARIABLES
        variables = " or ".join(name for name in os.environ if name.upper() in names)
        message = f"no connections can be opened, because of the environment variable {variables}, which is not {kind}"
        raise InvalidRequestError(f"{message}: {type(error).__name__}") from None
