"""The tables and the chart of the figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bars import FLOOR, PEER, XDK
from server import PAGES

Figures = dict[str, dict[str, float]]
"""Figures by name and unit."""


def print_figures(console: Console, page: str, figures: Figures, note: str = "") -> None:
    endpoint, ids, metrics, buckets = PAGES[page]
    table = Table(title=f"{page} ({endpoint}): {ids} ids x {len(metrics)} metrics, {buckets or 'no'} buckets{note}")
    for heading in ("", "CPU ms", f"CPU / {FLOOR}", f"CPU / {PEER}", f"CPU {XDK} / this", "wall ms", "peak MB"):
        table.add_column(heading, justify="right" if heading else "left")
    for name, each in figures.items():
        ratios = [f"{each['cpu'] / figures[peer]['cpu']:.2f}" if peer in figures else "" for peer in (FLOOR, PEER)]
        ratios.append(f"{figures[XDK]['cpu'] / each['cpu']:.2f}" if XDK in figures else "")
        cells = [f"{each['cpu'] * 1e3:.2f}", *ratios, f"{each['wall'] * 1e3:.2f}"]
        table.add_row(name, *cells, f"{each['memory'] / 1024:.0f}")
    console.print(table)


def print_scale(console: Console, scale: dict[str, Figures]) -> None:
    table = Table("", "ids", "wall s", "CPU s", "CPU µs per id", "MB of growth", title="iter_28hr: time and memory")
    for name, figures in scale.items():
        for count, each in figures.items():
            seconds = f"{each['wall']:.1f}", f"{each['cpu']:.1f}", f"{each['cpu'] / int(count) * 1e6:.1f}"
            table.add_row(name, f"{int(count):,}", *seconds, f"{each['growth']:.2f}")
    console.print(table)


def draw_chart(results: dict[str, Any], path: Path) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, len(results["pages"]), figsize=(15, 4), layout="constrained")
    for axis, (page, figures) in zip(axes, results["pages"].items(), strict=True):
        names = list(figures)
        axis.barh(names, [figures[name]["cpu"] * 1e3 for name in names], color=["tab:blue"] * 2 + ["tab:gray"] * 4)
        axis.set(title=page, xlabel="CPU ms per request")
        axis.invert_yaxis()
    figure.savefig(path)
