from enum import StrEnum


class EngagementField(StrEnum):
    ERRORS = "errors"
    MEASUREMENT = "measurement"

    def __str__(self) -> str:
        return str(self.value)
