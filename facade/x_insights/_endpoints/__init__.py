"""The endpoints of X that have post metrics. Each has one module, with everything that is specific to it."""

from .base import Batch, Endpoint, Page
from .insights_28hr import Insights28hr
from .metrics import ALL_METRICS, ANALYTICS_METRICS, VIDEO_METRICS
from .tweets_analytics import TweetsAnalytics, validate_period

_28HR, _ANALYTICS = Insights28hr(), TweetsAnalytics()
ENDPOINT_CHOICES: dict[str, tuple[Endpoint, ...]] = {
    "28hr": (Insights28hr(advice='; a client with endpoint="analytics" or "auto" requests the other endpoint'),),
    "analytics": (_ANALYTICS,),
    "auto": (_28HR, _ANALYTICS),
}
"""The endpoints of each value of the option `endpoint`, in the order in which they are tried."""

__all__ = [
    "ALL_METRICS",
    "ANALYTICS_METRICS",
    "ENDPOINT_CHOICES",
    "VIDEO_METRICS",
    "Batch",
    "Endpoint",
    "Page",
    "validate_period",
]
