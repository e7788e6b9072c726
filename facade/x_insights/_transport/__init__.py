"""The transport: one batch in, one page or one error out. This is its only door."""

from .async_transport import AsyncTransport
from .auth import AsyncToken, Token
from .http_library import AsyncHttpClient, HttpClient, Timeout
from .options import Options
from .retry import skip_waits
from .transport import Transport

__all__ = [
    "AsyncHttpClient",
    "AsyncToken",
    "AsyncTransport",
    "HttpClient",
    "Options",
    "Timeout",
    "Token",
    "Transport",
    "skip_waits",
]
