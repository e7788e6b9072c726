"""The table of insights: a line per Post for totals, and a line per Post and metric for a series."""

from collections.abc import Mapping, Sequence

from rich.console import Console, JustifyMethod
from rich.table import Table

from .._results import Insights
from .._types import Bucket, Metrics
from .terminal import UNLIMITED, clean, render

# The first character is for null, which is not zero.
LEVELS = "·▁▂▃▄▅▆▇█"
ASCII_LEVELS = " _.-:=+*#"
GAP = "-"


def render_table(console: Console, insights: Insights) -> str:
    """Return the insights as text: a table of the totals, and one of the series with the times of its trends."""
    totals = {each: tweet["totals"] for each, tweet in insights.items() if tweet["totals"] or not tweet["series"]}
    series = {each: tweet["series"] for each, tweet in insights.items() if tweet["series"]}
    parts = []
    if totals:
        parts.append(_lay_out(console, *_create_totals(totals)))
    if series:
        times = sorted({bucket["time"] or "" for buckets in series.values() for bucket in buckets})
        levels = ASCII_LEVELS if console.options.ascii_only else LEVELS
        parts.append(_lay_out(console, *_create_trends(series, times, levels)))
        count = "1 value" if len(times) == 1 else f"{len(times)} values"
        parts.append(f"Trend: {count}, {clean(times[0])} to {clean(times[-1])}\n")
    return "\n".join(parts)


def format_sparkline(values: Sequence[int | float | None], levels: str) -> str:
    """Return one character per value, between zero and the highest value."""
    highest = max((value for value in values if value is not None), default=0) or 1
    steps = len(levels) - 2
    return "".join(levels[0 if value is None else 1 + round(max(0, value) / highest * steps)] for value in values)


def format_number(value: float | None) -> str:
    """Return a number with thousands separators, or a dash for null."""
    return GAP if value is None else f"{value:,}"


def _create_totals(totals: Mapping[str, Metrics]) -> tuple[list[str], list[list[str]]]:
    names = dict.fromkeys(name for metrics in totals.values() for name in metrics)
    rows = [[tweet_id, *(format_number(metrics.get(name)) for name in names)] for tweet_id, metrics in totals.items()]
    return ["Post", *names], rows


def _create_trends(
    series: Mapping[str, Sequence[Bucket]], times: Sequence[str], levels: str
) -> tuple[list[str], list[list[str]]]:
    rows = []
    for tweet_id, buckets in series.items():
        by_time = {bucket["time"] or "": bucket["metrics"] for bucket in buckets}
        names = dict.fromkeys(name for bucket in buckets for name in bucket["metrics"])
        for position, name in enumerate(names):
            values = [by_time.get(time, {}).get(name) for time in times]
            peak = max((value for value in values if value is not None), default=None)
            cells = [name, format_sparkline(values, levels), format_number(peak), format_number(values[-1])]
            rows.append(["" if position else tweet_id, *cells])
    return ["Post", "Metric", "Trend", "Peak", "Latest"], rows


def _lay_out(console: Console, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table. If it is too wide for the console, return the cells of each row one below another."""
    headers, rows = [clean(header) for header in headers], [[clean(cell) for cell in row] for row in rows]
    table = Table(box=None, pad_edge=False, header_style="bold")
    for header in headers:
        justify: JustifyMethod = "left" if header in ("Post", "Metric", "Trend") else "right"
        table.add_column(header, justify=justify, no_wrap=True, style="cyan" if header == "Trend" else "")
    for row in rows:
        table.add_row(*row)
    if console.measure(table, options=console.options.update(width=UNLIMITED)).maximum <= console.width:
        return render(console, table)
    width = max(map(len, headers))
    blocks = [
        [f"{header:{width}}  {cell}\n" for header, cell in zip(headers, row, strict=True) if cell] for row in rows
    ]
    return "\n".join("".join(block) for block in blocks)
