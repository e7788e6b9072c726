"""Show the insights of some Posts: totals, hourly impressions, errors, and which endpoint responded.

Without arguments, it fetches generated insights from its own sandbox, which withdraws the first endpoint halfway. With
IDs, and with the environment variable X_ACCESS_TOKEN set, it fetches those Posts from X.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from x_insights import Granularity, Insights, InsightsClient, Metric, XInsightsError
from x_insights._command.output import LEVELS, format_number, format_sparkline
from x_insights.testing import Sandbox

BUILD = Path(__file__).resolve().parents[2] / "build"
METRICS = (Metric.IMPRESSIONS, Metric.LIKES, Metric.REPLIES)


def main(tweet_ids: Sequence[str]) -> int:
    console = Console()
    if tweet_ids:
        return show(console, InsightsClient(endpoint="auto"), tweet_ids)
    tweet_ids = [str(1346889436626259968 + 7919 * position) for position in range(60)]
    with Sandbox() as sandbox:
        sandbox.now = datetime.now(UTC)  # as for the second endpoint, so that its series match the totals
        sandbox.forbid(tweet_ids[3], tweet_ids[41])
        console.print(f"The sandbox at {sandbox.url} stands in for X. Its figures are generated.")
        client = InsightsClient("any-token", base_url=sandbox.url, endpoint="auto")

        def withdraw() -> None:
            console.print("The sandbox now withdraws the endpoint 28hr, as X may do.")
            sandbox.withdraw()

        return show(console, client, tweet_ids, halfway=withdraw)


def show(
    console: Console, client: InsightsClient, tweet_ids: Sequence[str], halfway: Callable[[], None] | None = None
) -> int:
    with client:
        totals = fetch(console, client, tweet_ids, Granularity.TOTAL)
        if halfway:
            halfway()
        hourly = fetch(console, client, tweet_ids, Granularity.HOURLY)
    console.print(build_table(totals, hourly))
    for what, insights in (("totals", totals), ("hourly series", hourly)):
        console.print(f"The {what} are from the endpoint {' and '.join(insights.endpoints)}.")
    for error in totals.errors:
        console.print(f"[yellow]{error['message']}[/yellow] ({', '.join(error['tweet_ids'])})")
    if totals.missing:
        console.print(f"[yellow]X did not mention {', '.join(totals.missing)}[/yellow]")
    BUILD.mkdir(exist_ok=True)
    path = BUILD / "insights.json"
    path.write_text(json.dumps({"Total": totals.to_dict(), "Hourly": hourly.to_dict()}, indent=2), encoding="utf-8")
    console.print(f"{len(totals)} of {len(tweet_ids)} Posts; all figures are in {os.path.relpath(path)}")
    return 0


def fetch(console: Console, client: InsightsClient, tweet_ids: Sequence[str], granularity: Granularity) -> Insights:
    insights: Insights | None = None
    with Progress(console=console) as progress:
        task = progress.add_task(f"{granularity:7}", total=len(dict.fromkeys(tweet_ids)))
        for page in client.iter_28hr(tweet_ids, METRICS, granularity):
            insights = page if insights is None else insights | page
            progress.advance(task, len(page.tweet_ids))
    assert insights is not None  # there is at least one ID
    return insights


def build_table(totals: Insights, hourly: Insights) -> Table:
    table = Table(title="The last 28 hours", box=None, pad_edge=False)  # fits a terminal of 80 columns
    table.add_column("Post")
    for metric in METRICS:
        table.add_column(metric.value, justify="right")
    table.add_column("Hourly impressions")
    for tweet_id, tweet in totals.items():
        cells = [format_number(tweet["totals"].get(metric.value)) for metric in METRICS]
        series = hourly[tweet_id]["series"] if tweet_id in hourly else []
        values = [bucket["metrics"].get(Metric.IMPRESSIONS.value) for bucket in series]
        table.add_row(tweet_id, *cells, format_sparkline(values, LEVELS))
    return table


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except XInsightsError as error:
        sys.exit(f"{type(error).__name__}: {error}")
