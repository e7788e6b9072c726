"""Rate limit: what X's response headers say about the request window, and when to try again."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from .._types import RateLimit


def parse_rate_limit(headers: Mapping[str, str]) -> RateLimit | None:
    """Return the request window. None unless the headers describe all of it."""
    limit, remaining = _parse_number(headers, "x-rate-limit-limit"), _parse_number(headers, "x-rate-limit-remaining")
    reset = _convert_timestamp(_parse_number(headers, "x-rate-limit-reset"))
    return None if limit is None or remaining is None or reset is None else RateLimit(limit, remaining, reset)


def parse_retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds to wait by `Retry-After` (RFC 9110, section 10.2.3: a number of seconds, or a date)."""
    seconds = _parse_number(headers, "retry-after")
    if seconds is not None:
        return seconds
    date = _parse_date(headers.get("retry-after", ""))
    return None if date is None else max(0.0, date.timestamp() - _parse_now(headers))


def parse_reset_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds until the window resets."""
    reset = _parse_number(headers, "x-rate-limit-reset")
    return None if reset is None else max(0.0, reset - _parse_now(headers))


def compute_retry_at(headers: Mapping[str, str], seconds: float) -> datetime | None:
    """Return the time that is `seconds` after the response was written."""
    return _convert_timestamp(_parse_now(headers) + seconds)


def _parse_now(headers: Mapping[str, str]) -> float:
    """Return the time of the response by the clock of its server, so that a wrong local clock does not matter."""
    date = _parse_date(headers.get("date", ""))
    return time.time() if date is None else date.timestamp()


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
        # If the header came twice, the first one is from a proxy, and the last one from the server itself.
        date = parsedate_to_datetime(text.rpartition("GMT, ")[2])
    except (ValueError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
