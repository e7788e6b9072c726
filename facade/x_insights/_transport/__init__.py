"""The transport: one batch in, one page or one error out. This is its only door."""

from .async_transport import AsyncTransport
from .auth import AsyncToken, Token
from .options import Options
from .retry import skip_waits
from .transport import Transport

__all__ = ["AsyncToken", "AsyncTransport", "Options", "Token", "Transport", "skip_waits"]
