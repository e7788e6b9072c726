"""The connections of a client: its own, or the caller's `http_client`."""

import encodings.idna  # noqa: F401 - a process that is forked while a thread imports it, at a first request, would hang
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Generic, TypeVar

import httpx

from .._errors import InvalidRequestError, XInsightsError
from .._validation import format_value
from .._version import __version__
from .http_library import is_instance
from .options import Options
from .per_process import PerProcess

C = TypeVar("C", bound=httpx.Client | httpx.AsyncClient)


class Connections(Generic[C]):
    """The httpx client that sends the requests, one per process, and per event loop if it is asynchronous.

    All accounts of a client share it. Raises InvalidRequestError if the environment or `http_client` is invalid.
    """

    def __init__(self, options: Options, http_client: Any, client_class: type[C]) -> None:
        name = client_class.__name__
        if http_client is not None and not is_instance(http_client, client_class):
            message = f"http_client is {format_value(http_client)}: pass an httpx.{name} or an httpx2.{name}"
            raise InvalidRequestError(message)
        self._options = options
        self._client_class = client_class
        self._is_own = http_client is None
        self._is_closed = False
        first: C = self._create() if http_client is None else http_client
        self.is_httpx2 = not isinstance(first, client_class)
        """Whether requests are sent with an httpx2 client."""
        self._clients = PerProcess(self._create, first, per_loop=issubclass(client_class, httpx.AsyncClient))

    def get(self) -> C | Exception:
        """Return the httpx client for the current process and event loop, or the reason why there is none."""
        if self._is_closed:
            return RuntimeError("the client that owns the connections has been closed")
        try:
            return self._clients.get()
        except XInsightsError as error:
            return error

    def close(self) -> C | None:
        """Return the httpx client to close, if it is our own. `get` fails from now on."""
        if not self._is_own:
            return None
        self._is_closed = True
        return self._clients.clear()

    def _create(self) -> C:
        if not self._is_own:
            raise XInsightsError(
                "`http_client` cannot be used in another process or event loop than the one it was passed in:"
                " create it and this client there, or pass none"
            )
        try:
            http = self._client_class(
                timeout=self._options.timeout,
                # A proxy from the environment would read what is sent to a loopback server in the clear.
                trust_env=self._options.base_url.startswith("https:"),
            )
        except (OSError, ImportError, ValueError, httpx.InvalidURL) as error:
            raise InvalidRequestError(
                "cannot open connections: check SSL_CERT_FILE, SSL_CERT_DIR, SSLKEYLOGFILE and the proxy variables,"
                f" such as HTTPS_PROXY; socks proxies need `pip install httpx[socks]` ({type(error).__name__})"
            ) from None
        http.headers["User-Agent"] = f"x-insights-28hr/{__version__} {http.headers['User-Agent']}"
        # A jar that stays empty: a cookie would be sent with the requests of other accounts, too.
        http.cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
        return http
