"""Contains all the data models used in inputs/outputs"""

from .analytics import Analytics
from .analytics_bucket import AnalyticsBucket
from .analytics_field import AnalyticsField
from .analytics_granularity import AnalyticsGranularity
from .analytics_metrics import AnalyticsMetrics
from .analytics_response import AnalyticsResponse
from .engagement import Engagement
from .engagement_error import EngagementError
from .engagement_field import EngagementField
from .error import Error
from .granularity import Granularity
from .insights_response import InsightsResponse
from .measurement import Measurement
from .metric import Metric
from .problem import Problem
from .time_series_item import TimeSeriesItem
from .time_series_metric import TimeSeriesMetric
from .time_series_value import TimeSeriesValue
from .timestamp import Timestamp
from .total_item import TotalItem
from .total_metric import TotalMetric

__all__ = (
    "Analytics",
    "AnalyticsBucket",
    "AnalyticsField",
    "AnalyticsGranularity",
    "AnalyticsMetrics",
    "AnalyticsResponse",
    "Engagement",
    "EngagementError",
    "EngagementField",
    "Error",
    "Granularity",
    "InsightsResponse",
    "Measurement",
    "Metric",
    "Problem",
    "TimeSeriesItem",
    "TimeSeriesMetric",
    "TimeSeriesValue",
    "Timestamp",
    "TotalItem",
    "TotalMetric",
)
