"""Authentication: the access token of each request, requested from the caller in time and never shown."""

import contextlib
import os
import re
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterator
from inspect import isawaitable
from typing import NoReturn

import anyio
import httpx

from .._errors import InvalidRequestError, XInsightsError
from .per_process import Local

Token = str | Callable[[], str] | httpx.Auth
"""What a caller may pass as `token`. Only the asynchronous client accepts an async callable as well."""
AsyncToken = Token | Callable[[], Awaitable[str]]


def read_token() -> str:
    """Return the token in the environment. Raises InvalidRequestError if there is none."""
    if token := os.environ.get("X_ACCESS_TOKEN"):
        return token
    raise InvalidRequestError("no access token: pass `token`, or set the environment variable X_ACCESS_TOKEN")


def create_auth(token: AsyncToken) -> httpx.Auth:
    """Return the token as an `httpx.Auth`, so that it is set per request and never stored on a shared client."""
    if isinstance(token, httpx.Auth):
        return token
    return _TokenProviderAuth(token) if callable(token) else _TokenAuth(token)


class _TokenAuth(httpx.Auth):
    """Sends the same token with every request."""

    def __init__(self, token: str) -> None:
        self._header = _format_header(token)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = self._header
        yield request

    def __reduce__(self) -> NoReturn:
        raise TypeError("this object holds an access token and must not be pickled")


class _TokenProviderAuth(httpx.Auth):
    """Calls the caller's function before every request, and once more after a 401.

    Requests that need a token at the same time share one call.
    """

    def __init__(self, provider: Callable[[], str] | Callable[[], Awaitable[str]]) -> None:
        self._provider = provider
        self._calls = 0
        self._header = ""
        # A lock that another thread held at a fork never opens, and an async one belongs to its event loop.
        self._lock = Local(threading.Lock(), threading.Lock)
        self._async_lock = Local(anyio.Lock(), anyio.Lock, per_loop=True)

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = self._get_header()
        response = yield request
        if response.status_code == 401:
            # httpx would read the body, without a bound, before it sends the next request.
            response.stream.close()  # type: ignore[union-attr]  # pyright: ignore[reportAttributeAccessIssue]
            response.stream = httpx.ByteStream(b"")
            request.headers["Authorization"] = self._get_header()
            yield request

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        request.headers["Authorization"] = await self._get_header_async()
        response = yield request
        if response.status_code == 401:
            # As above.
            await response.stream.aclose()  # type: ignore[union-attr]  # pyright: ignore[reportAttributeAccessIssue]
            response.stream = httpx.ByteStream(b"")
            request.headers["Authorization"] = await self._get_header_async()
            yield request

    # A request that waited for the lock during another request's call finds `_calls` changed, and uses its result.

    def _get_header(self) -> str:
        calls = self._calls
        with self._lock.get():
            if self._calls == calls:
                with _wrap_exception():
                    token = self._provider()
                self._store(token)
            return self._header

    async def _get_header_async(self) -> str:
        calls = self._calls
        async with self._async_lock.get():
            if self._calls == calls:
                with _wrap_exception():
                    token = self._provider()
                    token = await token if isawaitable(token) else token
                self._store(token)
            return self._header

    def _store(self, token: object) -> None:
        self._header = _format_header(token)
        self._calls += 1


@contextlib.contextmanager
def _wrap_exception() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        message = f"the callable that was passed as `token` raised {type(error).__name__}"
        raise XInsightsError(message) from error


def _format_header(token: object) -> str:
    """Return the value of the header `Authorization` (RFC 6750, section 2.1)."""
    if not isinstance(token, str):
        raise InvalidRequestError(f"the access token is of type {type(token).__name__}: pass or return a str")
    # This check also keeps the token out of h11's error about a header that it cannot send.
    if not re.fullmatch("[!-~]+", token):
        raise InvalidRequestError(
            "the access token is empty, or contains a space, a line break or a non-ASCII character:"
            " pass the token alone, without `Bearer`"
        )
    return f"Bearer {token}"
