"""The HTTP library: httpx, or httpx2, which has the same interface but is not a dependency."""

from collections.abc import Generator
from typing import Any, Protocol, TypeGuard, TypeVar

T = TypeVar("T")

# What a caller may pass, of either library. They are protocols, because a type checker may not find httpx2.


class HttpClient(Protocol):
    def build_request(self, *args: Any, **kwargs: Any) -> Any: ...
    def send(self, *args: Any, **kwargs: Any) -> Any: ...
    def close(self) -> None: ...


class AsyncHttpClient(Protocol):
    def build_request(self, *args: Any, **kwargs: Any) -> Any: ...
    async def send(self, *args: Any, **kwargs: Any) -> Any: ...
    async def aclose(self) -> None: ...


class Auth(Protocol):
    def auth_flow(self, request: Any) -> Generator[Any, Any, None]: ...


class Timeout(Protocol):
    def as_dict(self) -> dict[str, float | None]: ...


def is_instance(value: object, *classes: type[T]) -> TypeGuard[T]:
    """Return whether a value is an instance of one of these classes of httpx, or of httpx2's with the same name."""
    # httpx2's are found by name, so that it is not imported unless the caller does.
    names = {("httpx2", each.__name__) for each in classes}
    return isinstance(value, classes) or any((each.__module__, each.__name__) in names for each in type(value).__mro__)
