"""Rate limits: what X's response headers say about them, and the gate that holds requests until they reset."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property

from .._errors import AuthenticationError, RateLimitError
from .._types import RateLimit
from .retry import is_skipping_waits

# X's rate limits reset within a day. A header that says otherwise would block a client for good.
MAX_BLOCK = 86_400.0


class LimitHeaders:
    """The headers of one response that say when the next request is accepted. Each is parsed once."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = headers
        names = ("limit", "remaining", "reset")
        limit, remaining, self._reset = (_parse_number(headers, f"x-rate-limit-{name}") for name in names)
        reset = _convert_timestamp(self._reset)
        self.rate_limit = (
            None if limit is None or remaining is None or reset is None else RateLimit(limit, remaining, reset)
        )
        """The rate limit. None unless the headers describe all of it."""

    @cached_property
    def reset_after(self) -> float | None:
        """The seconds until the rate limit resets."""
        return None if self._reset is None else max(0.0, self._reset - self._responded_at)

    @cached_property
    def retry_after(self) -> float | None:
        """The seconds to wait by `Retry-After` (RFC 9110, section 10.2.3: a number of seconds, or a date)."""
        if (seconds := _parse_number(self._headers, "retry-after")) is not None:
            return seconds
        date = _parse_date(self._headers.get("retry-after", ""))
        return None if date is None else max(0.0, date.timestamp() - self._responded_at)

    def compute_retry_at(self, seconds: float) -> datetime | None:
        """Return the time that is `seconds` after the response."""
        return _convert_timestamp(self._responded_at + seconds)

    @cached_property
    def _responded_at(self) -> float:
        # The server's clock, so that a wrong local clock does not matter.
        date = _parse_date(self._headers.get("date", ""))
        return time.time() if date is None else date.timestamp()


class RateLimitGate:
    """Blocks an account's requests to an endpoint while its rate limit is exceeded. Each endpoint has its own."""

    def __init__(self) -> None:
        self.rate_limit: RateLimit | None = None
        """The rate limit in the last response that described one."""
        # By endpoint: when the gate opens by our clock and by X's, and the rate limit that X described.
        self._blocks: dict[str, tuple[float, datetime | None, RateLimit | None]] = {}

    def update(self, endpoint: str, limits: LimitHeaders, outcome: object) -> None:
        """Block the endpoint if a response says that no request is left, by its headers or as a RateLimitError."""
        if limits.rate_limit:
            self.rate_limit = limits.rate_limit
            # A 401 says nothing about the rate limit of the next token.
            is_exceeded = limits.rate_limit.remaining == 0 and not isinstance(outcome, AuthenticationError)
            if is_exceeded and limits.reset_after:
                self._block(endpoint, limits.reset_after, limits)
        if isinstance(outcome, RateLimitError):
            self._block(endpoint, outcome.retry_after or 0.0, limits)

    def check(self, endpoint: str) -> RateLimitError | None:
        """Return the error of a request that X would reject now, which says when to try again."""
        if endpoint not in self._blocks or is_skipping_waits():
            return None
        opens_at, retry_at, rate_limit = self._blocks[endpoint]
        if (remaining := opens_at - time.monotonic()) <= 0:
            return None
        error = RateLimitError(f"not sent: rate limited for another {remaining:.0f} s", status=None)
        error.retry_after, error.retry_at, error.rate_limit = remaining, retry_at, rate_limit
        return error

    def _block(self, endpoint: str, seconds: float, limits: LimitHeaders) -> None:
        opens_at = time.monotonic() + min(max(1.0, seconds), MAX_BLOCK)
        if endpoint not in self._blocks or opens_at > self._blocks[endpoint][0]:
            self._blocks[endpoint] = opens_at, limits.compute_retry_at(seconds), limits.rate_limit


def _parse_number(headers: Mapping[str, str], name: str) -> int | None:
    text = headers.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None


def _convert_timestamp(timestamp: float | None) -> datetime | None:
    try:
        return None if timestamp is None else datetime.fromtimestamp(timestamp, UTC)
    except (ValueError, OverflowError, OSError):  # outside the years that datetime supports
        return None


def _parse_date(text: str) -> datetime | None:
    try:
        # If the header occurs twice, the first one is a proxy's, and the last one the server's.
        date = parsedate_to_datetime(text.rpartition("GMT, ")[2])
    except (ValueError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
