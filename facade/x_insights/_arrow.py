"""The Arrow table of results."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ._types import Metrics

if TYPE_CHECKING:
    import pyarrow


def build_table(groups: Iterable[tuple[str, datetime | None, Metrics]]) -> "pyarrow.Table":
    """Build a table with one row per metric from groups of an ID, a time and metrics.

    Raises:
        ImportError: If pyarrow cannot be imported.
    """
    try:
        import pyarrow as pa
        from pyarrow.compute import call_function
    except ImportError as error:
        message = 'Arrow tables need pyarrow, which cannot be imported: `pip install "x-insights-28hr[arrow]"`'
        raise ImportError(message, name=error.name) from error

    tweet_ids: list[str] = []
    times: list[datetime | None] = []
    run_ends: list[int] = []
    metrics: list[str] = []
    values: list[int | float | None] = []
    for tweet_id, time, group in groups:
        if group:  # Arrow has no empty runs
            metrics += group
            values += group.values()
            tweet_ids.append(tweet_id)
            times.append(time)
            run_ends.append(len(metrics))

    def repeat(items: Sequence[Any], data_type: Any) -> Any:
        # Converting an ID and a time from Python for each row would make the whole table three times as expensive.
        runs = pa.RunEndEncodedArray.from_arrays(pa.array(run_ends, pa.int64()), pa.array(items, data_type))
        return call_function("run_end_decode", [runs])  # a type checker does not see `pyarrow.compute.run_end_decode`

    try:
        numbers = pa.array(values, pa.float64())
    except pa.ArrowInvalid:  # pyarrow rejects integers beyond 2**53, because a double may not hold them exactly
        numbers = pa.array([value if value is None else float(value) for value in values], pa.float64())
    return pa.table(
        {
            "tweet_id": repeat(tweet_ids, pa.string()),
            "time": repeat(times, pa.timestamp("us", "UTC")),
            "metric": pa.array(metrics, pa.string()),
            "value": numbers,
        }
    )
