"""The endpoints of X that answer for post metrics. Each has one module, which holds all that is particular to it."""

from .base import Endpoint, Page
from .insights_28hr import INSIGHTS_28HR

__all__ = ["INSIGHTS_28HR", "Endpoint", "Page"]
