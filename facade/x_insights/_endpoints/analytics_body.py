"""The response bodies of `GET /2/tweets/analytics`, and two ways to decode them.

Most bodies have exactly the requested metrics. They are decoded into a struct of these, which takes half as long as
dictionaries. All others are decoded in the general way. It has the same results, and it words the errors.
"""

import contextlib
import keyword
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from functools import lru_cache
from types import NoneType
from typing import Any, Generic, TypeVar

import msgspec
from msgspec.structs import asdict

from x_insights_api.models import AnalyticsField, Metric

from .._types import Metrics
from .._validation import normalize_name
from .base import Problem, Value, index_spellings, spell_metrics

T = TypeVar("T")

STRUCTURAL_FIELDS = (AnalyticsField.ID, AnalyticsField.TIMESTAMP, AnalyticsField.TIMESTAMPED_METRICS)
METRIC_FIELDS = {normalize_name(field): field for field in AnalyticsField if field not in STRUCTURAL_FIELDS}
"""The metrics by their normalized names."""
# A metric of both endpoints has the spelling of `Metric`, which comes later here.
SPELLINGS = index_spellings((*METRIC_FIELDS.values(), *Metric))
"""The public spelling of each metric by the names that X sends."""


Item = tuple[str, Any, Sequence[Any]]
"""The ID of a Post, its metrics next to `id` or None, and its buckets, each with a `timestamp` and `metrics`."""
DecodedBody = tuple[Sequence[Item], list[Problem], Callable[[Any], Metrics]]
"""The items, the problems, and a function that returns metrics as a new dictionary in the public spelling."""


def decode_body(body: bytes | bytearray, metrics: tuple[StrEnum, ...], *, with_counters: bool) -> DecodedBody:
    """Decode a body with these metrics. Those next to `id` are read `with_counters` only.

    Raises ValueError, MsgspecError or RecursionError if the body has another shape.
    """
    # X's documents have had the metrics of a total in two places.
    for decoder in _create_decoders(metrics)[: 2 if with_counters else 1]:
        with contextlib.suppress(ValueError, msgspec.MsgspecError):
            return decoder(body)
    return _decode_generally(body, with_counters=with_counters)


class AnalyticsBucket(msgspec.Struct, frozen=True, gc=False):
    metrics: dict[str, Value] | None = None
    timestamp: str | None = None


class Analytics(msgspec.Struct, frozen=True, gc=False):
    id: str
    timestamped_metrics: list[AnalyticsBucket] = []


class AnalyticsBody(msgspec.Struct, frozen=True, gc=False):
    data: list[Analytics] | Analytics = []  # a single object in an older document of X
    errors: list[Problem] = []


_decoder = msgspec.json.Decoder(AnalyticsBody, strict=False)


def _decode_generally(body: bytes | bytearray, *, with_counters: bool) -> DecodedBody:
    decoded = _decoder.decode(body)
    items = _as_list(decoded.data)
    counters = _decode_counters(body) if with_counters else [None] * len(items)
    joined = [(item.id, each, item.timestamped_metrics) for item, each in zip(items, counters, strict=True)]
    return joined, decoded.errors, _spell


def _decode_counters(body: bytes | bytearray) -> Iterator[dict[str, Any]]:
    """Yield the top-level metrics of each item: known names, and any other number or null."""
    for position, item in enumerate(_as_list(msgspec.json.decode(body).get("data", []))):
        pairs = [(name, value) for name, value in item.items() if name not in STRUCTURAL_FIELDS]
        counters = {name: value for name, value in pairs if name in SPELLINGS or type(value) in (int, float, NoneType)}
        try:
            yield msgspec.convert(counters, dict[str, Value], strict=False)
        except msgspec.ValidationError as error:
            raise ValueError(str(error).replace("`$", f"`$.data[{position}]")) from None


def _spell(metrics: dict[str, Any]) -> Metrics:
    try:
        spelled = {SPELLINGS[name]: value for name, value in metrics.items()}
    except KeyError:
        spelled = {}
    return spelled if len(spelled) == len(metrics) else spell_metrics(metrics.items(), SPELLINGS)


def _as_list(data: list[T] | T) -> list[T]:
    return data if isinstance(data, list) else [data]


class ExactBucket(msgspec.Struct, Generic[T], frozen=True, gc=False, forbid_unknown_fields=True):
    metrics: T
    timestamp: str | None = None


class ExactAnalytics(msgspec.Struct, Generic[T], frozen=True, gc=False, forbid_unknown_fields=True):
    id: str
    timestamped_metrics: list[ExactBucket[T]]


class ExactBody(msgspec.Struct, Generic[T], frozen=True, gc=False):
    data: list[T] = []
    errors: list[Problem] = []


# A service has few sets of metrics, and a struct is created in a millisecond.
@lru_cache(maxsize=64)
def _create_decoders(metrics: tuple[StrEnum, ...]) -> tuple[Callable[[bytes | bytearray], DecodedBody], ...]:
    """Return the decoders of bodies with exactly these metrics, in buckets and next to `id`."""
    names = {metric.value: METRIC_FIELDS[normalize_name(metric)].value for metric in metrics}
    if not all(name.isidentifier() and not keyword.iskeyword(name) for name in names):
        return ()
    fields = [(name, Value) for name in names]
    options: Any = {"rename": names, "forbid_unknown_fields": True, "frozen": True, "gc": False}
    buckets: Any = msgspec.defstruct("RequestedMetrics", fields, **options)
    counters: Any = msgspec.defstruct("RequestedCounters", [("id", str), *fields], **options)
    bucket_decoder = msgspec.json.Decoder(ExactBody[ExactAnalytics[buckets]], strict=False)
    counter_decoder = msgspec.json.Decoder(ExactBody[counters], strict=False)

    def decode_buckets(body: bytes | bytearray) -> DecodedBody:
        decoded = bucket_decoder.decode(body)
        return [(item.id, None, item.timestamped_metrics) for item in decoded.data], decoded.errors, asdict

    def decode_counters(body: bytes | bytearray) -> DecodedBody:
        decoded = counter_decoder.decode(body)
        return [(item.id, item, ()) for item in decoded.data], decoded.errors, _read_counters

    return decode_buckets, decode_counters


def _read_counters(counters: msgspec.Struct) -> Metrics:
    metrics = asdict(counters)
    del metrics["id"]
    return metrics
