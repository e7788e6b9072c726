"""The exceptions of this library. They hold plain data only, so that all of them can be pickled."""

from __future__ import annotations

import copyreg
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from ._types import RateLimit

if TYPE_CHECKING:
    from ._results import Insights

E = TypeVar("E", bound="XInsightsError")


class XInsightsError(Exception):
    """Base class of all errors of this library.

    A call fetches its IDs in pages. If a page fails, the error has the insights of the pages already received
    (`partial`), the remaining IDs (`pending`), and whether to retry (`retryable`). It never holds a request, a response
    or the access token.
    """

    retryable: bool = False
    """Whether the same call may succeed later. The client itself does not retry any further."""
    partial: Insights | None = None
    """The insights received before the failure. None if an argument is invalid."""
    pending: tuple[str, ...] = ()
    """The remaining IDs, in the order of the call. `get_28hr(error.pending, ...)` resumes it."""

    def __reduce__(self) -> tuple[Any, ...]:
        # The inherited method calls the class with `args` alone, which lack the keyword arguments of the subclasses.
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__  # type: ignore[attr-defined]


def replace_message(error: E, message: str) -> E:
    """Return a copy of an error with another message."""
    copy = type(error).__new__(type(error), message)
    vars(copy).update(vars(error))
    return copy


def wrap_exception(message: str, error: Exception) -> XInsightsError:
    """Return an error with an exception of other code as its cause, and with its type in the place of `{}`."""
    failure = XInsightsError(message.replace("{}", type(error).__name__))  # its text may have the token
    failure.__cause__ = error
    return failure


class InvalidRequestError(XInsightsError, ValueError):
    """An argument is invalid, and nothing was sent. The message names the value, its position and what is accepted."""


class ApiError(XInsightsError):
    """X responded with an error status.

    `title`, `detail` and `type` are the members of RFC 7807, section 3.1, if the body has them.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None,
        title: str | None = None,
        detail: str | None = None,
        type: str | None = None,
        request_id: str | None = None,
        api_version: str | None = None,
        problems: Sequence[Mapping[str, Any]] = (),
        body: str = "",
    ) -> None:
        super().__init__(message)
        self.status = status
        """The HTTP status. None if the request was not sent."""
        self.title = title
        self.detail = detail
        self.type = type
        self.request_id = request_id
        """The response's `x-transaction-id`, which X's support requests."""
        self.api_version = api_version
        """The response's `api-version`: X's API version."""
        self.problems: tuple[Mapping[str, Any], ...] = tuple(problems)
        """The body's `errors`, or the body itself if it is a single problem."""
        self.body = body
        """The first 500 characters of the body."""
        self.retry_after: float | None = None
        """How many seconds after the response X accepts the next attempt, if X says so."""


class AuthenticationError(ApiError):
    """401: X does not accept the access token."""


class ForbiddenError(ApiError):
    """403: the app or the user has no access."""

    reason: str | None = None
    """X's name of the reason, such as `client-not-enrolled`."""
    registration_url: str | None = None
    """Where X says that one can get access."""


class EndpointUnavailableError(ApiError):
    """404 with an empty body: X does not have the endpoint. Or no endpoint is left that has the requested metrics."""


class RateLimitError(ApiError):
    """429: the rate limit is exceeded. Waiting helps. `status` is None if the request was not sent because of it."""

    retryable = True
    retry_at: datetime | None = None
    """When the rate limit resets, by X's clock. `retry_after` says it without any clock."""
    rate_limit: RateLimit | None = None
    """The rate limit, if the response's headers describe it."""


class UsageCapError(ApiError):
    """429 of a usage cap, or 402: the plan's Posts or credits are spent. Waiting does not help."""

    period: str | None = None
    """The period of the cap, such as `Monthly`."""
    scope: str | None = None
    """What the cap applies to, such as `Product`."""


class ServerError(ApiError):
    """5xx: X failed."""

    retryable = True


class TransportError(XInsightsError):
    """There is no complete response: a timeout, a refused or reset connection, or a violation of HTTP."""

    retryable = True


class ResponseError(XInsightsError):
    """The body of a response is too large or of the wrong shape, or empty or truncated, which alone is `retryable`."""

    def __init__(self, message: str, *, body: str = "") -> None:
        super().__init__(message)
        self.body = body
        """The first 500 characters of the body."""
