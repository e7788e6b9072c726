"""The iterators over the pages of a call."""

from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator

from ._results import Insights


class PageIterator(Iterator[Insights]):
    """Iterates over the pages of a call. `len()` is the largest number of pages that it yields.

    The length is known before the first page is requested. If `auto` falls back, there are fewer and larger pages.
    """

    def __init__(self, pages: Generator[Insights, None, None], length: int) -> None:
        self._pages = pages
        self._length = length

    def __next__(self) -> Insights:
        return next(self._pages)

    def __len__(self) -> int:
        return self._length

    def close(self) -> None:
        """End the iteration. No further page is requested."""
        self._pages.close()


class AsyncPageIterator(AsyncIterator[Insights]):
    """The same as `PageIterator`, for `async for`. Nothing is in flight between two pages."""

    def __init__(self, pages: AsyncGenerator[Insights, None], length: int) -> None:
        self._pages = pages
        self._length = length

    async def __anext__(self) -> Insights:
        return await anext(self._pages)

    def __len__(self) -> int:
        return self._length

    async def aclose(self) -> None:
        """End the iteration. No further page is requested."""
        await self._pages.aclose()
