"""Errors: what can go wrong, as plain data that pickles."""

from __future__ import annotations

import copyreg
import re
import reprlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._rate_limit import RateLimit
    from ._results import Insights


class XInsightsError(Exception):
    """Root of all errors of this library.

    None holds a request, a response or the access token; all can be pickled.
    """

    retryable: bool = False
    """Whether the same call may succeed later."""
    partial: Insights | None = None
    """All pages that arrived before the failure; None where nothing was sent."""
    pending: tuple[str, ...] = ()
    """The ids that were not fetched, in the order asked for: `get_28hr(error.pending, ...)` resumes."""

    def __reduce__(self) -> tuple[Any, ...]:
        # The inherited one calls the class with `args` alone, which lack the keywords of the subclasses.
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__  # type: ignore[attr-defined]


class InvalidRequestError(XInsightsError, ValueError):
    """Refused before anything was sent; the message names the value, its place and the mend."""


class ApiError(XInsightsError):
    """X answered with an error status.

    `title`, `detail` and `type` are those of RFC 7807, section 3.1, where the body has them.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int,
        title: str | None = None,
        detail: str | None = None,
        type: str | None = None,
        request_id: str | None = None,
        problems: Sequence[Mapping[str, Any]] = (),
        body: str = "",
    ) -> None:
        super().__init__(message)
        self.status = status
        """The HTTP status."""
        self.title = title
        self.detail = detail
        self.type = type
        self.request_id = request_id
        """X's `x-transaction-id`, for asking X about this answer."""
        self.problems: tuple[Mapping[str, Any], ...] = tuple(problems)
        """The body's `errors`, or else the body itself where it is one problem."""
        self.body = body
        """The first 500 characters of the body."""
        self.retry_after: float | None = None
        """Seconds, from the answer, that X asks to wait before the next try."""


class AuthenticationError(ApiError):
    """401: X does not accept the access token."""


class ForbiddenError(ApiError):
    """403: the app or the user may not do this."""

    reason: str | None = None
    """X's word for it, such as `client-not-enrolled`."""
    registration_url: str | None = None
    """Where X says that access can be had."""


class EndpointUnavailableError(ApiError):
    """404 with an empty body, which is how X answers for a path that it does not have."""


class RateLimitError(ApiError):
    """429: the request window is used up. Waiting helps."""

    retryable = True
    retry_at: datetime | None = None
    """When the window resets, by X's clock; `retry_after` says it without any clock."""
    rate_limit: RateLimit | None = None


class UsageCapError(ApiError):
    """429 of a usage cap, or 402: the plan's Posts or credits are used up. Waiting does not help."""

    period: str | None = None
    """What the cap counts over, such as `Monthly`."""
    scope: str | None = None
    """Whom the cap counts for, such as `Product`."""


class ServerError(ApiError):
    """5xx: X failed."""

    retryable = True


class TransportError(XInsightsError):
    """No whole answer came: a timeout, a refused or reset connection, a breach of HTTP."""

    retryable = True


class ResponseError(XInsightsError):
    """X answered a success that is truncated, not JSON, or of the wrong shape; the message names the JSON path."""

    def __init__(self, message: str, *, body: str = "") -> None:
        super().__init__(message)
        self.body = body
        """The first 500 characters of the body."""


def shown(value: object) -> str:
    """`value` as a message shows it: short, and without an error of its own."""
    try:
        return reprlib.repr(value)
    except ValueError:  # an int of more digits than Python turns into text
        return f"an {type(value).__name__} of thousands of digits"


def redacted(text: bytes, secret: str) -> bytes:
    """`text` as an error may hold it: without the secret, also where JSON has backslashes in it."""
    pattern = "".join(rf"\\?{re.escape(character)}" for character in secret)
    return re.sub(pattern.encode(), b"[token]", text) if secret else text
