"""The connections of a client: its own, or those of the caller's `http_client`."""

import contextlib
import encodings.idna  # noqa: F401 - a process that is forked while a thread imports it, at a first request, would hang
import os
from collections.abc import Callable, Iterator
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import NoReturn, TypeVar

import httpx

import x_insights_api

from .._errors import InvalidRequestError, XInsightsError
from .._validation import format_value
from .options import Options
from .per_process import Local

T = TypeVar("T")

_TLS_VARIABLES = "a file that can be used", ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE")
_PROXY_VARIABLES = (
    "the address of a proxy that can be used (socks proxies need `pip install httpx[socks]`)",
    ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
)


def open_connections(options: Options, http_client: httpx.Client | None) -> Local[httpx.Client]:
    """Return the client that sends our requests, per process.

    Raises InvalidRequestError if the environment or `http_client` is invalid.
    """
    if http_client is not None:
        return Local(_validate_type(http_client, httpx.Client), _refuse_http_client)

    def create() -> httpx.Client:
        with _convert_environment_error():
            http = _create_api_client(options, _remove_location).get_httpx_client()
        http.cookies = _create_cookie_jar()
        return http

    return Local(create(), create)


def open_async_connections(options: Options, http_client: httpx.AsyncClient | None) -> Local[httpx.AsyncClient]:
    """Return the client that sends our requests, per process and event loop, as `open_connections` does."""
    if http_client is not None:
        return Local(_validate_type(http_client, httpx.AsyncClient), _refuse_http_client, per_loop=True)

    def create() -> httpx.AsyncClient:
        with _convert_environment_error():
            http = _create_api_client(options, _remove_location_async).get_async_httpx_client()
        http.cookies = _create_cookie_jar()
        return http

    return Local(create(), create, per_loop=True)


def _validate_type(http_client: object, expected: type[T]) -> T:
    if not isinstance(http_client, expected):
        raise InvalidRequestError(f"http_client is {format_value(http_client)}: pass an httpx.{expected.__name__}")
    return http_client


def _create_api_client(options: Options, hook: Callable[[httpx.Response], object]) -> x_insights_api.Client:
    httpx_args = {
        # A proxy from the environment would read what is sent in the clear to a loopback server.
        "trust_env": options.base_url.startswith("https:"),
        "event_hooks": {"response": [hook]},
    }
    return x_insights_api.Client(options.base_url, timeout=options.timeout, httpx_args=httpx_args)


def _create_cookie_jar() -> CookieJar:
    """Create a jar that stays empty. A cookie would be sent with the requests of other accounts as well."""
    return CookieJar(DefaultCookiePolicy(allowed_domains=[]))


def _remove_location(response: httpx.Response) -> None:
    """Remove the header `Location`, which nothing follows.

    httpx builds the request that would follow it all the same, and fails if `Location` is not a URL.
    """
    if response.has_redirect_location:
        del response.headers["Location"]


async def _remove_location_async(response: httpx.Response) -> None:
    _remove_location(response)


def _refuse_http_client() -> NoReturn:
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
