"""Rate limit: what X's headers say of the request window."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import attrs


@attrs.frozen
class RateLimit:
    """The request window, as of one response (https://docs.x.com/x-api/fundamentals/rate-limits)."""

    limit: int
    """Requests that a window allows."""
    remaining: int
    """Requests that are left in the present window."""
    reset: datetime
    """When the next window begins, by X's clock; aware, in UTC."""


def rate_limit(headers: Mapping[str, str]) -> RateLimit | None:
    """The window of a response; None where its headers do not tell it whole."""
    limit, remaining = _number(headers, "x-rate-limit-limit"), _number(headers, "x-rate-limit-remaining")
    reset = _moment(_number(headers, "x-rate-limit-reset"))
    return None if limit is None or remaining is None or reset is None else RateLimit(limit, remaining, reset)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that `Retry-After` asks to wait (RFC 9110, section 10.2.3: a number of them, or a date)."""
    seconds = _number(headers, "retry-after")
    if seconds is not None:
        return seconds
    date = _date(headers.get("retry-after", ""))
    return None if date is None else max(0.0, date.timestamp() - _now(headers))


def reset_after(headers: Mapping[str, str]) -> float | None:
    """Seconds until the window resets, by the clock that wrote the headers: a wrong local one does not matter."""
    reset = _number(headers, "x-rate-limit-reset")
    return None if reset is None else max(0.0, reset - _now(headers))


def retry_at(headers: Mapping[str, str], seconds: float) -> datetime | None:
    """The moment that comes `seconds` after the headers were written."""
    return _moment(_now(headers) + seconds)


def _now(headers: Mapping[str, str]) -> float:
    date = _date(headers.get("date", ""))
    return time.time() if date is None else date.timestamp()


def _number(headers: Mapping[str, str], name: str) -> int | None:
    text = headers.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None


def _moment(timestamp: float | None) -> datetime | None:
    try:
        return None if timestamp is None else datetime.fromtimestamp(timestamp, UTC)
    except (ValueError, OverflowError, OSError):  # beyond the years that datetime has
        return None


def _date(text: str) -> datetime | None:
    try:
        # Where the header came twice, the first is of whoever passed the response on.
        date = parsedate_to_datetime(text.rpartition("GMT, ")[2])
    except (ValueError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
