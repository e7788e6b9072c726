"""Auth: the access token of each request, asked for in time and never shown."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from inspect import isawaitable

import httpx

from ._errors import InvalidRequestError, XInsightsError

Token = str | Callable[[], str] | httpx.Auth
"""What callers may pass for a token; an async callable only to the async client."""
AsyncToken = Token | Callable[[], Awaitable[str]]

ENVIRONMENT_VARIABLE = "X_ACCESS_TOKEN"


def as_auth(token: AsyncToken | None) -> httpx.Auth:
    """The token as httpx takes it, so that it is on each request rather than on a client shared with others."""
    if token is None:
        token = os.environ.get(ENVIRONMENT_VARIABLE)
        if not token:
            raise InvalidRequestError(f"no access token: pass `token`, or set the variable {ENVIRONMENT_VARIABLE}")
    if isinstance(token, httpx.Auth):
        return token
    return _AskedToken(token) if callable(token) else _FixedToken(token)


class _FixedToken(httpx.Auth):
    def __init__(self, token: str) -> None:
        self._bearer = _bearer(token)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = self._bearer
        yield request

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("this holds an access token, which is not to be pickled")


class _AskedToken(httpx.Auth):
    """Asks before every request, and once more after a 401; requests that ask at the same time share one answer."""

    def __init__(self, ask: Callable[[], str] | Callable[[], Awaitable[str]]) -> None:
        import anyio  # not needed until somebody waits

        self._ask = ask
        self._asked = 0
        self._bearer = ""
        self._lock = threading.Lock()
        self._async_lock = anyio.Lock()

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = self._answer()
        response = yield request
        if response.status_code == 401:
            request.headers["Authorization"] = self._answer()
            yield request

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        request.headers["Authorization"] = await self._async_answer()
        response = yield request
        if response.status_code == 401:
            request.headers["Authorization"] = await self._async_answer()
            yield request

    # Whoever waited for the lock while another asked finds the count changed, and takes the other's answer.

    def _answer(self) -> str:
        asked = self._asked
        with self._lock:
            if self._asked == asked:
                self._keep(self._called())
            return self._bearer

    async def _async_answer(self) -> str:
        asked = self._asked
        async with self._async_lock:
            if self._asked == asked:
                token = self._called()
                self._keep(await _awaited(token) if isawaitable(token) else token)
            return self._bearer

    def _called(self) -> object:
        try:
            return self._ask()
        except Exception as error:
            raise _callable_failed(error) from error

    def _keep(self, token: object) -> None:
        self._bearer = _bearer(token)
        self._asked += 1


async def _awaited(token: Awaitable[object]) -> object:
    try:
        return await token
    except Exception as error:
        raise _callable_failed(error) from error


def _callable_failed(error: Exception) -> XInsightsError:
    return XInsightsError(f"the callable that was passed as `token` raised {type(error).__name__}")


def _bearer(token: object) -> str:
    """The header's value (RFC 6750, section 2.1)."""
    if not isinstance(token, str):
        raise InvalidRequestError(f"the access token is of type {type(token).__name__}: pass, or return, a str")
    # Also what keeps the token out of h11's error about a header that it cannot send.
    if not re.fullmatch("[!-~]+", token):
        raise InvalidRequestError(
            "the access token is empty, or has a space, a line end or a non-ASCII letter: pass it alone, without Bearer"
        )
    return f"Bearer {token}"
