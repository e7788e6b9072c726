"""The pages of one call: which ones to request, which ones arrived, and what the caller gets of them."""

import contextlib
import itertools
import logging
from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from ._endpoints import Batch, Endpoint, Page
from ._errors import ApiError, EndpointUnavailableError, XInsightsError
from ._query import Query
from ._results import Insights

logger = logging.getLogger("x_insights")


class EndpointSelector:
    """Selects among the endpoints of a client, which are in the order in which they are tried."""

    def __init__(self, endpoints: Sequence[Endpoint]) -> None:
        self._fallbacks = dict(itertools.pairwise(endpoints))
        self._unannounced = dict(self._fallbacks)
        self.current: Endpoint = endpoints[0]
        """The endpoint to try first."""

    def find_fallback(self, endpoint: Endpoint) -> Endpoint | None:
        """Return the endpoint to try if X has withdrawn this one."""
        return self._fallbacks.get(endpoint)

    def record_success(self, endpoint: Endpoint) -> None:
        """Try this endpoint first from now on, if it is the fallback of the one tried first so far."""
        withdrawn = self.current
        # Threads may fall back at the same time. `pop` is atomic, so that one of them logs the warning.
        if self.find_fallback(withdrawn) is endpoint and self._unannounced.pop(withdrawn, None) is not None:
            self.current = endpoint
            logger.warning("X has withdrawn the endpoint %r: using %r from now on", withdrawn.name, endpoint.name)


class PageCollector:
    """Collects the pages of one call, so that those that arrived are not lost if another one fails."""

    def __init__(self, selector: EndpointSelector, query: Query) -> None:
        self._selector = selector
        self._query = query
        self._endpoint = selector.current
        # The batches that have not been released, in the order of the call, those of them to request, and the pages.
        self._batches = deque([Batch(self._endpoint, query)])
        self._pages: dict[Batch, Page] = {}
        self._queue: deque[Batch] = deque()
        self._failure: Exception | None = None
        self._withdrawal: EndpointUnavailableError | None = None
        if not self._divide(self._endpoint):
            message = f"not sent: the endpoint {self._endpoint.name!r} has none of the requested metrics"
            self._failure = EndpointUnavailableError(message, status=404)

    @property
    def remaining(self) -> int:
        """The number of batches that have not been requested."""
        return len(self._queue)

    def advance(self) -> bool:
        """Fall back to the next endpoint if X has withdrawn this one. Return whether to request further batches."""
        failure, fallback = self._failure, self._selector.find_fallback(self._endpoint)
        if isinstance(failure, EndpointUnavailableError) and fallback:
            failure.args = (f"endpoint {self._endpoint.name!r}: {failure}",)
            if self._divide(fallback):
                self._withdrawal, self._failure = failure, None
            else:
                failure.args = (f"{failure}; endpoint {fallback.name!r} has none of the requested metrics",)
        lacking = next((batch for batch in self._batches if batch not in self._pages), None)
        return self._failure is None and bool(self._queue) and lacking is self._queue[0]

    def request(self, limit: int | None = None) -> Iterator[Batch]:
        """Yield the next batches, at most `limit`. Stop early after a failure. Several tasks may share one iterator."""
        for _ in range(self.remaining if limit is None else min(limit, self.remaining)):
            if self._failure is None:
                yield self._queue.popleft()

    def add(self, batch: Batch, page: Page) -> None:
        """Add the page of a batch."""
        self._pages[batch] = page
        self._selector.record_success(batch.endpoint)

    @contextlib.contextmanager
    def catch_failure(self) -> Iterator[None]:
        """Keep the first exception for `join`, so that other pages in flight can still arrive."""
        try:
            yield
        except (XInsightsError, RuntimeError) as error:  # a closed client raises RuntimeError
            self._failure = self._failure or error
        except Exception as error:  # of a hook of stamina, for one
            failure = XInsightsError(f"a page was not fetched: {type(error).__name__} was raised")
            failure.__cause__ = error
            self._failure = self._failure or failure

    def release(self) -> Insights | None:
        """Return the next page as its own result, or None if it has not arrived."""
        if self._batches and (page := self._pages.pop(self._batches[0], None)):
            return Insights(self._batches.popleft().query.tweet_ids, (page,))
        return None

    def end(self) -> None:
        """Drop what has not been released. If a page is lacking, raise the failure as `join` does."""
        try:
            self.join()
        finally:
            self.close()

    def close(self) -> None:
        """Drop what has not been released."""
        self._batches.clear()
        self._queue.clear()
        self._pages.clear()
        self._failure = None

    def join(self) -> Insights:
        """Return all pages as one result. If one is lacking, raise the failure with `partial` and `pending`."""
        received = [batch for batch in self._batches if batch in self._pages]
        insights = Insights(_join_ids(received), tuple(self._pages[batch] for batch in received))
        pending = _join_ids(batch for batch in self._batches if batch not in self._pages)
        if not pending:
            return insights
        # If pages are lacking without a failure, the caller interrupted an iteration that now goes on, or the caller's
        # token callable raised a cancellation, which a task group takes for its own.
        failure = self._failure or XInsightsError(
            "a request was interrupted: request `pending` again. If you did not cancel it, does your callable `token`"
            " await a shared task?"
        )
        if isinstance(failure, XInsightsError):
            failure.partial, failure.pending = insights, pending
        has_succeeded = any(batch.endpoint is self._endpoint for batch in received)
        if isinstance(failure, ApiError) and self._withdrawal and not has_succeeded:
            failure.args = (f"endpoint {self._endpoint.name!r}: {failure}; before that, {self._withdrawal}",)
            raise failure from self._withdrawal
        raise failure

    def _divide(self, endpoint: Endpoint) -> bool:
        """Divide the IDs that have not arrived into batches of an endpoint. Return False if it has none of the metrics.

        Pages that have arrived keep their place, so that the order of the IDs stays that of the call.
        """
        query, size = endpoint.adapt_query(self._query), endpoint.page_size
        if not query.metrics:
            return False
        batches: list[Batch] = []
        for has_arrived, group in itertools.groupby(self._batches, lambda batch: batch in self._pages):
            if has_arrived:
                batches += group
            else:
                ids = _join_ids(group)
                batches += [Batch(endpoint, query.select(ids[at : at + size])) for at in range(0, len(ids), size)]
        self._endpoint, self._batches = endpoint, deque(batches)
        self._queue = deque(batch for batch in batches if batch not in self._pages)
        return True


def _join_ids(batches: Iterable[Batch]) -> tuple[str, ...]:
    return tuple(itertools.chain.from_iterable(batch.query.tweet_ids for batch in batches))
