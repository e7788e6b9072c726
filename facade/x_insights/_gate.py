"""The gate that blocks a client's requests until X's rate-limit window resets."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Iterator, Mapping
from datetime import datetime

import stamina

from ._errors import RateLimitError
from ._rate_limit import RateLimit, compute_retry_at, parse_rate_limit, parse_reset_after

logger = logging.getLogger("x_insights")

# Requests that wait for the same time wake up to this many seconds apart.
JITTER = 1.0
# No window of X's is longer than a day. A header that says so would close the client for good.
LONGEST_WINDOW = 86_400.0


class RateLimitGate:
    """Blocks all requests of one client while its rate-limit window is used up."""

    def __init__(self, max_wait: float) -> None:
        self.rate_limit: RateLimit | None = None
        """The window as of the last response that described it."""
        self._max_wait = max_wait
        self._opens_at = 0.0
        self._retry_at: datetime | None = None
        self._last_window: RateLimit | None = None

    def update(self, headers: Mapping[str, str], outcome: object) -> None:
        """Take note of a response: what its headers say about the window, and whether it is a RateLimitError."""
        if rate_limit := parse_rate_limit(headers):
            self.rate_limit = rate_limit
            if rate_limit.remaining == 0 and (seconds := parse_reset_after(headers)):
                self._close(seconds, headers)
        if isinstance(outcome, RateLimitError):
            self._close(outcome.retry_after or 0.0, headers)

    def compute_waits(self) -> Iterator[float]:
        """Yield the seconds to sleep before sending. Raises RateLimitError if the total would exceed `max_wait`."""
        waited = 0.0
        while (remaining := self._opens_at - time.monotonic()) > 0 and not stamina.is_testing():
            if waited + remaining > self._max_wait:
                error = RateLimitError(f"not sent: the request window is used up for {remaining:.0f} s", status=429)
                error.retry_after, error.retry_at, error.rate_limit = remaining, self._retry_at, self._last_window
                raise error
            wait = min(remaining + random.uniform(0, JITTER), self._max_wait - waited)
            waited += wait
            logger.info("request held for %.1f s: the request window is used up", wait)
            yield wait

    def _close(self, seconds: float, headers: Mapping[str, str]) -> None:
        opens_at = time.monotonic() + min(max(1.0, seconds), LONGEST_WINDOW)
        if opens_at > self._opens_at:
            self._opens_at = opens_at
            self._retry_at, self._last_window = compute_retry_at(headers, seconds), parse_rate_limit(headers)
