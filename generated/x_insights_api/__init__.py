"""A client library for accessing X API, 28-hour Post insights"""

from .client import AuthenticatedClient, Client

__all__ = (
    "AuthenticatedClient",
    "Client",
)
