"""Response: a body of X's, decoded and checked in one pass."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from ._errors import ApiError, ResponseError, redacted
from ._problem import api_error, excerpt

# A numeric string becomes its number below. The bounds keep out what JSON writers refuse: "nan", "inf", and integers
# beyond 64 bits.
Value = (
    Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
    | Annotated[float, msgspec.Meta(ge=-sys.float_info.max, le=sys.float_info.max)]
    | None
)


# The structs mirror the schemas of the fragment, and ask only for what gives a value its place. They hold nothing that
# could form a cycle; without the garbage collector's bookkeeping a large page decodes a quarter faster.
class MetricValue(msgspec.Struct, frozen=True, gc=False):
    metric_type: str
    metric_value: Value = None


class Timestamp(msgspec.Struct, frozen=True, gc=False):
    iso8601_time: str


class TimeSeriesValue(msgspec.Struct, frozen=True, gc=False):
    timestamp: Timestamp
    metric_values: list[MetricValue] = []


class TimeSeriesItem(msgspec.Struct, frozen=True, gc=False):
    tweet_id: str
    value: TimeSeriesValue


class TotalItem(msgspec.Struct, frozen=True, gc=False):
    tweet_id: str
    value: list[MetricValue] = []


class Measurement(msgspec.Struct, frozen=True, gc=False):
    metrics_time_series: list[TimeSeriesItem] = []
    metrics_total: list[TotalItem] = []


class EngagementError(msgspec.Struct, frozen=True, gc=False):
    error: str = ""
    tweets: list[str] = []


class Engagement(msgspec.Struct, frozen=True, gc=False):
    errors: list[EngagementError] = []
    measurement: Measurement = msgspec.field(default_factory=Measurement)


class Problem(msgspec.Struct, frozen=True, gc=False):
    """RFC 7807; the last two are X's extension members, one of which names what the problem is about."""

    title: str | None = None
    detail: str | None = None
    type: str | None = None
    status: int | None = None
    resource_id: Any = None
    value: Any = None


class Page(msgspec.Struct, frozen=True, gc=False):
    """X's answer to one request."""

    data: list[Engagement] = []
    errors: list[Problem] = []


_decoder = msgspec.json.Decoder(Page, strict=False)


def read(status: int, headers: Mapping[str, str], body: bytes, secret: str = "") -> Page | ApiError | ResponseError:
    """The page in a response, or the error: ApiError where the status is an error's, else ResponseError.

    `secret` is kept out of the errors, should a proxy or a debugging server have echoed it. They are returned rather
    than raised, so that no traceback leads through here, where its locals would show the secret.
    """
    failure = None
    if 200 <= status < 300:
        try:
            return _decoder.decode(body)
        except RecursionError:
            failure = "is nested too deeply"
        except ValueError as error:  # msgspec's own errors, and bytes that are not UTF-8
            failure = f"is not as X's spec has it: {error}"
    body = redacted(body, secret)
    if failure:
        return ResponseError(f"the body of the {status} response {failure}", body=excerpt(body))
    return api_error(status, headers, body)
