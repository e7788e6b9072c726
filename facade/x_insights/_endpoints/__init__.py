"""The endpoints of X that have post metrics. Each has one module, which holds all that is particular to it."""

from .base import Endpoint, Page
from .insights_28hr import INSIGHTS_28HR
from .tweets_analytics import TWEETS_ANALYTICS

ENDPOINTS = {
    "28hr": (INSIGHTS_28HR,),
    "analytics": (TWEETS_ANALYTICS,),
    "auto": (INSIGHTS_28HR, TWEETS_ANALYTICS),
}
"""The endpoints of each value of the option `endpoint`, in the order in which they are tried."""

__all__ = ["ENDPOINTS", "Endpoint", "Page"]
