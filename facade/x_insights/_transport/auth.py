"""The access token: where it comes from, how a request gets it, and how a text loses it."""

import json
import os
import re
import threading
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import NoReturn

import anyio
import httpx

from .._errors import InvalidRequestError, XInsightsError, wrap_exception
from .http_library import Auth, is_instance
from .per_process import PerProcess

Token = str | Callable[[], str] | Auth
"""What a caller may pass as `token`. Only the asynchronous client accepts an async callable as well."""
AsyncToken = Token | Callable[[], Awaitable[str]]

# Replacing a shorter token would garble ordinary words.
_MIN_SECRET_LENGTH = 8
_CALLABLE = "the callable that was passed as `token`"


class Credentials:
    """The token of one account: a text, a callable that returns one, or an `httpx.Auth` that signs requests itself.

    Raises InvalidRequestError if the token is invalid.
    """

    def __init__(self, token: AsyncToken) -> None:
        self.auth = token if is_instance(token, httpx.Auth) else None
        """What httpx signs the requests with."""
        self._provider = token if callable(token) and self.auth is None else None
        self.is_renewable = self._provider is not None
        """Whether there may be another token after X has rejected one."""
        self._header = ""
        self._calls = 0
        self._lock = PerProcess(threading.Lock)
        self._async_lock = PerProcess(anyio.Lock, per_loop=True)
        if self.auth is None and self._provider is None:
            if fault := _find_fault(token):
                raise InvalidRequestError(f"the access token {fault}")
            self._header = f"Bearer {token}"

    # A callable is called before every request. Requests that need a token at the same time share a call: one that
    # waited for the lock during another's call finds `_calls` changed. `rejected` is the header that X has rejected. If
    # another request has got a different one since, that one is used.

    def authorize(self, request: httpx.Request, rejected: str | None) -> XInsightsError | None:
        """Set the header `Authorization` of a request. Return an error if the callable fails."""
        if self._provider is not None:
            calls = self._calls
            with self._lock.get():
                if self._needs_call(calls, rejected):
                    try:
                        if failure := self._store(self._provider()):
                            return failure
                    except Exception as error:
                        return wrap_exception(_CALLABLE + " raised {}", error)
        self._set_header(request)
        return None

    async def authorize_async(self, request: httpx.Request, rejected: str | None) -> XInsightsError | None:
        """Do the same as `authorize`, with a callable that may be asynchronous."""
        if self._provider is not None:
            calls = self._calls
            async with self._async_lock.get():
                if self._needs_call(calls, rejected):
                    try:
                        token = self._provider()
                        if failure := self._store(await token if isawaitable(token) else token):
                            return failure
                    except Exception as error:
                        return wrap_exception(_CALLABLE + " raised {}", error)
        self._set_header(request)
        return None

    def _needs_call(self, calls: int, rejected: str | None) -> bool:
        return calls == self._calls and rejected in (None, self._header)

    def _store(self, token: object) -> XInsightsError | None:
        if fault := _find_fault(token):
            return XInsightsError(f"{_CALLABLE} returned an invalid access token: it {fault}")
        self._header = f"Bearer {token}"
        self._calls += 1
        return None

    def _set_header(self, request: httpx.Request) -> None:
        if self.auth is None:
            request.headers["Authorization"] = self._header

    def __reduce__(self) -> NoReturn:
        raise TypeError("this object holds an access token and must not be pickled")


def read_token() -> str:
    """Return the token in the environment. Raises InvalidRequestError if there is none."""
    if token := os.environ.get("X_ACCESS_TOKEN"):
        return token
    raise InvalidRequestError("no access token: pass `token`, or set the environment variable X_ACCESS_TOKEN")


def create_redactor(request: httpx.Request) -> Callable[[str], str]:
    """Return a function that replaces the token of a request in a text, also if JSON has escaped it."""
    secret: str = request.headers.get("Authorization", "").partition(" ")[2]
    if len(secret) < _MIN_SECRET_LENGTH:
        return str
    escaped = json.dumps(secret)[1:-1]
    forms = dict.fromkeys((escaped.replace("/", "\\/"), escaped, secret))  # some encoders escape the slash, too

    def redact(text: str) -> str:
        for form in forms:
            text = text.replace(form, "[token]")
        return text

    return redact


def _find_fault(token: object) -> str:
    """Return why this is not a token that the header can have (RFC 6750, section 2.1). Return "" if it is one."""
    if not isinstance(token, str):
        return f"is of type {type(token).__name__}: use a str"
    # This check also keeps the token out of h11's error about a header that it cannot send.
    if not re.fullmatch("[!-~]+", token):
        return "is empty, or has a space, a line break or a non-ASCII character: use the token alone, without `Bearer`"
    return ""
