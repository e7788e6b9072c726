"""Retries: the attempts and the time of one page, and the decision whether and when to make another attempt."""

import contextlib
import logging
import math
import random
import time
from collections.abc import Iterator

from .._errors import ApiError, AuthenticationError, RateLimitError, TransportError, XInsightsError
from .options import Options

logger = logging.getLogger("x_insights")

# Requests that wait for the same time resume up to this many seconds apart.
JITTER = 1.0
MAX_BACKOFF = 5.0  # seconds
_MAX_TIMEOUT = 1_000_000  # seconds; no socket accepts many years

# One item for each `skip_waits` that is open, because appending and removing one is atomic.
_skips: list[None] = []


@contextlib.contextmanager
def skip_waits() -> Iterator[None]:
    """Sleep no pause in the `with` block, on all threads and tasks, so that tests of failures are fast.

    Each wait counts as over, and the request is sent. A rate limit that lasts longer than `max_wait` still raises.
    """
    _skips.append(None)
    try:
        yield
    finally:
        _skips.pop()


def is_skipping_waits() -> bool:
    """Return whether pauses are not slept."""
    return bool(_skips)


class Budget:
    """The attempts and the time that one page may take."""

    def __init__(self, options: Options, *, can_renew_token: bool) -> None:
        self._options = options
        self._can_renew_token = can_renew_token
        self._attempts = 0
        self._held = 0.0  # the seconds for which the rate limit has held the current attempt
        self._ends_at = math.inf if options.deadline is None else time.monotonic() + options.deadline
        self.authorization: str | None = None
        """The header `Authorization` of the last request."""
        self.rejected: str | None = None
        """The same header, if X has rejected its token and the next request is to have another."""

    def find_pause(self, outcome: object) -> float | None:
        """Return the seconds to wait before the next attempt, or None if the outcome of the last one is final."""
        if not isinstance(outcome, XInsightsError):
            return None
        if isinstance(outcome, RateLimitError) and outcome.status is None:
            pause = self._find_hold(outcome.retry_after or 0.0)
            if pause is not None:
                return pause
        if isinstance(outcome, AuthenticationError) and self._can_renew_token and not self.rejected:
            self.rejected = self.authorization
            return None if self.has_ended() else 0.0
        self._attempts += 1
        self._held, self.rejected = 0.0, None
        if not outcome.retryable or self._attempts >= self._options.attempts:
            return None
        return self._find_retry(outcome)

    def compute_remaining(self) -> float:
        """Return the seconds until the deadline."""
        return self._ends_at - time.monotonic()

    def has_ended(self) -> bool:
        """Return whether the deadline has passed."""
        return self.compute_remaining() <= 0

    def create_timeouts(self) -> dict[str, object]:
        """Return the value of httpx's request extension `timeout`, for the synchronous client."""
        timeout = self._options.timeout
        if self._options.deadline is None:
            return {**timeout.as_dict()}
        remaining = max(0.001, self.compute_remaining())
        return {
            "pool": remaining if timeout.pool is None else min(timeout.pool, remaining),
            # Each of these is several operations: one per address, per received part, and per sent part.
            "connect": _RemainingSeconds(self._ends_at, timeout.connect),
            "read": _RemainingSeconds(self._ends_at, timeout.read),
            "write": _RemainingSeconds(self._ends_at, timeout.write),
        }

    def create_deadline_error(self) -> TransportError:
        """Return the error for a page that has not been received in time."""
        return TransportError(f"no complete response within the deadline of {self._options.deadline:g} s")

    def _find_hold(self, remaining: float) -> float | None:
        """Return the pause before a request that a rate limit holds, or None if that is too long: a failed attempt."""
        max_wait = self._options.max_wait
        if self._held + remaining > max_wait:
            return None
        pause = self._charge_to_x(min(remaining + random.uniform(0, JITTER), max_wait - self._held))
        self._held += pause
        logger.info("rate limited: request held for %.1f s", pause)
        return pause

    def _find_retry(self, error: XInsightsError) -> float | None:
        max_wait = self._options.max_wait
        if isinstance(error, ApiError) and (isinstance(error, RateLimitError) or error.retry_after is not None):
            wait = max(1.0, error.retry_after or 0.0)
            if wait > max_wait or self.has_ended():
                return None
            pause = self._charge_to_x(min(wait + random.uniform(0, JITTER), max_wait))
        else:
            growth = 2.0 ** min(self._attempts - 1, 10)  # a power of 1024 would overflow
            backoff = min(0.1 * growth + random.uniform(0, JITTER), MAX_BACKOFF, max_wait)
            pause = 0.0 if _skips else backoff
            if pause >= self.compute_remaining():
                return None
        status = f" {error.status}" if isinstance(error, ApiError) and error.status else ""
        # The error's text may have IDs.
        attempt = f"attempt {self._attempts + 1} of {self._options.attempts}"
        logger.info("%s%s: %s in %.1f s", type(error).__name__, status, attempt, pause)
        return pause

    def _charge_to_x(self, pause: float) -> float:
        """Return a pause that X requests. It moves the deadline, and is not charged to the budget."""
        if _skips:
            return 0.0
        self._ends_at += pause
        return pause


class _RemainingSeconds:
    """A timeout that a socket converts to a number before each operation, so that many short ones are bounded, too.

    A socket accepts a float, whose value is fixed, or an object with `__index__`, which is in whole seconds.
    """

    __slots__ = ("_ends_at", "_limit")

    def __init__(self, ends_at: float, limit: float | None) -> None:
        self._ends_at = ends_at
        self._limit = _MAX_TIMEOUT if limit is None else min(math.ceil(limit), _MAX_TIMEOUT)

    def __index__(self) -> int:
        remaining = self._ends_at - time.monotonic()
        if remaining <= 0:
            raise TimeoutError("the deadline has passed")
        return min(math.ceil(remaining), self._limit)
