from enum import StrEnum


class Granularity(StrEnum):
    DAILY = "Daily"
    HOURLY = "Hourly"
    TOTAL = "Total"
    WEEKLY = "Weekly"

    def __str__(self) -> str:
        return str(self.value)
