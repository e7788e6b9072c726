"""Retries: which failures are retried, and when. The exponential backoff with jitter is stamina's."""

import logging
import random
import time

from ._errors import ApiError, RateLimitError, XInsightsError
from ._gate import JITTER

logger = logging.getLogger("x_insights")


class RetryState:
    """The attempts of one request."""

    def __init__(self, attempts: int, max_wait: float) -> None:
        self._attempts = attempts
        self._max_wait = max_wait
        self._started = 0
        self._failure, self._failed_at = "", 0.0

    def start_attempt(self) -> None:
        """Count an attempt, and log every one but the first with the name of the failure, whose text may have IDs."""
        self._started += 1
        if self._started > 1:
            wait = time.monotonic() - self._failed_at
            logger.info("attempt %d of %d after %s, waited %.1f s", self._started, self._attempts, self._failure, wait)

    def compute_wait(self, error: Exception) -> bool | float:
        """Return whether to retry after this failure, or the seconds to wait if X says so: stamina's backoff hook."""
        if not isinstance(error, XInsightsError) or not error.retryable:
            return False
        self._failure, self._failed_at = type(error).__name__, time.monotonic()
        if not isinstance(error, ApiError):
            return True
        self._failure += f" {error.status}"
        if error.retry_after is None and not isinstance(error, RateLimitError):
            return True
        wait = max(1.0, error.retry_after or 0.0)
        return wait <= self._max_wait and min(wait + random.uniform(0, JITTER), self._max_wait)
