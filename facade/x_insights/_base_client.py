"""What both clients share: their state, and the members that send nothing."""

from typing import Generic, Self, TypeVar

from ._pages import EndpointSelector
from ._transport import AsyncToken, AsyncTransport, Options, Transport
from ._types import RateLimit

T = TypeVar("T", bound=AsyncToken)
TransportT = TypeVar("TransportT", Transport, AsyncTransport)


class BaseClient(Generic[T, TransportT]):
    """A client of one account: its options, its transport, and the endpoint that it uses."""

    def __init__(self, options: Options, transport: TransportT) -> None:
        self._options = options
        self._selector = EndpointSelector(options.endpoints)
        self._transport: TransportT = transport

    def with_token(self, token: T) -> Self:
        """Return a client for another account, with the same options and connections.

        It has its own token and rate limits, and is created in microseconds. If `auto` falls back for one account, it
        does for all. Close the first client to close the connections; closing the others does nothing.

        Args:
            token: As for the constructor, but not None.

        Raises:
            InvalidRequestError: If the token is invalid.
        """
        client = type(self).__new__(type(self))
        vars(client).update(vars(self), _transport=self._transport.with_token(token))
        return client

    @property
    def rate_limit(self) -> RateLimit | None:
        """The rate limit in the last response that described one."""
        return self._transport.rate_limit

    @property
    def api_version(self) -> str | None:
        """X's API version, from the header `api-version` of the last response. None if it had none."""
        return self._transport.api_version

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._options.base_url}, endpoint {self._selector.current.name!r}>"
