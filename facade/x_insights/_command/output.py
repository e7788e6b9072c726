"""The output: a table, JSON or CSV, and the file that it replaces."""

import contextlib
import csv
import io
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from .._errors import InvalidRequestError
from .._types import Bucket, InsightsDict
from .terminal import clean, render

# The first character is for null, which is not zero.
LEVELS = "·▁▂▃▄▅▆▇█"
ASCII_LEVELS = " _.-:=+*#"
# The beginning of a text that a spreadsheet executes (https://owasp.org/www-community/attacks/CSV_Injection), also in
# full-width characters, and after the separators of other spreadsheets.
FORMULA = re.compile("(^|[;\t])(?=\\s*[-=+@\uff0d\uff1d\uff0b\uff20]|[\t\r\n])")


@contextlib.contextmanager
def replace_file(path: str) -> Iterator[TextIO]:
    """Open a file that replaces the one at `path` in one step at the end, unless an exception is raised."""
    target = Path(path).resolve()
    if target.exists() and not target.is_file():
        raise InvalidRequestError(f"{path} is not a regular file")
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        file = temporary.open("x", encoding="utf-8", newline="")
    except OSError as error:
        raise InvalidRequestError(f"{path}: {error.strerror}") from error
    try:
        with file:
            yield file
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def format_insights(console: Console, insights: InsightsDict, name: str) -> str:
    """Return insights in the format with this name. CSV has no header."""
    if name == "json":
        return json.dumps(insights, indent=2) + "\n"
    return format_csv(insights) if name == "csv" else format_table(console, insights)


def format_csv(insights: InsightsDict) -> str:
    """Return one row per value, without a header."""
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\n")
    for tweet_id, tweet in insights["tweets"].items():
        buckets = ((_defuse(bucket["time"] or ""), bucket["metrics"]) for bucket in tweet["series"])
        for time, metrics in (("", tweet["totals"]), *buckets):
            writer.writerows((_defuse(tweet_id), time, _defuse(name), value) for name, value in metrics.items())
    return output.getvalue()


@lru_cache(maxsize=1024)
def _defuse(text: str) -> str:
    """Return a text that neither a spreadsheet nor a terminal executes."""
    return clean(FORMULA.sub(r"\1'", text))


def format_table(console: Console, insights: InsightsDict) -> str:
    """Return tables of the totals and of the series, the times of its trends, and the period."""
    tweets = insights["tweets"]
    totals = {each: tweet["totals"] for each, tweet in tweets.items() if tweet["totals"] or not tweet["series"]}
    series = {each: tweet["series"] for each, tweet in tweets.items() if tweet["series"]}
    parts, footer = [], ""
    if totals:
        names = dict.fromkeys(name for metrics in totals.values() for name in metrics)
        rows = [[each, *(format_number(metrics.get(name)) for name in names)] for each, metrics in totals.items()]
        parts.append(_lay_out(console, [["Post", *names], *rows]))
    if series:
        times = sorted({bucket["time"] or "" for buckets in series.values() for bucket in buckets})
        rows = [*_create_trends(series, times, ASCII_LEVELS if console.options.ascii_only else LEVELS)]
        parts.append(_lay_out(console, [["Post", "Metric", "Trend", "Peak", "Latest"], *rows]))
        count = "1 value" if len(times) == 1 else f"{len(times)} values"
        footer = f"Trend: {count}, {clean(times[0])} to {clean(times[-1])}\n"
    if parts and insights["period"]:
        footer += f"Period: {' to '.join(insights['period'])}\n"
    return "\n".join([*parts, footer] if footer else parts)


def format_sparkline(values: Sequence[int | float | None], levels: str) -> str:
    """Return one character per value, between zero and the highest value."""
    highest = max((value for value in values if value is not None), default=0) or 1
    steps = len(levels) - 2
    return "".join(levels[0 if value is None else 1 + round(max(0, value) / highest * steps)] for value in values)


def format_number(value: float | None) -> str:
    """Return a number with thousands separators, or a dash for null."""
    return "-" if value is None else f"{value:,}"


def _create_trends(series: Mapping[str, Sequence[Bucket]], times: Sequence[str], levels: str) -> Iterator[list[str]]:
    for tweet_id, buckets in series.items():
        by_time = {bucket["time"] or "": bucket["metrics"] for bucket in buckets}
        names = dict.fromkeys(name for bucket in buckets for name in bucket["metrics"])
        for position, name in enumerate(names):
            values = [by_time.get(time, {}).get(name) for time in times]
            peak = max((value for value in values if value is not None), default=None)
            cells = (name, format_sparkline(values, levels), format_number(peak), format_number(values[-1]))
            yield ["" if position else tweet_id, *cells]


def _lay_out(console: Console, rows: Sequence[Sequence[str]]) -> str:
    """Return a table, or the cells of each row one below another if it is too wide. The first row is the header."""
    headers, *rows = [[clean(cell) for cell in row] for row in rows]
    columns = [_align(column) for column in zip(headers, *rows, strict=True)]
    if sum(cell_len(column[0]) + 2 for column in columns) - 2 > console.width:
        labels = _align(headers)
        blocks = [[f"{label}  {cell}" for label, cell in zip(labels, row, strict=True) if cell] for row in rows]
        return "\n\n".join("\n".join(block) for block in blocks) + "\n"
    # A table of rich takes half a second for a thousand rows.
    bold, cyan = (render(console, Text("{}", style)).rstrip() for style in ("bold", "cyan"))
    for name, column in zip(headers, columns, strict=True):
        if name == "Trend":
            column[1:] = map(cyan.format, column[1:])
    header, *lines = ("  ".join(cells).rstrip() for cells in zip(*columns, strict=True))
    return "\n".join((bold.format(header), *lines, ""))


def _align(cells: Sequence[str]) -> list[str]:
    """Pad the cells of a column, of which the first one is the header."""
    width = max(map(cell_len, cells))
    paddings = (" " * (width - cell_len(cell)) for cell in cells)
    is_left = cells[0] in ("Post", "Metric", "Trend")
    return [cell + pad if is_left else pad + cell for cell, pad in zip(cells, paddings, strict=True)]
