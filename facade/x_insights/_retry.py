"""Retry: which failures are tried again, when, and how long requests are held while X's window is used up."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TypedDict

from ._errors import ApiError, RateLimitError, XInsightsError
from ._rate_limit import RateLimit, rate_limit, retry_at

logger = logging.getLogger("x_insights")

# Requests that wait for the same moment wake up to so many seconds apart.
JITTER = 1.0


class Gate:
    """Holds all requests of one client until X's window resets."""

    def __init__(self, max_wait: float) -> None:
        self.max_wait = max_wait
        self._opens_at = 0.0
        self._retry_at: datetime | None = None
        self._rate_limit: RateLimit | None = None

    def close(self, seconds: float, headers: Mapping[str, str]) -> None:
        """Hold what comes next for so long, from the response with these headers on."""
        # No window of X's is longer than a day; a header that says so would close the client for good.
        opens_at = time.monotonic() + min(max(1.0, seconds), 86_400.0)
        if opens_at > self._opens_at:
            self._opens_at = opens_at
            self._retry_at, self._rate_limit = retry_at(headers, seconds), rate_limit(headers)

    def waits(self) -> Iterator[float]:
        """Seconds to sleep, one after another, before sending; RateLimitError where they add up beyond `max_wait`."""
        import stamina  # not needed until a client sends

        waited = 0.0
        while (left := self._opens_at - time.monotonic()) > 0 and not stamina.is_testing():
            if waited + left > self.max_wait:
                error = RateLimitError(f"not sent: X's request window is used up for {left:.0f} s more", status=429)
                error.retry_after, error.retry_at, error.rate_limit = left, self._retry_at, self._rate_limit
                raise error
            wait = min(left + random.uniform(0, JITTER), self.max_wait - waited)
            waited += wait
            logger.info("request held for %.1f s: the request window is used up", wait)
            yield wait


class RetryOptions(TypedDict):
    """What stamina is to know; the exponential backoff with jitter is its own."""

    attempts: int
    timeout: None
    wait_max: float


class Tries:
    """The tries of one request; stamina calls it with each failure, to hear whether and when to try again."""

    def __init__(self, attempts: int, max_wait: float) -> None:
        self.attempts = attempts
        self.max_wait = max_wait
        self._begun = 0
        self._failure, self._failed_at = "", 0.0

    def __call__(self, error: Exception) -> bool | float:
        if not isinstance(error, XInsightsError) or not error.retryable:
            return False
        self._failure, self._failed_at = type(error).__name__, time.monotonic()
        if not isinstance(error, ApiError):
            return True
        self._failure += f" {error.status}"
        if error.retry_after is None and not isinstance(error, RateLimitError):
            return True
        wait = max(1.0, error.retry_after or 0.0)
        return wait <= self.max_wait and min(wait + random.uniform(0, JITTER), self.max_wait)

    def begin(self) -> None:
        """Count a try, and log it where it is not the first: with the failure's name only, for it may quote ids."""
        self._begun += 1
        if self._begun > 1:
            waited = time.monotonic() - self._failed_at
            logger.info("attempt %d of %d after %s, waited %.1f s", self._begun, self.attempts, self._failure, waited)
