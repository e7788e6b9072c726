"""The page iterators of both clients."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

from ._pages import PageCollector
from ._results import Insights
from ._tables import format_count


class PageIterator(Iterator[Insights]):
    """Iterates over the pages of a call. `len()` is the largest number of pages that it yields.

    The length is known before the first page is requested. If `auto` falls back, there are fewer and larger pages. An
    iteration that continues after a page was interrupted raises `XInsightsError` with the IDs that are `pending`. Use
    an iterator in one thread at a time.
    """

    def __init__(self, collector: PageCollector, fetch: Callable[[PageCollector], None]) -> None:
        self._collector = collector
        self._fetch = fetch
        self._length = collector.remaining

    def __next__(self) -> Insights:
        while (insights := self._collector.release()) is None:
            if not self._collector.advance():
                self._collector.end()
                raise StopIteration
            self._fetch(self._collector)
        return insights

    def __len__(self) -> int:
        return self._length

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {format_count(self._length, 'page')}>"

    def close(self) -> None:
        """End the iteration. No further page is requested."""
        self._collector.close()


class AsyncPageIterator(AsyncIterator[Insights]):
    """The same as `PageIterator`, for `async for` in one task at a time. Nothing is in flight between two pages."""

    def __init__(self, collector: PageCollector, fetch: Callable[[PageCollector], Awaitable[None]]) -> None:
        self._collector = collector
        self._fetch = fetch
        self._length = collector.remaining

    async def __anext__(self) -> Insights:
        while (insights := self._collector.release()) is None:
            if not self._collector.advance():
                self._collector.end()
                raise StopAsyncIteration
            await self._fetch(self._collector)
        return insights

    def __len__(self) -> int:
        return self._length

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {format_count(self._length, 'page')}>"

    async def aclose(self) -> None:
        """End the iteration. No further page is requested."""
        self._collector.close()
