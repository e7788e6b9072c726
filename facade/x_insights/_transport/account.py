"""The account of a client: its token, its request windows, and what X last said to it."""

from collections.abc import Mapping
from typing import NoReturn

from .auth import AsyncToken, create_auth
from .gate import RateLimitGate


class Account:
    """What belongs to one account, while options and connections may be shared with those of others.

    It is the first attribute of a client, so that pickling one says that it holds a token.
    """

    def __init__(self, token: AsyncToken, max_wait: float) -> None:
        self.auth = create_auth(token)
        self.gate = RateLimitGate(max_wait)
        self.api_version: str | None = None

    def update(self, endpoint: str, headers: Mapping[str, str], outcome: object) -> None:
        """Keep what a response says about the account's request window and about X's version."""
        self.gate.update(endpoint, headers, outcome)
        self.api_version = headers.get("api-version")

    def __reduce__(self) -> NoReturn:
        raise TypeError("a client holds an access token and cannot be pickled: create it in the process that uses it")
