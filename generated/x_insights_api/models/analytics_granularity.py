from enum import StrEnum


class AnalyticsGranularity(StrEnum):
    DAILY = "daily"
    HOURLY = "hourly"
    TOTAL = "total"
    WEEKLY = "weekly"

    def __str__(self) -> str:
        return str(self.value)
