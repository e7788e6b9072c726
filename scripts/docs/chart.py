"""Draw the chart of docs/, the impressions of some Posts by the hour: ``python scripts/docs/chart.py [PATH]``."""

from __future__ import annotations

import sys
from pathlib import Path

import polars
from matplotlib import rcParams
from matplotlib.figure import Figure

from x_insights import InsightsClient, Metric
from x_insights.testing import Sandbox

TWEET_IDS = ("20", "1347050636626259968", "1346889436626259968")
CHART = Path(__file__).with_suffix(".png")


def draw(frame: polars.DataFrame, path: Path) -> None:
    rcParams["date.converter"] = "concise"
    figure = Figure(figsize=(9, 3.2), layout="constrained")
    axes = figure.subplots()
    for (tweet_id,), hours in frame.group_by("tweet_id", maintain_order=True):
        times, values = hours["time"].to_list(), hours["value"].to_list()
        (line,) = axes.plot(times, values)
        axes.annotate(
            str(tweet_id), (times[-1], values[-1]), (6, -3), textcoords="offset points", color=line.get_color()
        )
    axes.set(title="Impressions by the hour, of three Posts that the sandbox made up", xlabel="UTC", ylim=(0, None))
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", alpha=0.3)
    figure.savefig(path, dpi=110)


def main(path: Path) -> None:
    with Sandbox() as sandbox, InsightsClient("any-token", base_url=sandbox.url) as client:
        insights = client.get_28hr(TWEET_IDS, Metric.IMPRESSIONS, "Hourly")
    draw(polars.DataFrame(insights.to_rows()), path)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else CHART)
