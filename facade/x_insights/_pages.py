"""The pages of one call: which ones to request, which ones arrived, and what the caller gets of them."""

import contextlib
import itertools
from collections.abc import Iterable, Iterator, Sequence

import attrs

from ._endpoints import Endpoint, Page
from ._errors import EndpointUnavailableError, XInsightsError
from ._query import Query
from ._results import Insights
from ._selection import EndpointSelector


@attrs.frozen(eq=False, repr=False)
class Batch:
    """What to request for one page."""

    position: int
    endpoint: Endpoint
    query: Query
    tweet_ids: Sequence[str]


class PageCollector:
    """Collects the pages of one call, so that those that arrived are not lost if another one fails."""

    def __init__(self, selector: EndpointSelector, query: Query) -> None:
        self._selector = selector
        self._original_query = query
        self._batches: list[Sequence[str]] = [query.tweet_ids]
        self._pages: dict[int, Page] = {}
        self._requested = self._released = 0
        self._failure: Exception | None = None
        self._withdrawal: EndpointUnavailableError | None = None
        self._endpoint, self._query = selector.current, query
        if not self._use(self._endpoint):
            message = f"not sent: the endpoint {self._endpoint.name!r} has none of the requested metrics"
            self._failure = EndpointUnavailableError(message, status=404)

    @property
    def remaining(self) -> int:
        """The number of batches that have not been requested."""
        return len(self._batches) - self._requested

    def advance(self) -> bool:
        """Return whether to request further batches. If X has withdrawn the endpoint, ask the next one."""
        failure, fallback = self._failure, self._selector.find_fallback(self._endpoint)
        if isinstance(failure, EndpointUnavailableError) and fallback and self._use(fallback):
            self._withdrawal, self._failure = failure, None
        has_gap = any(position not in self._pages for position in range(self._released, self._requested))
        return self._failure is None and not has_gap and self.remaining > 0

    def request(self, limit: int | None = None) -> Iterator[Batch]:
        """Yield the next batches, at most `limit`. Stop early after a failure. Several tasks may share one iterator."""
        end = len(self._batches) if limit is None else min(self._requested + limit, len(self._batches))
        while self._requested < end and self._failure is None:
            position, self._requested = self._requested, self._requested + 1
            if position not in self._pages:
                yield Batch(position, self._endpoint, self._query, self._batches[position])

    def add(self, batch: Batch, page: Page) -> None:
        """Add the page of a batch."""
        self._pages[batch.position] = page
        self._selector.confirm(batch.endpoint)

    @contextlib.contextmanager
    def catch_failure(self) -> Iterator[None]:
        """Keep the first exception for `join`, so that other pages in flight can still arrive."""
        try:
            yield
        except Exception as error:
            self._failure = self._failure or error

    def release(self) -> Iterator[Insights]:
        """Yield the pages up to the first one that is lacking, each as its own result."""
        while self._released in self._pages:
            tweet_ids, page = self._batches[self._released], self._pages.pop(self._released)
            self._released += 1
            yield Insights(tuple(tweet_ids), (page,))

    def join(self) -> Insights:
        """Return all pages as one result. If one is lacking, raise the failure with `partial` and `pending`."""
        arrived = sorted(self._pages)
        pages = tuple(self._pages[position] for position in arrived)
        insights = Insights(_flatten(self._batches[position] for position in arrived), pages)
        unreleased = range(self._released, len(self._batches))
        pending = _flatten(self._batches[position] for position in unreleased if position not in self._pages)
        if not pending:
            return insights
        # If pages are lacking without a failure, the caller's token callable raised a cancellation, which a task group
        # takes for its own.
        failure = self._failure or XInsightsError(
            "requests were cancelled from within: does the callable `token` await a shared task?"
        )
        if isinstance(failure, XInsightsError):
            failure.partial, failure.pending = insights, pending
            if self._withdrawal and self._selector.current is not self._endpoint:
                failure.args = (f"endpoint {self._endpoint.name!r}: {failure}; before that: {self._withdrawal}",)
                raise failure from self._withdrawal
        raise failure

    def _use(self, endpoint: Endpoint) -> bool:
        """Divide the IDs that have not arrived into batches of an endpoint. Return False if it has none of the metrics.

        Pages that have arrived keep their place, so that the order of the IDs stays that of the call.
        """
        query = endpoint.prepare(self._original_query)
        if not query.metrics:
            return False
        self._endpoint, self._query = endpoint, query
        batches: list[Sequence[str]] = []
        pages: dict[int, Page] = {}
        for page, positions in itertools.groupby(range(self._released, len(self._batches)), self._pages.get):
            tweet_ids = _flatten(self._batches[position] for position in positions)
            if page:
                pages[len(batches)] = page
                batches.append(tweet_ids)
            else:
                batches += [
                    tweet_ids[start : start + endpoint.page_size]
                    for start in range(0, len(tweet_ids), endpoint.page_size)
                ]
        self._batches, self._pages, self._requested, self._released = batches, pages, 0, 0
        return True


def _flatten(batches: Iterable[Sequence[str]]) -> tuple[str, ...]:
    return tuple(itertools.chain.from_iterable(batches))
