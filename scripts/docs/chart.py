"""Draw the chart of docs/tables.md with the example on that page, in light and in dark."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from tempfile import TemporaryDirectory

import matplotlib
from matplotlib import style

from x_insights import InsightsClient, Metric
from x_insights.testing import Sandbox

DOCS = Path(__file__).resolve().parents[2] / "docs"
TWEET_IDS = ("20", "1347050636626259968", "1346889436626259968")
STYLES = {"light": "default", "dark": "dark_background"}
OPTIONS = {"legend.facecolor": "none", "savefig.dpi": 150, "savefig.transparent": True}


def main(folder: Path) -> None:
    matplotlib.use("agg")
    blocks = re.findall(r"^```python\n(.*?)^```", (DOCS / "tables.md").read_text("utf-8"), re.DOTALL | re.MULTILINE)
    (example,) = (block for block in blocks if "matplotlib" in block)
    with Sandbox() as sandbox, InsightsClient("any-token", base_url=sandbox.url) as client:
        insights = client.get_28hr(TWEET_IDS, Metric.IMPRESSIONS, "Hourly")
    with TemporaryDirectory() as temporary:
        script = Path(temporary, "example.py")
        for theme, name in STYLES.items():
            script.write_text(example.replace("impressions.png", str(folder / f"impressions-{theme}.png")), "utf-8")
            with style.context([name, OPTIONS]):
                runpy.run_path(str(script), {"insights": insights})


if __name__ == "__main__":
    main(DOCS / "images")
