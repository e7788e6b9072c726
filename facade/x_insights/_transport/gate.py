"""The gate that blocks an account's requests until X's rate-limit window resets."""

import logging
import random
import time
from collections.abc import Iterator, Mapping
from datetime import datetime

import stamina

from .._errors import RateLimitError
from .._types import RateLimit
from .rate_limit import compute_retry_at, parse_rate_limit, parse_reset_after

logger = logging.getLogger("x_insights")

# Requests that wait for the same time wake up to this many seconds apart.
JITTER = 1.0
# No window of X's is longer than a day. A header that says so would close the client for good.
LONGEST_WINDOW = 86_400.0


class RateLimitGate:
    """Blocks requests to an endpoint while its request window is used up. Each endpoint has a window of its own."""

    def __init__(self, max_wait: float) -> None:
        self.rate_limit: RateLimit | None = None
        """The window as of the last response that described one."""
        self._max_wait = max_wait
        # By endpoint: when the gate opens by our clock and by X's, and the window that X described.
        self._closures: dict[str, tuple[float, datetime | None, RateLimit | None]] = {}

    def update(self, endpoint: str, headers: Mapping[str, str], outcome: object) -> None:
        """Close the gate if a response says that the window is used up, by its headers or as a RateLimitError."""
        if rate_limit := parse_rate_limit(headers):
            self.rate_limit = rate_limit
            if rate_limit.remaining == 0 and (seconds := parse_reset_after(headers)):
                self._close(endpoint, seconds, headers)
        if isinstance(outcome, RateLimitError):
            self._close(endpoint, outcome.retry_after or 0.0, headers)

    def compute_waits(self, endpoint: str) -> Iterator[float]:
        """Yield the seconds to sleep before sending. Raises RateLimitError if the total would exceed `max_wait`."""
        waited = 0.0
        while endpoint in self._closures and not stamina.is_testing():
            opens_at, retry_at, rate_limit = self._closures[endpoint]
            if (remaining := opens_at - time.monotonic()) <= 0:
                return
            if waited + remaining > self._max_wait:
                error = RateLimitError(f"not sent: the request window is used up for {remaining:.0f} s", status=429)
                error.retry_after, error.retry_at, error.rate_limit = remaining, retry_at, rate_limit
                raise error
            wait = min(remaining + random.uniform(0, JITTER), self._max_wait - waited)
            waited += wait
            logger.info("request held for %.1f s: the request window is used up", wait)
            yield wait

    def _close(self, endpoint: str, seconds: float, headers: Mapping[str, str]) -> None:
        opens_at = time.monotonic() + min(max(1.0, seconds), LONGEST_WINDOW)
        if endpoint not in self._closures or opens_at > self._closures[endpoint][0]:
            self._closures[endpoint] = opens_at, compute_retry_at(headers, seconds), parse_rate_limit(headers)
