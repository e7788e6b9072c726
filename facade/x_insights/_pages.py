"""The pages of one call: the batches to request, the fallback to another endpoint, and the result or the error."""

import itertools
import logging
from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from ._endpoints import ENDPOINT_CHOICES, Batch, Endpoint, Page
from ._errors import ApiError, EndpointUnavailableError, XInsightsError, replace_message, wrap_exception
from ._query import MetricParser, Query
from ._results import Insights

logger = logging.getLogger("x_insights")


class EndpointSelector:
    """Selects among the endpoints of a client, which are in the order in which they are tried."""

    def __init__(self, endpoints: Sequence[Endpoint]) -> None:
        self._fallbacks = dict(itertools.pairwise(endpoints))
        self._unannounced = dict(self._fallbacks)
        self.current: Endpoint = endpoints[0]
        """The endpoint to try first."""
        self._first = endpoints[0]

    @property
    def parse_metric(self) -> MetricParser:
        """The parser of metrics, which are those of the first endpoint, also after a fallback."""
        return self._first.parse_metric

    def find_fallback(self, endpoint: Endpoint) -> Endpoint | None:
        """Return the endpoint to try if X has withdrawn this one."""
        return self._fallbacks.get(endpoint)

    def record_success(self, endpoint: Endpoint) -> None:
        """Try this endpoint first from now on, if it is the fallback of the current one."""
        current = self.current
        # Threads may fall back at the same time. `pop` is atomic, so that one of them logs the warning.
        if self.find_fallback(current) is endpoint and self._unannounced.pop(current, None) is not None:
            self.current = endpoint
            logger.warning("X has withdrawn the endpoint %r: using %r from now on", current.name, endpoint.name)


HISTORICAL = EndpointSelector(ENDPOINT_CHOICES["analytics"])
"""Selects the endpoint for any period. There is no fallback."""


class PageCollector:
    """Collects the pages of one call, so that those already received are not lost if another one fails."""

    def __init__(self, selector: EndpointSelector, query: Query) -> None:
        self._selector = selector
        self._query = query
        self._endpoint = selector.current
        # In the order of the call: the batches that have not been released, and those of them that remain to be sent.
        self._batches = deque([Batch(self._endpoint, query)])
        self._queue: deque[Batch] = deque()
        self._pages: dict[Batch, Page] = {}
        self._failure: Exception | None = None
        self._withdrawal: ApiError | None = None
        if not self._divide(self._endpoint):
            message = f"not sent: the endpoint {self._endpoint.name!r} has none of the requested metrics"
            self._failure = EndpointUnavailableError(message, status=None)

    @property
    def remaining(self) -> int:
        """The number of batches that have not been requested."""
        return len(self._queue)

    def advance(self) -> bool:
        """Fall back to the next endpoint if X has withdrawn this one. Return whether to request further batches."""
        fallback = self._selector.find_fallback(self._endpoint)
        if fallback and isinstance(self._failure, EndpointUnavailableError):
            self._fall_back(fallback, self._failure)
        next_to_release = next((batch for batch in self._batches if batch not in self._pages), None)
        return self._failure is None and bool(self._queue) and next_to_release is self._queue[0]

    def request(self, limit: int | None = None) -> Iterator[Batch]:
        """Yield the next batches, at most `limit`. Stop early after a failure. Several tasks may share one iterator."""
        for _ in range(self.remaining if limit is None else min(limit, self.remaining)):
            if self._failure is None:
                yield self._queue.popleft()

    def add(self, batch: Batch, outcome: Page | Exception) -> None:
        """Keep the page of a batch, or the first error, so that other pages in flight can still be received."""
        if isinstance(outcome, Page):
            self._pages[batch] = outcome
            try:
                self._selector.record_success(batch.endpoint)
            except Exception as error:  # such as a logging filter's, which must not lose the pages already received
                self._failure = self._failure or wrap_exception("{} was raised when the fallback was logged", error)
        elif self._failure is None:
            self._failure = outcome

    def release(self) -> Insights | None:
        """Return the next page as its own result, or None if it has not been received."""
        if self._batches and (page := self._pages.pop(self._batches[0], None)):
            return Insights(self._batches.popleft().query.tweet_ids, (page,))
        return None

    def end(self) -> None:
        """Drop the pages that have not been released. Raise the error as `finish` does."""
        try:
            self.finish()
        finally:
            self.close()

    def close(self) -> None:
        """Drop the pages that have not been released."""
        self._batches.clear()
        self._queue.clear()
        self._pages.clear()
        self._failure = None

    def finish(self) -> Insights:
        """Return all pages as one result, or raise the error with `partial` and `pending`."""
        received = [batch for batch in self._batches if batch in self._pages]
        insights = Insights(_join_ids(received), tuple(self._pages[batch] for batch in received))
        pending = _join_ids(batch for batch in self._batches if batch not in self._pages)
        if not pending:
            return insights
        # Without an error, the caller interrupted an iteration that now continues, or the caller's token callable
        # raised a cancellation, which a task group takes for its own.
        failure = self._failure or XInsightsError(
            "a request was interrupted: request `pending` again. If you did not cancel it, does your callable `token`"
            " await a shared task?"
        )
        # Once the fallback has responded, the first endpoint does not matter any more.
        has_succeeded = any(batch.endpoint is self._endpoint for batch in received)
        if isinstance(failure, ApiError) and self._withdrawal and not has_succeeded:
            message = f"endpoint {self._endpoint.name!r}: {failure}; before that, {self._withdrawal}"
            failure = replace_message(failure, message)
            failure.__cause__ = self._withdrawal
        if isinstance(failure, XInsightsError):
            failure.partial, failure.pending = insights, pending
        raise failure

    def _fall_back(self, fallback: Endpoint, failure: EndpointUnavailableError) -> None:
        message = f"endpoint {self._endpoint.name!r}: {failure}"
        if self._divide(fallback):
            self._withdrawal, self._failure = replace_message(failure, message), None
        else:
            message = f"{message}; endpoint {fallback.name!r} has none of the requested metrics"
            self._failure = replace_message(failure, message)

    def _divide(self, endpoint: Endpoint) -> bool:
        """Divide the remaining IDs into batches of an endpoint. Return False if it has none of the metrics.

        Pages already received keep their place, so that the order of the IDs stays that of the call.
        """
        query = endpoint.adapt_query(self._query)
        if not query.metrics:
            return False
        size = endpoint.compute_page_size(query)
        batches: list[Batch] = []
        for is_received, group in itertools.groupby(self._batches, lambda batch: batch in self._pages):
            if is_received:
                batches += group
            else:
                ids = _join_ids(group)
                batches += [Batch(endpoint, query.select(ids[at : at + size])) for at in range(0, len(ids), size)]
        self._endpoint, self._batches = endpoint, deque(batches)
        self._queue = deque(batch for batch in batches if batch not in self._pages)
        return True


def _join_ids(batches: Iterable[Batch]) -> tuple[str, ...]:
    return tuple(itertools.chain.from_iterable(batch.query.tweet_ids for batch in batches))
